package dev.weft.host.cli;

import dev.weft.host.launcher.AgentFile;
import dev.weft.host.launcher.HostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft validate}. */
@Command(
        name = "validate",
        description = "Shows every error of an agent folder, with its line and a hint.")
final class ValidateCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "The folder (default: the current one).")
    private Path folder;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        AgentFile file = AgentFile.read(folder);
        if (!file.exists()) {
            throw new HostException(
                    HostException.FAILED,
                    folder.resolve("agent.yaml")
                            + " does not exist; make a folder with: weft init "
                            + folder);
        }
        if (!file.errors().isEmpty()) {
            throw new HostException(HostException.FAILED, String.join("\n", file.errors()));
        }
        spec.commandLine().getOut().println(folder.resolve("agent.yaml") + " is good");
        return 0;
    }
}
