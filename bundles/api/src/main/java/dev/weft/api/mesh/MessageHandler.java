package dev.weft.api.mesh;

import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import org.osgi.annotation.versioning.ConsumerType;

/** Handles messages of one type; registered as a service with property {@link #TYPE}. Called on the link's thread, so it must
 * hand blocking work over and return. */
@ConsumerType
public interface MessageHandler {
    /** Service property: the message type, or several. */
    String TYPE = "message.type";

    /** A message arrived.
     * @param peer who sent it, as the link proves
     * @param message the message
     * @param reply sends answers back over the best path */
    void handle(AgentId peer, MeshMessage message, Reply reply);

    /** The way back to the sender. Thread-safe. */
    @org.osgi.annotation.versioning.ProviderType
    interface Reply {
        /** Sends an answer with the request's id.
         * @param type of the answer
         * @param payload of the answer
         * @return false if the peer can no longer be reached */
        boolean send(String type, com.fasterxml.jackson.databind.JsonNode payload);
    }
}
