package dev.weft.host.cli;

import dev.weft.host.launcher.DatabaseFile;
import dev.weft.host.launcher.HostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft backup} and {@code weft restore}. */
final class BackupCommands {
    private BackupCommands() {}

    /** {@code weft backup}. */
    @Command(
            name = "backup",
            description =
                    "Writes a copy of the host's database to a file, whether the host runs or not.")
    static final class Backup extends HostCommand {
        @Parameters(index = "0", paramLabel = "FILE", description = "A file that does not exist.")
        private Path file;

        @Override
        void run() throws IOException {
            Path target = file.toAbsolutePath().normalize();
            if (Files.exists(target)) {
                throw new HostException(
                        HostException.USAGE, target + " exists; name another file, or remove it");
            }
            if (!Files.isDirectory(target.getParent())) {
                throw new HostException(
                        HostException.USAGE, "there is no folder " + target.getParent());
            }
            Path part = DatabaseFile.privateFile(target);
            try {
                if (connection().isRemote() || DatabaseFile.isInUse(connection().data())) {
                    client().download("/api/backup", part);
                } else {
                    DatabaseFile.save(connection().data(), part);
                }
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            output().line(
                            "The database is saved in "
                                    + target
                                    + " ("
                                    + Files.size(target)
                                    + " bytes). The keys in the folder keys are not in it.");
        }
    }

    /** {@code weft restore}. */
    @Command(
            name = "restore",
            description = "Puts a backup in the place of a stopped host's database.")
    static final class Restore implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "FILE", description = "What weft backup wrote.")
        private Path file;

        @Option(
                names = "--data",
                paramLabel = "D",
                description = "Data directory of the host (default: ./.weft).")
        private Path data;

        @Spec private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            Output output = new Output(spec.commandLine().getOut());
            DatabaseFile.restore(Connection.dataDirectory(data, Path.of("")), file)
                    .ifPresentOrElse(
                            before ->
                                    output.line(
                                            "The backup is restored; the database that was there is now "
                                                    + before),
                            () -> output.line("The backup is restored."));
            return 0;
        }
    }
}
