package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What waits for a person, and the registry's side of pairing. */
final class PairingCommands {
    private PairingCommands() {}

    /** {@code weft code}. */
    @Command(name = "code", description = "Makes a pairing code, good once and for five minutes.")
    static final class Code extends HostCommand {
        @Option(names = "--json", description = "Prints {code, expires_in}.")
        private boolean json;

        @Override
        void run() {
            JsonNode code = client().post("/api/pairing/generate-code", Wire.object());
            if (json) {
                output().json(code);
            } else {
                output().line(
                                "code "
                                        + code.path("code").asText()
                                        + ", good for "
                                        + code.path("expires_in").asInt()
                                        + " s; on the new host: weft pair "
                                        + code.path("code").asText()
                                        + " --registry "
                                        + client().base());
            }
        }
    }

    /** A decision on one request. */
    abstract static class Decision extends HostCommand {
        @Parameters(
                index = "0",
                paramLabel = "ID|NAME",
                description = "An id of weft approvals, or the name that a host asks for.")
        private String id;

        abstract String verb();

        final String id() {
            return id;
        }

        /** What waits under this id.
         * @return missing if nothing does */
        private JsonNode waiting() {
            for (JsonNode one : client().get("/api/approvals")) {
                if (one.path("id").asText().equals(id)) {
                    return one;
                }
            }
            return Wire.object().path("none");
        }

        /** Answers something that is no host at the door.
         * @return false if there is no such thing, so that the id must be a host's */
        private boolean answered(JsonNode one) {
            String kind = one.path("kind").asText("host");
            if (kind.equals("host")) {
                return false;
            }
            JsonNode answer = one.path(verb());
            if (answer.isNull()) {
                throw new HostException(
                        HostException.FAILED,
                        "there is nothing to "
                                + verb()
                                + ": "
                                + one.path("title").asText()
                                + ": "
                                + one.path("detail").asText()
                                + instead(kind));
            }
            JsonNode now = client().post(answer.path("path").asText(), answer.path("body"));
            String state =
                    kind.equals("call")
                            ? now.path("state").asText()
                            : kind.equals("budget") ? "raised" : "trusted";
            output().line((kind.equals("call") ? "task" : kind) + " " + id + " is " + state);
            return true;
        }

        private String instead(String kind) {
            return switch (kind) {
                case "question" -> "; weft answer " + id + " ANSWER";
                case "budget" -> "; the calls end by themselves if nobody approves";
                default -> "";
            };
        }

        @Override
        void run() {
            decide(waiting());
        }

        /** Answers what waits; what is not known must be a host at the door, by the name that it asks for. */
        void decide(JsonNode one) {
            if (!answered(one)) {
                decideHost();
            }
        }

        private void decideHost() {
            JsonNode entry =
                    client().post(
                                    "/api/pairing/" + HostClient.segment(id) + "/" + verb(),
                                    Wire.object());
            String status = entry.path("status").asText();
            if (status.isEmpty()) {
                throw new HostException(
                        HostException.FAILED, "the registry gave no answer on \"" + id + "\"");
            }
            output().line(
                            entry.path("agent_name").asText(id)
                                    + " ("
                                    + entry.path("peer_id").asText()
                                    + ") is "
                                    + status);
        }
    }

    /** {@code weft approvals}. */
    @Command(name = "approvals", description = "Lists all that waits for a person at this host.")
    static final class Approvals extends HostCommand {
        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        void run() {
            JsonNode all = client().get("/api/approvals");
            if (json) {
                output().json(all);
                return;
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode one : all) {
                rows.add(
                        List.of(
                                one.path("kind").asText(),
                                one.path("id").asText(),
                                one.path("title").asText(),
                                one.path("detail").asText()));
            }
            output().table(List.of("KIND", "ID", "WHAT", "DETAIL"), rows, "nobody waits for you");
        }
    }

    /** {@code weft approve}. */
    @Command(
            name = "approve",
            description =
                    "Says yes to what waits (weft approvals): lets a host in or a call run, allows a budget as much again, trusts a publisher, does an update.")
    static final class Approve extends Decision {
        @Option(
                names = "--fingerprint",
                paramLabel = "F",
                description = "Of a publisher's keys, as it told you by another way.")
        private String fingerprint = "";

        @Override
        String verb() {
            return "approve";
        }

        @Override
        void decide(JsonNode one) {
            String kind = one.path("kind").asText();
            if (kind.equals("update")) {
                ObjectNode wish = Wire.object();
                wish.putArray("update").add(id());
                new Plans(this, false).run(wish, true, false);
                return;
            }
            if (kind.equals("publisher")
                    && !one.path("approve")
                            .path("body")
                            .path("fingerprint")
                            .asText()
                            .equals(fingerprint)) {
                throw new HostException(
                        HostException.FAILED,
                        one.path("detail").asText()
                                + ", then: weft approve "
                                + id()
                                + " --fingerprint F");
            }
            super.decide(one);
        }
    }

    /** {@code weft reject}. */
    @Command(name = "reject", description = "Turns a waiting host away, or a call.")
    static final class Reject extends Decision {
        @Override
        String verb() {
            return "reject";
        }
    }

    /** {@code weft revoke}. */
    @Command(name = "revoke", description = "Shuts a host out again, at once.")
    static final class Revoke extends Decision {
        @Override
        String verb() {
            return "revoke";
        }
    }
}
