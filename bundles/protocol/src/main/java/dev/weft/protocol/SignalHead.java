package dev.weft.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What a registry needs to know of a signaling frame that it passes on. The payload is checked to be JSON, and not read: that is its
 * receiver's work, and most of what a frame costs.
 *
 * @param type never empty
 * @param peerId the sender; "" if absent
 * @param targetId the addressee; null if absent
 */
public record SignalHead(String type, String peerId, String targetId) {
    private static final int TYPE = 1;
    private static final int PEER = 2;
    private static final int TARGET = 4;

    /** The head of a message that is read whole.
     * @param message any */
    public SignalHead(SignalMessage message) {
        this(message.type(), message.peerId(), message.targetId());
    }

    /** Fills an absent sender.
     * @throws ProtocolException if there is no type */
    public SignalHead {
        SignalMessage.checkType(type);
        peerId = peerId == null ? "" : peerId;
    }

    /** Reads one frame to its end. A head member that comes twice is refused: its receivers might take the other one. */
    static SignalHead read(JsonFactory factory, String json) throws IOException {
        try (JsonParser parser = factory.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("bad_json", "a signaling frame must be a JSON object");
            }
            String type = null;
            String peer = null;
            String target = null;
            int seen = 0;
            for (String name = parser.nextFieldName();
                    name != null;
                    name = parser.nextFieldName()) {
                int member = member(name);
                if ((seen & member) != 0) {
                    throw new ProtocolException(
                            "bad_json", "a signaling frame has " + name + " twice");
                }
                seen |= member;
                parser.nextToken();
                switch (member) {
                    case TYPE -> type = text(parser, name);
                    case PEER -> peer = text(parser, name);
                    case TARGET -> target = text(parser, name);
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new ProtocolException(
                        "bad_json", "a signaling frame must be one JSON object, got more");
            }
            return new SignalHead(type, peer, target);
        }
    }

    private static int member(String name) {
        return switch (name) {
            case "type" -> TYPE;
            case "peer_id" -> PEER;
            case "target_id" -> TARGET;
            default -> 0;
        };
    }

    private static String text(JsonParser parser, String name) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> parser.getText();
            default ->
                    throw new ProtocolException(
                            "bad_json",
                            "malformed signaling frame at " + name + ": expected a string");
        };
    }
}
