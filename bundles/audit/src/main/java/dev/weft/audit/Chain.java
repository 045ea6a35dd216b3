package dev.weft.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.audit.Audit.Entry;
import dev.weft.api.audit.Audit.Record;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/** The shape of a line. Its hash covers the very bytes before it, so that checking needs no canonical form of JSON. */
final class Chain {
    /** What the first record follows. */
    static final String START = "0".repeat(64);

    private static final String MARK = ",\"hash\":\"";
    private static final int TAIL = MARK.length() + 64 + 2;
    private static final int LONGEST = 300;

    private Chain() {}

    static String line(long seq, Instant at, Entry entry, String prev) {
        ObjectNode json = Wire.object().put("seq", seq).put("at", at.toString());
        json.put("who", clean(entry.who()))
                .put("role", clean(entry.role()))
                .put("what", clean(entry.what()))
                .put("target", clean(entry.target()))
                .put("outcome", clean(entry.outcome()))
                .put("correlation", clean(entry.correlation()))
                .put("prev", prev);
        String body = Wire.write((Object) json);
        return body.substring(0, body.length() - 1) + MARK + hash(body) + "\"}";
    }

    /** Text of a stranger may be long and hold anything. */
    private static String clean(String text) {
        if (text == null) {
            return "";
        }
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        return shown.replaceAll("[\\p{Cntrl}\\p{Cs}]", " ");
    }

    /** Reads a line.
     * @return empty if it has another shape, or its hash does not fit */
    static Optional<Record> read(String line) {
        int end = line.length() - TAIL;
        if (end < 1 || !line.startsWith(MARK, end) || !line.endsWith("\"}")) {
            return Optional.empty();
        }
        String hash = line.substring(end + MARK.length(), line.length() - 2);
        String body = line.substring(0, end) + "}";
        if (!hash(body).equals(hash)) {
            return Optional.empty();
        }
        try {
            JsonNode json = Wire.tree(body);
            return Optional.of(
                    new Record(
                            json.path("seq").asLong(),
                            json.path("at").asText(),
                            json.path("who").asText(),
                            json.path("role").asText(),
                            json.path("what").asText(),
                            json.path("target").asText(),
                            json.path("outcome").asText(),
                            json.path("correlation").asText(),
                            json.path("prev").asText(),
                            hash));
        } catch (ProtocolException e) {
            return Optional.empty();
        }
    }

    private static String hash(String body) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
