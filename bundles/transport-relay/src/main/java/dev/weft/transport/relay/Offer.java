package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.ProtocolException;
import java.util.concurrent.ThreadLocalRandom;

/** What asks a peer for a {@link Seal}. */
interface Offer {
    /** Longest id that a host takes. */
    int MAX_ID = 64;

    /** Names the seal on the wire. */
    String id();

    /** An id that no other offer has, as a rule: it tells answers apart and is no secret. */
    static String freshId() {
        return Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    /** What is sent.
     * @return payload of a {@code relay} frame */
    ObjectNode frame();

    /** The member of {@code seal} that answers this. */
    String answeredBy();

    /** Takes the answer.
     * @param peerKey the peer's host key, as the directory has it
     * @throws StaleKeyException if its key cannot be taken at this time
     * @throws ProtocolException if the peer did not sign it */
    Seal complete(String peerKey, JsonNode answer);

    /** Reads the id of an offer.
     * @throws ProtocolException if it has none */
    static String id(JsonNode offer) {
        String id = offer.path("id").asText("");
        if (id.isEmpty() || id.length() > MAX_ID) {
            throw new ProtocolException(
                    "bad_seal", "an offer needs an id of 1 to " + MAX_ID + " characters");
        }
        return id;
    }
}
