package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft key}. */
@Command(
        name = "key",
        description = "Access keys of people and programs.",
        subcommands = {
            KeyCommand.Create.class,
            KeyCommand.Show.class,
            KeyCommand.Rotate.class,
            KeyCommand.Revoke.class
        })
final class KeyCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "say what: create, list, rotate or revoke");
    }

    /** {@code weft key create}. */
    @Command(name = "create", description = "Makes a key and shows it this once.")
    static final class Create extends HostCommand {
        @Option(
                names = "--role",
                paramLabel = "R",
                description = "admin, operator, viewer or publisher (default: ${DEFAULT-VALUE}).",
                defaultValue = "viewer")
        private String role;

        @Option(
                names = "--label",
                paramLabel = "L",
                description = "A few words to know it by.",
                defaultValue = "")
        private String label;

        @Option(
                names = "--expires",
                paramLabel = "DAYS",
                description = "Ends by itself after so many days (default: never).")
        private Integer expires;

        @Option(names = "--json", description = "Prints {id, key, role}.")
        private boolean json;

        @Override
        void run() {
            ObjectNode wanted = Wire.object().put("role", role).put("label", label);
            if (expires != null) {
                if (expires < 1 || expires > 3650) {
                    throw new HostException(HostException.USAGE, "--expires takes 1 to 3650 days");
                }
                wanted.put("expires_in", expires * 86_400L);
            }
            show(output(), client().post("/api/keys", wanted), json);
        }
    }

    private static void show(Output output, JsonNode key, boolean json) {
        if (json) {
            output.json(key);
            return;
        }
        output.line("key (shown this once): " + key.path("key").asText());
        output.line("id " + key.path("id").asText() + ", role " + key.path("role").asText());
    }

    /** {@code weft key list}. */
    @Command(name = "list", description = "Lists keys, without the secrets.")
    static final class Show extends HostCommand {
        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        void run() {
            JsonNode keys = client().get("/api/keys");
            if (json) {
                output().json(keys);
                return;
            }
            List<List<String>> rows = new ArrayList<>();
            keys.forEach(
                    key ->
                            rows.add(
                                    List.of(
                                            key.path("id").asText(),
                                            key.path("role").asText(),
                                            key.path("label").asText(),
                                            key.path("created").asText(),
                                            time(key, "expires", "never"),
                                            time(key, "last_used", "never"),
                                            key.hasNonNull("grace_until")
                                                    ? "rotating until "
                                                            + key.path("grace_until").asText()
                                                    : key.path("state").asText())));
            output().table(
                            List.of(
                                    "ID",
                                    "ROLE",
                                    "LABEL",
                                    "CREATED",
                                    "EXPIRES",
                                    "LAST USED",
                                    "STATE"),
                            rows,
                            "no keys");
        }
    }

    private static String time(JsonNode key, String member, String otherwise) {
        return key.hasNonNull(member) ? key.path(member).asText() : otherwise;
    }

    /** {@code weft key rotate}. */
    @Command(
            name = "rotate",
            description =
                    "Gives a key a new secret and shows it this once; \"signing\" renews the secret that tokens are signed with.")
    static final class Rotate extends HostCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The key's id, or: signing.")
        private String id;

        @Option(
                names = "--grace",
                paramLabel = "S",
                description =
                        "Seconds for which the former secret is still good; 0 ends it now (default: ${DEFAULT-VALUE}).",
                defaultValue = "3600")
        private long grace;

        @Option(names = "--json", description = "Prints {id, key, role, grace_until}.")
        private boolean json;

        @Override
        void run() {
            JsonNode key =
                    client().post(
                                    "/api/keys/" + HostClient.segment(id) + "/rotate",
                                    Wire.object().put("grace", grace));
            if (id.equals("signing") && !json) {
                output().line("tokens are signed with secret " + key.path("kid").asText());
            } else {
                show(output(), key, json);
            }
        }
    }

    /** {@code weft key revoke}. */
    @Command(name = "revoke", description = "Makes a key useless at once.")
    static final class Revoke extends HostCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The key's id.")
        private String id;

        @Override
        void run() {
            client().delete("/api/keys/" + HostClient.segment(id));
            output().line(id + " is revoked");
        }
    }
}
