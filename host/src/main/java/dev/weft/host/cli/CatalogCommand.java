package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft catalog}. */
@Command(
        name = "catalog",
        description = "The repositories that the host installs skills from.",
        subcommands = {
            CatalogCommand.Add.class,
            CatalogCommand.Remove.class,
            CatalogCommand.Show.class,
            CatalogCommand.Refresh.class,
            CatalogCommand.Trust.class,
            CatalogCommand.Distrust.class,
            CatalogCommand.Freeze.class
        })
final class CatalogCommand implements Runnable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String REPOSITORIES = "/api/catalog/repositories";

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "say what: add, remove, list, refresh, trust, distrust or lock");
    }

    /** Lets a person compare a fingerprint.
     * @return it, if the person says yes; there is nobody to say so without a terminal */
    private static String compared(String whose, String fingerprint) {
        Console console = System.console();
        String answer =
                console == null
                        ? null
                        : console.readLine(
                                "The fingerprint of %s is%n  %s%nDoes its owner tell the same? [y/N] ",
                                whose, fingerprint);
        if (answer == null || !answer.strip().matches("(?i)y|yes")) {
            throw new HostException(
                    HostException.FAILED,
                    "nothing is trusted; the fingerprint of "
                            + whose
                            + " is "
                            + fingerprint
                            + "; compare it with what its owner tells, then give it with --fingerprint");
        }
        return fingerprint;
    }

    private static void tell(Output output, JsonNode repository) {
        output.line(
                "repository "
                        + repository.path("name").asText()
                        + ": "
                        + repository.path("skills").asInt()
                        + " skills, good until "
                        + repository.path("expires").asText());
        for (JsonNode publisher : repository.path("publishers")) {
            output.line(
                    "  publisher "
                            + publisher.path("namespace").asText()
                            + (publisher.path("trusted").asBoolean()
                                    ? " is trusted, "
                                    : " is not trusted, ")
                            + publisher.path("fingerprint").asText());
        }
    }

    private static String publisher(String repository, String namespace) {
        return REPOSITORIES
                + "/"
                + HostClient.segment(repository)
                + "/publishers/"
                + HostClient.segment(namespace);
    }

    /** {@code weft catalog add}. */
    @Command(
            name = "add",
            description = "Reads a repository: at a URL, in a folder, on a USB stick.")
    static final class Add extends HostCommand {
        @Parameters(
                index = "0",
                paramLabel = "ADDRESS",
                description = "A URL, a path, or registry for the one of this host's registry.")
        private String address;

        @Option(
                names = "--fingerprint",
                paramLabel = "F",
                description =
                        "As the repository's owner tells it; without, it is shown and asked about.")
        private String fingerprint;

        @Option(
                names = "--priority",
                paramLabel = "N",
                description =
                        "Of two that have the same skill the higher one counts; 0 by default.")
        private int priority;

        @Option(
                names = "--policy",
                paramLabel = "P",
                defaultValue = "signed-by-trusted",
                description =
                        "signed-by-trusted (default), or ask at the first use of a publisher.")
        private String policy;

        @Option(
                names = "--trust",
                split = ",",
                paramLabel = "NAMESPACE",
                description =
                        "Trusts these publishers with the keys that they have now; all for all.")
        private List<String> trust = List.of();

        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        void run() {
            Path path = Path.of(address.replaceFirst("^[a-z]+:.*", ""));
            String where =
                    !address.equals("registry")
                                    && !address.contains("://")
                                    && Files.isDirectory(path)
                            ? path.toAbsolutePath().normalize().toString()
                            : address;
            ObjectNode wanted = Wire.object().put("address", where);
            if (fingerprint == null) {
                JsonNode seen = client().post(REPOSITORIES, wanted, PATIENCE);
                fingerprint =
                        compared(
                                "repository " + seen.path("name").asText(),
                                seen.path("fingerprint").asText());
            }
            wanted.put("fingerprint", fingerprint).put("priority", priority).put("policy", policy);
            trust.stream()
                    .map(namespace -> namespace.equals("all") ? "*" : namespace)
                    .forEach(wanted.withArray("trust")::add);
            JsonNode added = client().post(REPOSITORIES, wanted, PATIENCE);
            if (json) {
                output().json(added);
            } else {
                tell(output(), added);
            }
        }
    }

    /** {@code weft catalog remove}. */
    @Command(
            name = "remove",
            description = "Stops reading a repository; what is installed from it stays.")
    static final class Remove extends HostCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "Name of the repository.")
        private String name;

        @Override
        void run() {
            client().delete(REPOSITORIES + "/" + HostClient.segment(name));
            output().line("repository " + name + " is not read any more");
        }
    }

    /** {@code weft catalog list}. */
    @Command(name = "list", description = "Lists the repositories, the highest priority first.")
    static final class Show extends HostCommand {
        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        void run() {
            JsonNode all = client().get(REPOSITORIES);
            if (json) {
                output().json(all);
                return;
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode one : all) {
                rows.add(
                        List.of(
                                one.path("name").asText(),
                                one.path("priority").asText(),
                                one.path("policy").asText(),
                                one.path("skills").asText(),
                                one.path("expired").asBoolean()
                                        ? "expired"
                                        : one.path("problem").asText().isEmpty() ? "good" : "stale",
                                one.path("refreshed").asText(),
                                one.path("address").asText(),
                                one.path("problem").asText()));
            }
            output().table(
                            List.of(
                                    "NAME",
                                    "PRIORITY",
                                    "POLICY",
                                    "SKILLS",
                                    "STATE",
                                    "REFRESHED",
                                    "ADDRESS",
                                    "PROBLEM"),
                            rows,
                            "no repositories yet; add one with: weft catalog add ADDRESS");
        }
    }

    /** {@code weft catalog refresh}. */
    @Command(name = "refresh", description = "Reads the repositories anew, or one of them.")
    static final class Refresh extends HostCommand {
        @Parameters(arity = "0..1", paramLabel = "NAME", description = "Name of the repository.")
        private String name;

        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        void run() {
            String query = name == null ? "" : "?repository=" + HostClient.segment(name);
            JsonNode all =
                    client().post("/api/catalog/refresh" + query, null, PATIENCE)
                            .path("repositories");
            if (json) {
                output().json(all);
            }
            List<String> bad = new ArrayList<>();
            for (JsonNode one : all) {
                if (!one.path("problem").asText().isEmpty()) {
                    bad.add(one.path("name").asText() + ": " + one.path("problem").asText());
                } else if (!json) {
                    tell(output(), one);
                }
            }
            if (!bad.isEmpty()) {
                throw new HostException(HostException.FAILED, String.join("\n", bad));
            }
        }
    }

    /** {@code weft catalog trust}. */
    @Command(name = "trust", description = "Trusts a publisher with the keys that it has now.")
    static final class Trust extends HostCommand {
        @Parameters(index = "0", paramLabel = "REPOSITORY", description = "Its name.")
        private String repository;

        @Parameters(index = "1", paramLabel = "NAMESPACE", description = "Of the publisher.")
        private String namespace;

        @Option(
                names = "--fingerprint",
                paramLabel = "F",
                description = "As the publisher tells it; without, it is shown and asked about.")
        private String fingerprint;

        @Override
        void run() {
            if (fingerprint == null) {
                for (JsonNode one : client().get(REPOSITORIES)) {
                    for (JsonNode publisher : one.path("publishers")) {
                        if (one.path("name").asText().equals(repository)
                                && publisher.path("namespace").asText().equals(namespace)) {
                            fingerprint =
                                    compared(
                                            "publisher " + namespace,
                                            publisher.path("fingerprint").asText());
                        }
                    }
                }
            }
            tell(
                    output(),
                    client().post(
                                    publisher(repository, namespace),
                                    Wire.object()
                                            .put(
                                                    "fingerprint",
                                                    fingerprint == null ? "none" : fingerprint)));
        }
    }

    /** {@code weft catalog distrust}. */
    @Command(
            name = "distrust",
            description = "Trusts a publisher no longer; what is installed stays.")
    static final class Distrust extends HostCommand {
        @Parameters(index = "0", paramLabel = "REPOSITORY", description = "Its name.")
        private String repository;

        @Parameters(index = "1", paramLabel = "NAMESPACE", description = "Of the publisher.")
        private String namespace;

        @Override
        void run() {
            tell(output(), client().delete(publisher(repository, namespace)));
        }
    }

    /** {@code weft catalog lock}. */
    @Command(
            name = "lock",
            description =
                    "Writes what the host has from repositories, with digests; weft install --locked makes another host the same.")
    static final class Freeze extends HostCommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "FILE",
                defaultValue = "skills.lock",
                description = "skills.lock by default; - prints it.")
        private String file;

        @Override
        void run() throws IOException {
            JsonNode lock = client().get("/api/catalog/lock");
            if (file.equals("-")) {
                output().json(lock);
            } else {
                Files.writeString(Path.of(file), lock.toPrettyString() + "\n");
                output().line(file + " names " + lock.path("skills").size() + " files");
            }
        }
    }
}
