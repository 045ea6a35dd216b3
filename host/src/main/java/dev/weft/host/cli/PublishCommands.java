package dev.weft.host.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostKey;
import dev.weft.host.launcher.HostException;
import dev.weft.host.publish.Folder;
import dev.weft.host.publish.Publication;
import dev.weft.host.publish.Target;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft skill publish}, {@code yank} and {@code revoke}. */
final class PublishCommands {
    private static final int BUILD_MINUTES = 15;

    private PublishCommands() {}

    /** What they share. */
    abstract static class Publishing implements Callable<Integer> {
        @Mixin RepositoryOptions repository;

        @Option(
                names = "--sign",
                paramLabel = "FILE",
                description =
                        "Your key file; several if your namespace wants so (default: ~/.weft-keys/NAMESPACE.key).")
        List<Path> signing = List.of();

        @Spec CommandSpec spec;

        final Output output() {
            return new Output(spec.commandLine().getOut());
        }

        final HostKey[] keys(String namespace) {
            if (signing.isEmpty() && !Files.exists(RepositoryOptions.keyFile(namespace))) {
                throw new HostException(
                        HostException.USAGE,
                        "there is no key of "
                                + namespace
                                + " on this machine; make one with: weft publisher new "
                                + namespace
                                + ", or name its file with --sign");
            }
            return RepositoryOptions.keys(
                    signing.isEmpty() ? List.of(RepositoryOptions.keyFile(namespace)) : signing);
        }
    }

    /** A folder, or a registry. Not in a signature of a command: picocli looks at those where these classes are not there. */
    static final class Place {
        private Place() {}

        static Target of(RepositoryOptions options) {
            return options.folder() == null
                    ? new RegistryTarget(options.client())
                    : new Folder(
                            options.folder(),
                            RepositoryOptions.clock(),
                            options.life(),
                            options::owners);
        }

        static Publication publication(Publishing command) {
            return new Publication(
                    of(command.repository), command::keys, RepositoryOptions.clock());
        }
    }

    /** {@code weft skill publish}. */
    @Command(
            name = "publish",
            description = "Builds, checks, signs and publishes skills into a repository.")
    static final class Publish extends Publishing {
        @Parameters(
                paramLabel = "DIR|JAR",
                description = "The project of a skill, or its jar; several at once (default: .).")
        private List<Path> what = List.of(Path.of("."));

        @Option(
                names = "--snapshots",
                description = "Publishes versions in the making too, such as 1.0.0.SNAPSHOT.")
        private boolean snapshots;

        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        public Integer call() throws Exception {
            List<Path> jars = new ArrayList<>();
            for (Path one : what) {
                jars.add(Files.isDirectory(one) ? built(one) : one);
            }
            List<String> findings = new ArrayList<>();
            ObjectNode document = Wire.object();
            ArrayNode list = document.putArray("releases");
            for (Publication.Done done :
                    Place.publication(this).publish(jars, snapshots, findings)) {
                list.addObject()
                        .put("bundle", done.bundle())
                        .put("version", done.version())
                        .put("sha256", done.sha256())
                        .put("length", done.length())
                        .put("new", done.fresh());
                if (!json) {
                    output().line(
                                    (done.fresh() ? "published " : "was published before: ")
                                            + done.bundle()
                                            + " "
                                            + done.version()
                                            + ", "
                                            + done.length()
                                            + " bytes, SHA-256 "
                                            + done.sha256());
                }
            }
            findings.forEach(document.putArray("findings")::add);
            if (json) {
                output().json(document);
            } else {
                findings.forEach(output()::line);
            }
            return 0;
        }

        /** Builds a project with Maven.
         * @return the jar of its skill */
        private static Path built(Path project) throws IOException, InterruptedException {
            if (!Files.exists(project.resolve("pom.xml"))) {
                throw new HostException(
                        HostException.USAGE,
                        project
                                + " is no project of a skill: it has no pom.xml; name a jar, or make one with: weft skill new ID");
            }
            Process maven =
                    new ProcessBuilder("mvn", "-q", "-B", "-Dstyle.color=never", "package")
                            .directory(project.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try {
                if (!maven.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) || maven.exitValue() != 0) {
                    throw new HostException(
                            HostException.FAILED, "the build of " + project + " failed");
                }
            } finally {
                maven.destroy();
            }
            try (Stream<Path> files = Files.list(project.resolve("target"))) {
                List<Path> jars =
                        files.filter(
                                        file ->
                                                file.toString().endsWith(".jar")
                                                        && !file.toString()
                                                                .matches(
                                                                        ".*-(sources|javadoc|tests)\\.jar"))
                                .sorted()
                                .toList();
                if (jars.size() != 1) {
                    throw new HostException(
                            HostException.FAILED,
                            project.resolve("target")
                                    + " holds "
                                    + jars.size()
                                    + " jars; name the one to publish, or run mvn clean first");
                }
                return jars.get(0);
            }
        }
    }

    /** What is said against a release. */
    abstract static class Against extends Publishing {
        @Parameters(
                index = "0",
                paramLabel = "SKILL[@VERSION]",
                description = "A skill or bundle; without a version all of them.")
        private String what;

        @Option(
                names = "--reason",
                required = true,
                paramLabel = "R",
                description = "Why, for people.")
        private String reason;

        @Option(
                names = "--as-owner",
                description = "In the name of the repository, with its key, not the publisher's.")
        private boolean asOwner;

        private final String verb;

        Against(String verb) {
            this.verb = verb;
        }

        @Override
        public final Integer call() throws IOException {
            int at = what.indexOf('@');
            String version = at < 0 ? "*" : what.substring(at + 1);
            String bundle =
                    Place.publication(this)
                            .state(
                                    at < 0 ? what : what.substring(0, at),
                                    version,
                                    verb,
                                    reason,
                                    asOwner);
            output().line(
                            verb
                                    + (verb.endsWith("e") ? "d " : "ed ")
                                    + bundle
                                    + (version.equals("*") ? ", all versions" : " " + version)
                                    + ": "
                                    + reason);
            return 0;
        }
    }

    /** {@code weft skill yank}. */
    @Command(
            name = "yank",
            description =
                    "Says that a release is not to be installed any more; hosts that have it keep it.")
    static final class Yank extends Against {
        Yank() {
            super("yank");
        }
    }

    /** {@code weft skill revoke}. */
    @Command(
            name = "revoke",
            description =
                    "Says that a release must go: every host takes it out, and tells the reason.")
    static final class Revoke extends Against {
        Revoke() {
            super("revoke");
        }
    }
}
