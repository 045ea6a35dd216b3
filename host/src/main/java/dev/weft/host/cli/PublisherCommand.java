package dev.weft.host.cli;

import dev.weft.api.identity.HostKey;
import dev.weft.host.launcher.HostException;
import dev.weft.host.publish.Target;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft publisher}. */
@Command(
        name = "publisher",
        description = "Who may publish skills into a repository.",
        subcommands = {
            PublisherCommand.New.class,
            PublisherCommand.Show.class,
            PublisherCommand.Grant.class,
            PublisherCommand.Remove.class,
            PublisherCommand.Resign.class
        })
final class PublisherCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "say what: new, list, grant, remove or resign");
    }

    /** {@code weft publisher new}. */
    @Command(
            name = "new",
            description = "Makes the key of a publisher; keep the file, and a copy elsewhere.")
    static final class New implements Callable<Integer> {
        @Parameters(
                index = "0",
                paramLabel = "NAMESPACE",
                description = "Your bundles are called like it, or start with it and a dot.")
        private String namespace;

        @Option(
                names = "--sign",
                paramLabel = "FILE",
                description = "The file to make (default: ~/.weft-keys/NAMESPACE.key).")
        private Path file;

        @Option(names = "--json", description = "Prints {file, public_key}.")
        private boolean json;

        @Spec private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            if (!namespace.matches("[A-Za-z0-9_-]{1,64}(\\.[A-Za-z0-9_-]{1,64}){0,15}")
                    || namespace.length() > 120) {
                throw new HostException(
                        HostException.USAGE,
                        "\"" + namespace + "\" is no namespace; write it like com.example");
            }
            Path target = file == null ? RepositoryOptions.keyFile(namespace) : file;
            if (Files.exists(target)) {
                throw new HostException(HostException.FAILED, target + " exists; nothing was made");
            }
            HostKey key = HostKey.loadOrCreate(target);
            Path known = target.resolveSibling(target.getFileName() + ".pub");
            Files.writeString(known, key.publicKey() + "\n");
            Output output = new Output(spec.commandLine().getOut());
            if (json) {
                output.json(
                        Wire.object()
                                .put("file", target.toString())
                                .put("public_key", key.publicKey()));
            } else {
                output.line("made " + target + "; whoever has it can publish in your name");
                output.line("public key " + key.publicKey() + ", also in " + known);
                output.line(
                        "the repository's owner lets you in with: weft publisher grant "
                                + namespace
                                + " "
                                + key.publicKey());
            }
            return 0;
        }
    }

    /** Public keys, as they are or out of files.
     * @throws HostException if a file cannot be read */
    private static Set<String> publicKeys(List<String> given) {
        Set<String> keys = new LinkedHashSet<>();
        for (String one : given) {
            try {
                keys.add(
                        one.endsWith(".pub")
                                ? Files.readString(Path.of(one)).strip()
                                : one.endsWith(".key")
                                        ? RepositoryOptions.keys(List.of(Path.of(one)))[0]
                                                .publicKey()
                                        : one);
            } catch (IOException e) {
                throw new HostException(HostException.USAGE, "there is no file " + one);
            }
        }
        return keys;
    }

    /** What talks to a repository. */
    abstract static class Owned implements Callable<Integer> {
        @Mixin RepositoryOptions repository;

        @Spec CommandSpec spec;

        final Output output() {
            return new Output(spec.commandLine().getOut());
        }
    }

    /** {@code weft publisher list}. */
    @Command(name = "list", description = "Lists who may publish what.")
    static final class Show extends Owned {
        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            var publishers = PublishCommands.Place.of(repository).summary().publishers();
            if (json) {
                output().json(Wire.node(publishers));
                return 0;
            }
            List<List<String>> rows = new ArrayList<>();
            for (Target.Owner owner : publishers) {
                rows.add(
                        List.of(
                                owner.namespace(),
                                String.valueOf(owner.releases()),
                                String.join(" ", owner.keys())
                                        + (owner.pending().isEmpty()
                                                ? ""
                                                : " -> " + String.join(" ", owner.pending()))));
            }
            output().table(
                            List.of("NAMESPACE", "RELEASES", "PUBLIC KEYS"),
                            rows,
                            "nobody may publish here yet");
            return 0;
        }
    }

    /** {@code weft publisher grant}. */
    @Command(
            name = "grant",
            description =
                    "Gives a namespace to a publisher, or new keys to one that changes or lost its own.")
    static final class Grant extends Owned {
        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "What is given.")
        private String namespace;

        @Parameters(
                index = "1..*",
                arity = "1..16",
                paramLabel = "PUBLIC_KEY",
                description =
                        "As weft publisher new prints it, or the .pub file that it made, or your own .key file.")
        private List<String> keys;

        @Option(
                names = "--threshold",
                paramLabel = "N",
                defaultValue = "1",
                description = "How many of the keys must sign (default: ${DEFAULT-VALUE}).")
        private int threshold;

        @Override
        public Integer call() throws IOException {
            boolean now =
                    PublishCommands.Place.of(repository)
                            .grant(namespace, publicKeys(keys), threshold);
            output().line(
                            now
                                    ? namespace
                                            + " may be published with "
                                            + String.join(" ", publicKeys(keys))
                                    : "the new keys of "
                                            + namespace
                                            + " count once its publisher signed with them: weft publisher resign "
                                            + namespace
                                            + "; nobody can publish it until then");
            return 0;
        }
    }

    /** {@code weft publisher remove}. */
    @Command(
            name = "remove",
            description = "Takes a namespace away: its releases are not offered any more.")
    static final class Remove extends Owned {
        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Which.")
        private String namespace;

        @Override
        public Integer call() throws IOException {
            PublishCommands.Place.of(repository).withdraw(namespace);
            output().line("took " + namespace + " away");
            return 0;
        }
    }

    /** {@code weft publisher resign}. */
    @Command(
            name = "resign",
            description =
                    "Signs all that you published with your new key, after the repository's owner gave it your namespace.")
    static final class Resign extends PublishCommands.Publishing {
        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Yours.")
        private String namespace;

        @Option(
                names = "--old",
                required = true,
                paramLabel = "PUBLIC_KEY",
                description =
                        "The public key that you signed with so far, or its .pub file; several if there were.")
        private List<String> old;

        @Override
        public Integer call() throws IOException {
            PublishCommands.Place.publication(this).resign(namespace, publicKeys(old));
            output().line("signed the releases of " + namespace + " with the new key");
            return 0;
        }
    }
}
