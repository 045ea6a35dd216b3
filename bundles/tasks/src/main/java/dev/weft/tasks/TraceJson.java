package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.task.TaskStep;
import dev.weft.api.task.Trace;
import dev.weft.api.task.Trace.Span;
import dev.weft.api.task.Trace.Told;
import dev.weft.protocol.Wire;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A trace on the wire. What a peer sends is cut to size, and what is malformed is left out. */
final class TraceJson {
    private static final int MOST_STEPS = 30;
    private static final int MOST_NOTE = 100;
    private static final int MOST_WORD = 128;

    private TraceJson() {}

    static ObjectNode of(Trace trace) {
        ObjectNode json = Wire.object().put("known", true);
        ArrayNode spans = json.putArray("spans");
        for (Span span : trace.spans()) {
            ObjectNode one =
                    spans.addObject()
                            .put("id", span.id())
                            .put("host", span.host())
                            .put("skill", span.skill())
                            .put("tool", span.tool())
                            .put("source", span.source())
                            .put("target", span.target())
                            .put("state", span.state())
                            .put("start", span.start().toEpochMilli());
            if (span.end() != null) {
                one.put("end", span.end().toEpochMilli());
            }
            ArrayNode steps = one.putArray("steps");
            span.steps().stream()
                    .limit(MOST_STEPS)
                    .forEach(
                            step ->
                                    steps.addArray()
                                            .add(step.at().toEpochMilli())
                                            .add(step.agent())
                                            .add(step.what())
                                            .add(cut(step.note(), MOST_NOTE)));
        }
        ArrayNode hosts = json.putArray("hosts");
        trace.hosts()
                .forEach(
                        host ->
                                hosts.addObject()
                                        .put("agent", host.agent())
                                        .put("outcome", host.outcome())
                                        .put("note", host.note()));
        return json;
    }

    static List<Span> spans(JsonNode told) {
        List<Span> spans = new ArrayList<>();
        for (JsonNode span : told.path("spans")) {
            if (spans.size() < TraceBook.MOST_SPANS
                    && span.path("id").isTextual()
                    && span.path("start").isIntegralNumber()) {
                spans.add(
                        new Span(
                                word(span.path("id")),
                                word(span.path("host")),
                                word(span.path("skill")),
                                word(span.path("tool")),
                                word(span.path("source")),
                                word(span.path("target")),
                                word(span.path("state")),
                                at(span.path("start")),
                                span.path("end").isIntegralNumber() ? at(span.path("end")) : null,
                                steps(span.path("steps"))));
            }
        }
        return spans;
    }

    private static List<TaskStep> steps(JsonNode told) {
        List<TaskStep> steps = new ArrayList<>();
        for (JsonNode step : told) {
            if (steps.size() < MOST_STEPS && step.path(0).isIntegralNumber()) {
                steps.add(
                        new TaskStep(
                                at(step.path(0)),
                                word(step.path(1)),
                                word(step.path(2)),
                                cut(step.path(3).asText(""), MOST_NOTE)));
            }
        }
        return steps;
    }

    static List<Told> hosts(JsonNode told) {
        List<Told> hosts = new ArrayList<>();
        for (JsonNode host : told.path("hosts")) {
            String outcome = word(host.path("outcome"));
            if (hosts.size() < TraceBook.MOST_SPANS && outcome.matches("told|away|silent")) {
                hosts.add(
                        new Told(
                                word(host.path("agent")),
                                outcome,
                                cut(host.path("note").asText(""), MOST_NOTE)));
            }
        }
        return hosts;
    }

    static Instant at(JsonNode millis) {
        return Instant.ofEpochMilli(millis.asLong());
    }

    /** As the wire has it: what came later must not seem to come before. */
    static Instant whole(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS);
    }

    private static String word(JsonNode text) {
        return cut(text.asText(""), MOST_WORD);
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) + "…" : text;
    }
}
