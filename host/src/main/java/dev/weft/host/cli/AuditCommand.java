package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.launcher.HostException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft audit}. */
@Command(
        name = "audit",
        description = "Who did what to this host: the newest records of its audit log first.",
        subcommands = AuditCommand.Verify.class)
final class AuditCommand extends HostCommand {
    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Shows so many records (default: ${DEFAULT-VALUE}).",
            defaultValue = "30")
    private int limit;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    void run() {
        JsonNode records = client().get("/api/audit?limit=" + limit);
        if (json) {
            output().json(records);
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        records.forEach(
                record ->
                        rows.add(
                                List.of(
                                        record.path("seq").asText(),
                                        record.path("at").asText(),
                                        record.path("who").asText(),
                                        record.path("role").asText(),
                                        record.path("what").asText(),
                                        record.path("target").asText(),
                                        record.path("outcome").asText())));
        output().table(
                        List.of("SEQ", "AT", "WHO", "ROLE", "WHAT", "TARGET", "OUTCOME"),
                        rows,
                        "nothing was written down yet");
    }

    /** {@code weft audit verify}. */
    @Command(
            name = "verify",
            description = "Checks that no record was changed, removed or inserted.")
    static final class Verify extends HostCommand {
        @Option(
                names = "--json",
                description = "Prints {ok, records, first, last, first_broken, reason}.")
        private boolean json;

        @Override
        void run() {
            JsonNode found = client().get("/api/audit/verify");
            if (json) {
                output().json(found);
            }
            if (!found.path("ok").asBoolean()) {
                throw new HostException(
                        HostException.FAILED,
                        "the audit log is broken at record "
                                + found.path("first_broken").asText()
                                + " ("
                                + found.path("reason").asText()
                                + ")");
            }
            if (!json) {
                output().line(
                                "the chain is whole: "
                                        + found.path("records").asText()
                                        + " records, "
                                        + found.path("first").asText()
                                        + " to "
                                        + found.path("last").asText());
            }
        }
    }
}
