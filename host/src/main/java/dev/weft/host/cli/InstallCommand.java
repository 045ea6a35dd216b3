package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft install}. */
@Command(
        name = "install",
        description =
                "Installs skills from the host's repositories: shows the plan, asks where a person must agree, all or nothing.")
final class InstallCommand extends HostCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "SKILL[@VERSION]",
            description = "Ids of skills, or names of bundles.")
    private List<String> skills = List.of();

    @Option(names = "--yes", description = "Agrees to what the plan asks.")
    private boolean yes;

    @Option(names = "--dry-run", description = "Shows the plan only; with --on, that of each host.")
    private boolean dry;

    @Option(
            names = "--locked",
            arity = "0..1",
            fallbackValue = "skills.lock",
            paramLabel = "FILE",
            description =
                    "Makes the host have exactly what a file of weft catalog lock says; skills.lock by default.")
    private Path locked;

    @Option(
            names = "--on",
            paramLabel = "LABEL",
            description =
                    "Installs on the agents with a label, such as role=edge, each by its own policy; or on one agent, by name.")
    private String on;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    void run() throws IOException {
        if (skills.isEmpty() == (locked == null)) {
            throw new HostException(HostException.USAGE, "name skills, or give --locked");
        }
        if (on != null) {
            if (locked != null) {
                throw new HostException(HostException.USAGE, "--on does not go with --locked");
            }
            new RemoteInstalls(this, json, dry).run(skills, on);
            return;
        }
        ObjectNode wish = Wire.object();
        if (locked == null) {
            skills.forEach(wish.putArray("install")::add);
        } else {
            wish.set("lock", lock());
        }
        new Plans(this, json).run(wish, yes, dry);
    }

    private JsonNode lock() throws IOException {
        if (!Files.isRegularFile(locked)) {
            throw new HostException(
                    HostException.USAGE,
                    "there is no " + locked + "; make one with: weft catalog lock " + locked);
        }
        try {
            return Wire.tree(Files.readString(locked));
        } catch (ProtocolException e) {
            throw new HostException(
                    HostException.USAGE, locked + " is no skills.lock: " + e.getMessage());
        }
    }
}
