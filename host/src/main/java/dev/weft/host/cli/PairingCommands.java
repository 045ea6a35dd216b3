package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The registry's side of pairing. */
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
                description = "The request's id or the name it asks for; or the id of a task.")
        private String id;

        abstract String verb();

        private boolean asksForApproval() {
            for (JsonNode task : client().get("/api/hub/tasks?state=auth-required&limit=500")) {
                if (task.path("id").asText().equals(id)) {
                    return true;
                }
            }
            return false;
        }

        /** What the decision means for a task that asks for approval; null if nothing. */
        Boolean forTask() {
            return null;
        }

        @Override
        void run() {
            if (forTask() != null && asksForApproval()) {
                JsonNode task =
                        client().post(
                                        "/api/hub/tasks/" + HostClient.segment(id) + "/input",
                                        Wire.object().put("approve", forTask().booleanValue()));
                output().line("task " + id + " is " + task.path("state").asText());
                return;
            }
            JsonNode entry =
                    client().post(
                                    "/api/pairing/"
                                            + URLEncoder.encode(id, StandardCharsets.UTF_8)
                                            + "/"
                                            + verb(),
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

    /** {@code weft approve}. */
    @Command(name = "approve", description = "Lets a waiting host in, or a task run.")
    static final class Approve extends Decision {
        @Override
        Boolean forTask() {
            return true;
        }

        @Override
        String verb() {
            return "approve";
        }
    }

    /** {@code weft reject}. */
    @Command(name = "reject", description = "Turns a waiting host away, or a task.")
    static final class Reject extends Decision {
        @Override
        Boolean forTask() {
            return false;
        }

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
