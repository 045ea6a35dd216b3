package dev.weft.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/**
 * A message of a text frame, and its place among those of its sender: member
 * {@code seq [lane, number, control, interactive]}, which a host sends until the
 * peer's {@code hello} is here, and which others ignore.
 *
 * @param message the message
 * @param lane null if the sender does not number its messages
 * @param number its number in the lane, 0 or more
 * @param after what must be handled before, in the lanes that are more urgent
 */
public record NumberedMessage(MeshMessage message, Lane lane, long number, Acks after) {
    /** Adds the number to a message.
     * @param json one message, an object that is not empty
     * @param lane its lane
     * @param number its number
     * @param after what must be handled before
     * @return the message with member {@code seq} */
    public static byte[] write(JsonText json, Lane lane, long number, Acks after) {
        byte[] head =
                ("{\"seq\":["
                                + lane.ordinal()
                                + ","
                                + number
                                + ","
                                + after.control()
                                + ","
                                + after.interactive()
                                + "],")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] out = new byte[head.length + json.length() - 1];
        System.arraycopy(head, 0, out, 0, head.length);
        json.copy(1, json.length() - 1, out, head.length);
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
                return new NumberedMessage(message, null, 0, Acks.NONE);
            }
            return new NumberedMessage(
                    message,
                    Lane.numbered((int) count(0)),
                    count(1),
                    new Acks(count(2), count(3), 0));
        }

        private long count(int index) {
            JsonNode count = seq.path(index);
            if (!count.canConvertToLong() || count.asLong() < 0) {
                throw new ProtocolException(
                        "bad_seq", "seq must be four numbers: lane, number, and what comes before");
            }
            return count.asLong();
        }
    }
}
