package dev.weft.host.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostKey;
import dev.weft.host.launcher.HostException;
import dev.weft.host.publish.Folder;
import dev.weft.host.publish.Target;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft repository}. */
@Command(
        name = "repository",
        description =
                "A repository of skills: a registry's, or a folder that a web server or a stick carries.",
        subcommands = {
            RepositoryCommand.Show.class,
            RepositoryCommand.Init.class,
            RepositoryCommand.Sign.class,
            RepositoryCommand.NewRoot.class
        })
final class RepositoryCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "say what: show, init, sign or root");
    }

    /** {@code weft repository show}. */
    @Command(name = "show", description = "Shows name, fingerprint, and until when it is signed.")
    static final class Show extends PublisherCommand.Owned {
        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            Target.Summary summary = PublishCommands.Place.of(repository).summary();
            if (json) {
                ObjectNode document =
                        Wire.object()
                                .put("name", summary.name())
                                .put("fingerprint", summary.fingerprint())
                                .put("expires", summary.expires())
                                .put("releases", summary.releases());
                output().json(document);
            } else {
                output().line("repository " + summary.name() + " at " + repository.where());
                output().line("fingerprint " + summary.fingerprint());
                output().line(
                                summary.releases()
                                        + " releases of "
                                        + summary.publishers().size()
                                        + " publishers, signed until "
                                        + summary.expires());
            }
            return 0;
        }
    }

    /** {@code weft repository init}. */
    @Command(
            name = "init",
            description =
                    "Makes a repository in a folder, and its key beside the folder unless --owner says where.")
    static final class Init extends PublisherCommand.Owned {
        @Parameters(index = "0", paramLabel = "DIR", description = "The folder.")
        private Path folder;

        @Option(
                names = "--name",
                paramLabel = "N",
                description = "Its name (default: the folder's).")
        private String name;

        @Override
        public Integer call() throws IOException {
            repository.folder(folder.toAbsolutePath().normalize());
            Path file = repository.ownerFile();
            if (file.toAbsolutePath().normalize().startsWith(repository.folder())) {
                throw new HostException(
                        HostException.USAGE,
                        "the key must not be within the folder, which others read: name another place with --owner");
            }
            HostKey key = HostKey.loadOrCreate(file);
            Work.create(repository, name == null ? folderName() : name, key);
            Target.Summary summary = PublishCommands.Place.of(repository).summary();
            output().line("made repository " + summary.name() + " in " + repository.folder());
            output().line("its key is " + file + "; keep it, and a copy elsewhere");
            output().line("fingerprint " + summary.fingerprint());
            return 0;
        }

        private String folderName() {
            return repository.folder().getFileName().toString().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** {@code weft repository sign}. */
    @Command(
            name = "sign",
            description =
                    "Signs a folder anew, before its signature expires; a registry does so by itself.")
    static final class Sign extends PublisherCommand.Owned {
        @Parameters(index = "0", paramLabel = "DIR", description = "The folder.")
        private Path folder;

        @Override
        public Integer call() throws IOException {
            repository.folder(folder);
            Work.sign(repository);
            output().line(
                            "signed until "
                                    + PublishCommands.Place.of(repository).summary().expires());
            return 0;
        }
    }

    /** {@code weft repository root}. */
    @Command(
            name = "root",
            description =
                    "Makes the next root: other keys, or the same for another year. Old and new keys sign it.")
    static final class NewRoot extends PublisherCommand.Owned {
        @Option(
                names = "--root-key",
                paramLabel = "FILE",
                description =
                        "Key files that sign roots from now on, made if they are not there (default: as before).")
        private List<Path> rootKeys = List.of();

        @Option(
                names = "--threshold",
                paramLabel = "N",
                defaultValue = "1",
                description = "How many root keys must sign (default: ${DEFAULT-VALUE}).")
        private int threshold;

        @Option(
                names = "--new-owner",
                paramLabel = "FILE",
                description =
                        "Key file that signs publishers and snapshots of a folder from now on, made if it is not there.")
        private Path newOwner;

        @Option(
                names = "--sign",
                paramLabel = "FILE",
                description = "Further key files to sign with, such as those of the root so far.")
        private List<Path> signing = List.of();

        @Override
        public Integer call() throws IOException {
            if (newOwner != null && repository.folder() == null) {
                throw new HostException(
                        HostException.USAGE,
                        "a registry signs with its own key; --new-owner is for a folder");
            }
            Work.root(repository, rootKeys, threshold, newOwner, signing);
            output().line(
                            "root "
                                    + Work.version(repository)
                                    + " is signed; hosts follow it by themselves");
            return 0;
        }
    }

    /** What the commands do with the formats of repositories, whose classes other commands run without. */
    private static final class Work {
        private Work() {}

        static void create(RepositoryOptions options, String name, HostKey key) throws IOException {
            new Folder(options.folder(), RepositoryOptions.clock(), options.life(), options::owners)
                    .create(name, key);
        }

        static void sign(RepositoryOptions options) throws IOException {
            new Folder(options.folder(), RepositoryOptions.clock(), options.life(), options::owners)
                    .sign();
        }

        static long version(RepositoryOptions options) throws IOException {
            return PublishCommands.Place.of(options).root().version();
        }

        static void root(
                RepositoryOptions options,
                List<Path> rootKeys,
                int threshold,
                Path newOwner,
                List<Path> signing)
                throws IOException {
            List<HostKey> keys = new java.util.ArrayList<>();
            Set<String> roots = new java.util.TreeSet<>();
            for (Path file : rootKeys) {
                HostKey key = HostKey.loadOrCreate(file);
                keys.add(key);
                roots.add(key.publicKey());
            }
            keys.addAll(List.of(RepositoryOptions.keys(signing)));
            String online = "";
            if (newOwner != null) {
                HostKey key = HostKey.loadOrCreate(newOwner);
                keys.add(key);
                online = key.publicKey();
                options.also(newOwner);
            }
            new dev.weft.host.publish.Publication(
                            PublishCommands.Place.of(options),
                            any -> new HostKey[0],
                            RepositoryOptions.clock())
                    .root(
                            roots.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(new Role(roots, threshold)),
                            online,
                            365,
                            keys.toArray(HostKey[]::new));
        }
    }
}
