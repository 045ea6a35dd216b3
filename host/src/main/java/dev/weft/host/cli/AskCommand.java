package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.agent.Image;
import dev.weft.api.task.TaskException;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft ask}. */
@Command(name = "ask", description = "Lets the agent answer, calling skills here and on peers.")
final class AskCommand extends HostCommand {
    @Parameters(index = "0", paramLabel = "PROMPT", description = "What is asked.")
    private String prompt;

    @Option(names = "--agent", paramLabel = "A", description = "Asks the agent of another host.")
    private String agent;

    @Option(names = "--trace", description = "Shows each step.")
    private boolean trace;

    @Option(names = "--stream", description = "Prints the answer as it comes.")
    private boolean stream;

    @Option(
            names = "--conversation",
            paramLabel = "C",
            description = "Remembers what was said under this name before.")
    private String conversation;

    @Option(names = "--route", paramLabel = "R", description = "Route of the chat model.")
    private String route;

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description =
                    "An image that the prompt is about: PNG, JPEG, GIF or WebP, 5 MiB at most. May be repeated.")
    private List<Path> images = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "S",
            description = "Seconds until it must be done (default: ${DEFAULT-VALUE}).",
            defaultValue = "120")
    private int timeout;

    @Option(names = "--json", description = "Prints the answer and its steps as one JSON document.")
    private boolean json;

    @Override
    void run() {
        ObjectNode body = Wire.object().put("prompt", prompt).put("timeout", timeout);
        if (agent != null) {
            body.put("agent", agent);
        }
        if (conversation != null) {
            body.put("conversation", conversation);
        }
        if (route != null) {
            body.put("route", route);
        }
        if (!images.isEmpty()) {
            body.set("images", content());
        }
        Duration limit = Duration.ofSeconds(timeout + 10L);
        if (!trace && !stream) {
            show(client().post("/api/ask", body, limit));
            return;
        }
        client().events(
                        "POST",
                        "/api/ask",
                        body,
                        limit,
                        () -> {},
                        (type, data) -> {
                            switch (type) {
                                case "step" -> {
                                    if (trace) {
                                        step(data);
                                    }
                                }
                                case "token" -> {
                                    if (stream) {
                                        output().text(data.path("text").asText());
                                    }
                                }
                                case "answer" -> {
                                    if (stream && !json) {
                                        output().line("");
                                    } else {
                                        show(data);
                                    }
                                }
                                case "error" ->
                                        throw new HostException(
                                                HostException.FAILED,
                                                data.path("detail")
                                                        .asText(
                                                                data.path("message")
                                                                        .asText(
                                                                                "the agent failed")));
                                default -> {}
                            }
                        });
    }

    private ArrayNode content() {
        ArrayNode contents = JsonNodeFactory.instance.arrayNode();
        try {
            Image.of(images).forEach(image -> contents.add(image.base64()));
        } catch (TaskException e) {
            throw new HostException(HostException.USAGE, "--image: " + e.getMessage());
        }
        return contents;
    }

    private void step(JsonNode step) {
        String outcome =
                step.path("error").asText("").isEmpty()
                        ? Wire.write((Object) step.path("output"))
                        : "failed: " + step.path("error").asText();
        output().line(
                        "→ "
                                + step.path("tool").asText()
                                + " on "
                                + step.path("agent").asText()
                                + " "
                                + Wire.write((Object) step.path("input"))
                                + " ("
                                + step.path("millis").asLong()
                                + " ms)");
        output().line("  " + (outcome.length() > 300 ? outcome.substring(0, 300) + "…" : outcome));
    }

    private void show(JsonNode answer) {
        if (json) {
            output().json(answer);
        } else {
            output().line(answer.path("text").asText());
        }
    }
}
