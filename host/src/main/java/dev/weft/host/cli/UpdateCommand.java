package dev.weft.host.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft update}. */
@Command(
        name = "update",
        description =
                "Updates skills from the repositories they are from: shows the plan and what changes, asks where a person must agree.")
final class UpdateCommand extends HostCommand {
    @Parameters(arity = "0..*", paramLabel = "SKILL", description = "Ids of skills.")
    private List<String> skills = List.of();

    @Option(names = "--all", description = "All that are not pinned.")
    private boolean all;

    @Option(names = "--yes", description = "Agrees to what the plan asks.")
    private boolean yes;

    @Option(names = "--dry-run", description = "Shows the plan only.")
    private boolean dry;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    void run() {
        if (skills.isEmpty() != all) {
            throw new HostException(HostException.USAGE, "name skills, or say --all");
        }
        ObjectNode wish = Wire.object();
        if (all) {
            wish.put("update", "all");
        } else {
            skills.forEach(wish.putArray("update")::add);
        }
        new Plans(this, json).run(wish, yes, dry);
    }
}
