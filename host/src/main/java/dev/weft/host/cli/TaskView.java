package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One task for people: where it stands, what it asks, and its timeline. */
record TaskView(Output output) {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    void show(JsonNode task) {
        output.line(
                task.path("id").asText()
                        + "  "
                        + task.path("skill").asText()
                        + (task.path("tool").asText().isEmpty()
                                ? ""
                                : "." + task.path("tool").asText())
                        + "  "
                        + task.path("state").asText());
        output.line("input   " + task.path("payload"));
        if (!task.path("result").isNull() && !task.path("result").isMissingNode()) {
            output.line("result  " + task.path("result"));
        }
        JsonNode error = task.path("error");
        if (error.isObject()) {
            output.line(
                    "error   "
                            + error.path("code").asText()
                            + ": "
                            + error.path("message").asText());
        }
        question(task);
        if (!task.path("traceparent").asText().isEmpty()) {
            output.line("trace   " + task.path("traceparent").asText());
        }
        if (!task.path("request_id").asText().isEmpty()) {
            output.line("request " + task.path("request_id").asText());
        }
        timeline(task.path("trace"));
    }

    private void question(JsonNode task) {
        JsonNode question = task.path("question");
        if (question.isMissingNode()) {
            return;
        }
        output.line("asks    " + question.path("text").asText());
        boolean approval = task.path("state").asText().equals("auth-required");
        if (question.path("schema").path("enum").isArray()) {
            output.line("        one of " + question.path("schema").path("enum"));
        }
        String id = task.path("id").asText();
        output.line(
                approval
                        ? "        weft approve " + id + "   or   weft reject " + id
                        : "        weft answer " + id + " TEXT");
    }

    private void timeline(JsonNode steps) {
        List<List<String>> rows = new ArrayList<>();
        double before = Double.NaN;
        for (JsonNode step : steps) {
            double at = step.path("at").asDouble();
            rows.add(
                    List.of(
                            CLOCK.format(Instant.ofEpochMilli(Math.round(at * 1000))),
                            Double.isNaN(before)
                                    ? ""
                                    : String.format(Locale.ROOT, "%+.3f s", at - before),
                            step.path("agent").asText(),
                            step.path("what").asText(),
                            step.path("note").asText()));
            before = at;
        }
        output.table(
                List.of("AT", "AFTER", "ON", "STEP", "DETAILS"),
                rows,
                "no steps are known any more");
    }
}
