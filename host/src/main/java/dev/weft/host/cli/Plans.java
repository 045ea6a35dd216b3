package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.io.Console;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Shows what an install would do, asks a person where one must agree, and does it. */
final class Plans {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private final HostCommand command;
    private final Output output;
    private final boolean json;

    Plans(HostCommand command, boolean json) {
        this.command = command;
        this.output = command.output();
        this.json = json;
    }

    /** Plans, shows, asks and does.
     * @param wish what is wanted
     * @param agreed whether to agree to whatever is asked
     * @param dry whether to show only */
    void run(ObjectNode wish, boolean agreed, boolean dry) {
        JsonNode plan = command.client().post("/api/catalog/plan", wish, PATIENCE);
        if (dry) {
            if (json) {
                output.json(plan);
            } else {
                show(plan);
            }
            return;
        }
        if (!json) {
            show(plan);
        }
        String answer = plan.path("answer").asText();
        if (answer.equals("no")) {
            throw new HostException(HostException.FAILED, "nothing was changed: " + reasons(plan));
        }
        String agree = "";
        if (answer.equals("ask")) {
            if (!agreed && !ask()) {
                throw new HostException(
                        HostException.FAILED,
                        "nothing was changed: a person must agree to this first (--yes): "
                                + reasons(plan));
            }
            agree = plan.path("agree").asText();
        }
        if (plan.path("steps").isEmpty() && json) {
            output.json(Wire.tree("{\"done\":true,\"steps\":[],\"reason\":\"\"}"));
        }
        if (!plan.path("steps").isEmpty()) {
            apply(plan.path("id").asText(), agree);
        }
    }

    private void apply(String id, String agree) {
        if (System.console() != null && !json) {
            follow(id);
        }
        JsonNode outcome =
                command.client()
                        .post(
                                "/api/catalog/plan/" + HostClient.segment(id) + "/apply",
                                Wire.object().put("agree", agree),
                                PATIENCE);
        if (json) {
            output.json(outcome);
        }
        if (!outcome.path("done").asBoolean()) {
            throw new HostException(
                    HostException.FAILED,
                    "nothing was changed: " + outcome.path("reason").asText());
        }
        if (!json) {
            for (JsonNode step : outcome.path("steps")) {
                output.line(
                        done(step.path("action").asText())
                                + " "
                                + step.path("bundle").asText()
                                + " "
                                + version(step));
            }
        }
    }

    /** Prints each step of a plan as it begins; without it, all is printed at the end. */
    private void follow(String plan) {
        CountDownLatch opened = new CountDownLatch(1);
        Thread progress =
                new Thread(
                        () -> {
                            try {
                                command.client()
                                        .events(
                                                "GET",
                                                "/api/events",
                                                null,
                                                Duration.ofSeconds(10),
                                                opened::countDown,
                                                (type, data) -> progress(plan, type, data));
                            } catch (RuntimeException e) {
                                opened.countDown(); // only the progress is missed
                            }
                        },
                        "weft-progress");
        progress.setDaemon(true);
        progress.start();
        try {
            opened.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void progress(String plan, String type, JsonNode data) {
        if (type.equals("catalog.progress") && data.path("plan").asText().equals(plan)) {
            output.line(
                    data.path("step").asText()
                            + "/"
                            + data.path("of").asText()
                            + " "
                            + data.path("action").asText()
                            + " "
                            + data.path("bundle").asText()
                            + " "
                            + data.path("version").asText()
                            + " …");
        }
    }

    private static String done(String action) {
        return switch (action) {
            case "install" -> "installed";
            case "update" -> "updated";
            default -> "uninstalled";
        };
    }

    private static String version(JsonNode step) {
        String from = step.path("from").asText();
        String to = step.path("to").asText();
        return to.isEmpty() ? from : from.isEmpty() ? to : from + " → " + to;
    }

    private static boolean ask() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        String answer = console.readLine("Agree? [y/N] ");
        return answer != null && answer.strip().matches("(?i)y|yes");
    }

    private static String reasons(JsonNode plan) {
        List<String> all = new ArrayList<>();
        for (JsonNode step : plan.path("steps")) {
            step.path("reasons").forEach(reason -> all.add(reason.asText()));
        }
        return String.join("; ", all);
    }

    private void show(JsonNode plan) {
        for (JsonNode step : plan.path("steps")) {
            step(step);
        }
        plan.path("notes").forEach(note -> output.line(note.asText()));
        if (plan.path("steps").isEmpty()) {
            output.line("nothing to do");
        }
    }

    private void step(JsonNode step) {
        JsonNode publisher = step.path("publisher");
        output.line(
                step.path("action").asText()
                        + " "
                        + step.path("bundle").asText()
                        + " "
                        + version(step)
                        + (publisher.isObject()
                                ? ", "
                                        + size(step.path("size").asLong())
                                        + " from repository "
                                        + step.path("repository").asText()
                                        + ", publisher "
                                        + publisher.path("namespace").asText()
                                        + (publisher.path("trusted").asBoolean()
                                                ? ""
                                                : " (not trusted yet)")
                                : ""));
        line("why", step.path("why").asText().equals("asked for") ? "" : step.path("why").asText());
        for (JsonNode member : step.path("members")) {
            if (step.path("members").size() > 1) {
                line(
                        "with",
                        member.path("bundle").asText()
                                + " "
                                + member.path("version").asText()
                                + ": "
                                + member.path("why").asText());
            }
        }
        line("permissions", joined(step.path("permissions")));
        List<String> keys = new ArrayList<>();
        step.path("configuration")
                .forEach(
                        key ->
                                keys.add(
                                        key.path("key").asText()
                                                + (key.path("required").asBoolean()
                                                        ? " (required)"
                                                        : "")));
        line("configuration", String.join(", ", keys));
        line("scan", step.path("scan").path("status").asText().replace("not-needed", ""));
        for (JsonNode change : step.path("changes")) {
            line(
                    "changes",
                    change.path("kind").asText()
                            + " of "
                            + change.path("what").asText()
                            + ": "
                            + Output.brief(change.path("before").asText())
                            + " → "
                            + Output.brief(change.path("after").asText()));
        }
        for (JsonNode reason : step.path("reasons")) {
            line(step.path("decision").asText().equals("no") ? "refused" : "asks", reason.asText());
        }
    }

    private void line(String what, String text) {
        if (!text.isEmpty()) {
            output.line("  " + what + ": " + text);
        }
    }

    private static String joined(JsonNode texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(text -> all.add(text.asText()));
        return String.join(", ", all);
    }

    static String size(long bytes) {
        return bytes < 1 << 20
                ? Math.max(1, bytes >> 10) + " KiB"
                : String.format(java.util.Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }
}
