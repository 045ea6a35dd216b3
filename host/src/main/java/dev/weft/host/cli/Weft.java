package dev.weft.host.cli;

import dev.weft.host.launcher.Distribution;
import dev.weft.host.launcher.HostException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code weft} program. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not reachable, 4 not allowed. */
@Command(
        name = "weft",
        description = "An agent host: skills as bundles, called from every machine of the mesh.",
        versionProvider = Weft.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            InitCommand.class,
            ValidateCommand.class,
            PairCommand.class,
            ListCommands.Agents.class,
            ListCommands.Skills.class,
            ListCommands.Tasks.class,
            ListCommands.Peers.class,
            CallCommand.class,
            AnswerCommand.class,
            AskCommand.class,
            SkillCommand.class,
            PublisherCommand.class,
            RepositoryCommand.class,
            DeployCommand.class,
            RollbackCommand.class,
            UninstallCommand.class,
            InstallCommand.class,
            UpdateCommand.class,
            CatalogCommand.class,
            LlmCommand.class,
            PairingCommands.Code.class,
            PairingCommands.Approvals.class,
            PairingCommands.Approve.class,
            PairingCommands.Reject.class,
            PairingCommands.Revoke.class,
            KeyCommand.class,
            AuditCommand.class,
            ShellCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            BackupCommands.Backup.class,
            BackupCommands.Restore.class,
            BenchCommand.class,
            VersionCommand.class
        })
public final class Weft implements Runnable {
    @Spec private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Shows this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Shows the version.")
    private boolean version;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /**
     * Runs one command and leaves with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        int exit = commandLine().execute(arguments);
        System.out.close(); // else the WebRTC library, if it was loaded, has a last word on it
        System.exit(exit);
    }

    static CommandLine commandLine() {
        return Examples.with(new CommandLine(new Weft()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(
                        (problem, line, result) -> {
                            if (problem instanceof HostException known) {
                                known.getMessage()
                                        .lines()
                                        .forEach(
                                                text ->
                                                        line.getErr()
                                                                .println(
                                                                        "weft: "
                                                                                + Output.printable(
                                                                                        text)));
                                return known.exitCode();
                            }
                            line.getErr()
                                    .println(
                                            "weft: "
                                                    + (problem.getMessage() == null
                                                            ? problem.toString()
                                                            : problem.getMessage()));
                            return HostException.FAILED;
                        })
                .setParameterExceptionHandler(
                        (problem, arguments) -> {
                            CommandLine line = problem.getCommandLine();
                            line.getErr()
                                    .println(
                                            "weft: "
                                                    + problem.getMessage()
                                                    + " (see: "
                                                    + line.getCommandSpec().qualifiedName()
                                                    + " --help)");
                            return HostException.USAGE;
                        });
    }

    /** The version as {@code --version} shows it. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"weft " + Distribution.version()};
        }
    }
}
