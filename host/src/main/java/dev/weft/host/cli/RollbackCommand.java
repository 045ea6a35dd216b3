package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft rollback}. */
@Command(
        name = "rollback",
        description = "Goes back to the version of a skill that ran before, without a failed call.")
final class RollbackCommand extends HostCommand {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Parameters(index = "0", paramLabel = "SKILL", description = "Id of the skill.")
    private String skill;

    @Option(
            names = "--to",
            paramLabel = "VERSION",
            description = "One of the versions that are kept; weft skills --json lists them.")
    private String version;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    void run() {
        String query = version == null ? "" : "?version=" + HostClient.segment(version);
        String path = "/api/skills/" + HostClient.segment(skill) + "/rollback" + query;
        JsonNode outcome = client().post(path, null, PATIENCE);
        DeployCommand.report(this, outcome, json);
        if (!json) {
            output().line(skill + " is at version " + outcome.path("version").asText());
        }
    }
}
