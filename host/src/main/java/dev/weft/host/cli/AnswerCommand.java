package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code weft answer}. */
@Command(name = "answer", description = "Answers what a task asks; see it with: weft tasks ID")
final class AnswerCommand extends HostCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    private String id;

    @Parameters(index = "1", paramLabel = "TEXT", description = "The answer.")
    private String text;

    @Override
    void run() {
        JsonNode task =
                client().post(
                                "/api/hub/tasks/" + HostClient.segment(id) + "/input",
                                Wire.object().put("answer", text));
        output().line("task " + id + " is " + task.path("state").asText());
    }
}
