package dev.weft.host.cli;

import dev.weft.host.launcher.AgentFile;
import dev.weft.host.launcher.HostException;
import dev.weft.workflows.file.WorkflowFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    public Integer call() throws IOException {
        AgentFile file = AgentFile.read(folder);
        if (!file.exists()) {
            throw new HostException(
                    HostException.FAILED,
                    folder.resolve("agent.yaml")
                            + " does not exist; make a folder with: weft init "
                            + folder);
        }
        List<String> errors = new ArrayList<>(file.errors());
        List<Path> workflows = WorkflowFile.in(folder.resolve("workflows"));
        workflows.forEach(one -> errors.addAll(WorkflowFile.read(one).errors()));
        if (!errors.isEmpty()) {
            throw new HostException(HostException.FAILED, String.join("\n", errors));
        }
        spec.commandLine().getOut().println(folder.resolve("agent.yaml") + " is good");
        workflows.forEach(one -> spec.commandLine().getOut().println(one + " is good"));
        return 0;
    }
}
