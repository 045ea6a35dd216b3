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
            description =
                    "Puts a backup in the place of a stopped host's database, or has the next start of a host do it.")
    static final class Restore implements Callable<Integer> {
        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "FILE",
                description = "What weft backup wrote.")
        private Path file;

        @Option(
                names = "--next-start",
                description =
                        "Checks the backup now, and leaves it to the host's next start; the host may run.")
        private boolean later;

        @Option(
                names = "--forget",
                description = "What was to be restored at the next start is not.")
        private boolean forget;

        @Option(
                names = "--data",
                paramLabel = "D",
                description = "Data directory of the host (default: ./.weft).")
        private Path data;

        @Spec private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            Output output = new Output(spec.commandLine().getOut());
            Path directory = Connection.dataDirectory(data, Path.of(""));
            if ((file == null) != forget || forget && later) {
                throw new HostException(
                        HostException.USAGE,
                        "name a file, or say --forget (see: weft restore --help)");
            }
            if (forget) {
                output.line(
                        DatabaseFile.forget(directory)
                                ? "Nothing is restored at the next start any more."
                                : "Nothing was to be restored at the next start.");
            } else if (later) {
                DatabaseFile.stage(directory, file);
                output.line(
                        "The backup is good. The next start of the host puts it in the place of its database, which is kept beside it; until then the host works on, and what it writes is not in the backup. Not after all: weft restore --forget");
            } else {
                restore(directory, output);
            }
            return 0;
        }

        private void restore(Path directory, Output output) throws IOException {
            DatabaseFile.restore(directory, file)
                    .ifPresentOrElse(
                            before ->
                                    output.line(
                                            "The backup is restored; the database that was there is now "
                                                    + before),
                            () -> output.line("The backup is restored."));
        }
    }
}
