package dev.weft.host.cli;

import dev.weft.host.launcher.Distribution;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weft version}. */
@Command(name = "version", description = "Shows the version.")
final class VersionCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine()
                .getOut()
                .println(
                        "weft "
                                + Distribution.version()
                                + ", Java "
                                + System.getProperty("java.version")
                                + ", "
                                + System.getProperty("os.name")
                                + " "
                                + System.getProperty("os.arch"));
    }
}
