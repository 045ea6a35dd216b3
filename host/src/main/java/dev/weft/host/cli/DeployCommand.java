package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.launcher.Distribution;
import dev.weft.host.launcher.HostException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft deploy}. */
@Command(
        name = "deploy",
        description =
                "Puts a skill's jar, or a zip of jars, into the host's deploy folder and tells what became of it.")
final class DeployCommand extends HostCommand {
    @Parameters(
            index = "0",
            paramLabel = "JAR",
            description = "A jar, a zip of jars, or the id of a skill that ships with Weft.")
    private String jar;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    void run() throws IOException {
        Path file = Path.of(jar);
        if (!Files.isRegularFile(file)) {
            file = Distribution.find().skill(jar);
        }
        if (!Files.isRegularFile(file)) {
            throw new HostException(
                    HostException.USAGE,
                    "\"" + jar + "\" is neither a jar nor a skill that ships with Weft");
        }
        JsonNode outcome =
                client().upload(
                                "/api/skills?file="
                                        + URLEncoder.encode(
                                                file.getFileName().toString(),
                                                StandardCharsets.UTF_8),
                                file);
        report(this, outcome, json);
    }

    /** Tells what became of a file of the deploy folder.
     * @throws HostException if it does not run */
    static void report(HostCommand command, JsonNode outcome, boolean json) {
        if (json) {
            command.output().json(outcome);
        }
        String file = outcome.path("file").asText();
        String state = outcome.path("state").asText("taken");
        if (state.equals("refused") || state.equals("quarantined")) {
            throw new HostException(
                    HostException.FAILED,
                    file
                            + (state.equals("refused") ? " was refused: " : " is in quarantine: ")
                            + outcome.path("reason").asText());
        }
        if (!json) {
            List<String> skills = new ArrayList<>();
            outcome.path("skills").forEach(skill -> skills.add(skill.asText()));
            command.output()
                    .line(
                            file
                                    + " is "
                                    + state
                                    + (skills.isEmpty() ? "" : ": " + String.join(", ", skills)));
        }
    }
}
