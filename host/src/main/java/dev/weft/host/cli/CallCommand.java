package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft call}. */
@Command(name = "call", description = "Runs one skill as a task and prints its result.")
final class CallCommand extends HostCommand {
    private static final List<String> FINAL =
            List.of("task.completed", "task.failed", "task.canceled", "task.rejected");

    @Parameters(
            index = "0",
            paramLabel = "SKILL[.TOOL]",
            description = "The skill, and its tool if it has several.")
    private String skill;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "key=value",
            description = "Arguments by name.")
    private List<String> pairs = List.of();

    @Option(
            names = "--input",
            paramLabel = "JSON",
            description = "All arguments as one JSON object.")
    private String input;

    @Option(
            names = "--agent",
            paramLabel = "A",
            description = "Name or id of the agent that shall do it.")
    private String agent;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            description = "Seconds until it must be done (default: ${DEFAULT-VALUE}).",
            defaultValue = "60")
    private int timeout;

    @Option(names = "--stream", description = "Prints pieces of the result as they come.")
    private boolean stream;

    @Option(
            names = "--later",
            description =
                    "Waits until the deadline for an agent that is away; prints the task's id.")
    private boolean later;

    @Option(
            names = "--once",
            paramLabel = "KEY",
            description = "The same key is done once, however often it is called.")
    private String once;

    @Option(
            names = "--priority",
            paramLabel = "P",
            description = "low, normal or high: its place among those that wait.")
    private String priority;

    @Option(names = "--json", description = "Prints the whole task as one JSON document.")
    private boolean json;

    @Override
    void run() {
        if (timeout < 1 || timeout > 604_800) {
            throw new HostException(
                    HostException.USAGE, "--timeout must be 1 to 604800 seconds, got " + timeout);
        }
        HostClient host = client();
        ObjectNode body = Wire.object().put("skill", skill).put("ttl", timeout);
        body.set("payload", arguments(host));
        if (agent != null) {
            body.put("target_agent_id", agent);
        }
        if (once != null) {
            body.put("idempotency_key", once);
        }
        if (priority != null) {
            body.put("priority", priority);
        }
        if (later) {
            JsonNode task = host.post("/api/hub/tasks", body.put("later", true));
            if (json) {
                output().json(task);
            }
            if (task.path("state").asText().equals("rejected")) {
                finish(task);
            } else if (!json) {
                output().line("task " + task.path("id").asText() + " is accepted");
            }
            return;
        }
        JsonNode task =
                stream
                        ? streamed(host, body)
                        : host.post(
                                "/api/hub/tasks",
                                body.put("wait", timeout),
                                Duration.ofSeconds(timeout + 10L));
        if (json) {
            output().json(task);
        }
        finish(task);
    }

    private JsonNode streamed(HostClient host, ObjectNode body) {
        JsonNode[] done = new JsonNode[1];
        String[] id = new String[1];
        try {
            Runnable submit =
                    () -> id[0] = host.post("/api/hub/tasks", body).path("task_id").asText();
            host.events(
                    "GET",
                    "/api/events",
                    null,
                    Duration.ofSeconds(30),
                    submit,
                    (type, data) -> {
                        if (!data.path("id").asText().equals(id[0])) {
                            return;
                        }
                        if (type.equals("task.chunk")) {
                            output().line(data.path("text").asText());
                        } else if (FINAL.contains(type)) {
                            done[0] = host.get("/api/hub/tasks/" + id[0]);
                            throw new Finished();
                        }
                    });
        } catch (Finished end) {
            return done[0];
        }
        throw new HostException(
                HostException.UNREACHABLE,
                "the host ended the stream of events; see the task with: weft tasks " + id[0]);
    }

    /** Ends the reading of events. */
    private static final class Finished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Finished() {
            super(null, null, false, false);
        }
    }

    private void finish(JsonNode task) {
        String state = task.path("state").asText();
        if (state.equals("completed")) {
            if (!json) {
                output().document(result(task.path("result")));
            }
            return;
        }
        JsonNode error = task.path("error");
        String code = error.path("code").asText("");
        String message = error.path("message").asText(error.asText(""));
        int exit =
                List.of("agent_offline", "unreachable").contains(code)
                        ? HostException.UNREACHABLE
                        : List.of("denied", "refused").contains(code)
                                ? HostException.NOT_ALLOWED
                                : HostException.FAILED;
        throw new HostException(
                exit,
                message.isEmpty()
                        ? "the task is "
                                + state
                                + " after "
                                + timeout
                                + " s; see it with: weft tasks "
                                + task.path("id").asText()
                        : message);
    }

    /** The inbox of a registry keeps results as text. */
    private static JsonNode result(JsonNode result) {
        if (result.isTextual() && result.textValue().startsWith("{")) {
            try {
                return Wire.tree(result.textValue());
            } catch (ProtocolException text) {
                return result;
            }
        }
        return result;
    }

    private JsonNode arguments(HostClient host) {
        ObjectNode arguments = Wire.object();
        if (input != null) {
            JsonNode given;
            try {
                given = Wire.tree(input);
            } catch (ProtocolException e) {
                throw new HostException(
                        HostException.USAGE, "--input is not JSON: " + e.getMessage());
            }
            if (!given.isObject()) {
                throw new HostException(
                        HostException.USAGE,
                        "--input must be a JSON object, such as '{\"path\":\"/\"}'");
            }
            arguments.setAll((ObjectNode) given);
        }
        if (!pairs.isEmpty()) {
            arguments.setAll(Pairs.read(pairs, schema(host)));
        }
        return arguments;
    }

    /** The properties of the tool's schema, so that {@code n=5} becomes a number where one is wanted and text where not. */
    private JsonNode schema(HostClient host) {
        for (JsonNode offered : host.get("/api/skills")) {
            String id = offered.path("id").asText();
            if (skill.equals(id) && offered.path("tools").size() == 1) {
                return offered.path("tools").get(0).path("schema").path("properties");
            }
            if (skill.startsWith(id + ".")) {
                for (JsonNode tool : offered.path("tools")) {
                    if (skill.equals(id + "." + tool.path("name").asText())) {
                        return tool.path("schema").path("properties");
                    }
                }
            }
        }
        return Wire.object();
    }
}
