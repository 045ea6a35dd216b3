package dev.weft.host.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weft completion}: prints what bash and zsh need to complete commands and options. */
@Command(
        name = "completion",
        description = "Prints the completion of commands and options for bash and zsh.")
final class CompletionCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = spec.commandLine();
        line.getOut().print(AutoComplete.bash("weft", line.getParent()));
        line.getOut().flush();
        return 0;
    }
}
