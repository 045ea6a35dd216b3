package dev.weft.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/**
 * A message of a text frame, and its place among those of its sender: member {@code seq [lane, number]}, which a host sends until the
 * peer's {@code hello} is here, and which others ignore.
 *
 * @param message the message
 * @param lane null if the sender does not number its messages
 * @param number its number in the lane, 0 or more
 */
public record NumberedMessage(MeshMessage message, Lane lane, long number) {
    /** Adds the number to a message.
     * @param json one message, an object that is not empty
     * @param lane its lane
     * @param number its number
     * @return the message with member {@code seq} */
    public static byte[] write(byte[] json, Lane lane, long number) {
        byte[] head =
                ("{\"seq\":[" + lane.ordinal() + "," + number + "],")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] out = new byte[head.length + json.length - 1];
        System.arraycopy(head, 0, out, 0, head.length);
        System.arraycopy(json, 1, out, head.length, json.length - 1);
        return out;
    }

    /** How Jackson reads it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Read(
            String type,
            @JsonProperty("request_id") String requestId,
            @JsonProperty("source_agent") String sourceAgent,
            @JsonProperty("target_agent") String targetAgent,
            JsonNode payload,
            JsonNode seq) {
        @JsonCreator
        Read {}

        NumberedMessage numbered() {
            MeshMessage message =
                    new MeshMessage(type, requestId, sourceAgent, targetAgent, payload);
            if (seq == null || seq.isNull()) {
                return new NumberedMessage(message, null, 0);
            }
            if (!seq.path(0).isInt()
                    || !seq.path(1).isIntegralNumber()
                    || seq.get(1).asLong() < 0) {
                throw new ProtocolException("bad_seq", "seq must be [lane, number]");
            }
            return new NumberedMessage(
                    message, Lane.numbered(seq.get(0).asInt()), seq.get(1).asLong());
        }
    }
}
