package dev.weft.host.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code weft uninstall}. */
@Command(name = "uninstall", description = "Takes a skill out of the host's deploy folder.")
final class UninstallCommand extends HostCommand {
    @Parameters(index = "0", paramLabel = "SKILL", description = "Id of the skill.")
    private String skill;

    @Override
    void run() {
        client().delete("/api/skills/" + URLEncoder.encode(skill, StandardCharsets.UTF_8));
        output().line(skill + " is removed");
    }
}
