package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.launcher.Distribution;
import dev.weft.host.launcher.HostException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft deploy}. */
@Command(
        name = "deploy",
        description =
                "Puts a skill's jar into the host's deploy folder and tells what became of it.")
final class DeployCommand extends HostCommand {
    @Parameters(
            index = "0",
            paramLabel = "JAR",
            description = "A jar, or the id of a skill that ships with Weft.")
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
        if (json) {
            output().json(outcome);
        }
        if (outcome.path("state").asText().equals("refused")) {
            throw new HostException(
                    HostException.FAILED,
                    file.getFileName() + " was refused: " + outcome.path("reason").asText());
        }
        if (!json) {
            StringBuilder skills = new StringBuilder();
            outcome.path("skills")
                    .forEach(
                            skill ->
                                    skills.append(skills.isEmpty() ? "" : ", ")
                                            .append(skill.asText()));
            output().line(
                            file.getFileName()
                                    + " is "
                                    + outcome.path("state").asText("taken")
                                    + (skills.isEmpty() ? "" : ": " + skills));
        }
    }
}
