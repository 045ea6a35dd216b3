package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.time.Instant;

/**
 * The public half of a {@link Prekey}: an X25519 key that its host signed for whoever it will agree on a seal with.
 *
 * @param agent whose it is
 * @param hostKey its Ed25519 key, base64url; from the directory if it is a peer's
 * @param key base64url of its X.509 form
 * @param expires when it is worth nothing any more, in seconds since 1970
 * @param signature of the host key, base64url
 */
record PublicPrekey(AgentId agent, String hostKey, String key, long expires, String signature) {
    /** From when it is made on. */
    static final Duration LIFE = Duration.ofHours(6);

    /** Clocks may differ by that much: a key is sent only while half of its life is left. */
    static final Duration SKEW = LIFE.dividedBy(2);

    /** What is signed. */
    static String signedText(AgentId agent, String key, long expires) {
        return "weft-seal-key:" + agent + ':' + expires + ':' + key;
    }

    /** Reads what a peer sent; nothing is checked yet. */
    static PublicPrekey read(AgentId peer, String hostKey, JsonNode sent) {
        return new PublicPrekey(
                peer,
                hostKey,
                sent.path("key").asText(""),
                sent.path("expires").asLong(0),
                sent.path("signature").asText(""));
    }

    /** What is sent.
     * @param id of the seal
     * @return {@code {id, key, expires, signature}} */
    ObjectNode json(String id) {
        return Wire.object()
                .put("id", id)
                .put("key", key)
                .put("expires", expires)
                .put("signature", signature);
    }

    /** @throws StaleKeyException if it has expired, or expires later than any key that is made by now */
    void checkTime(Instant now) {
        long left = expires - now.getEpochSecond();
        if (left <= 0 || left > LIFE.plus(SKEW).toSeconds()) {
            throw new StaleKeyException(
                    "its key is for a time that ends in "
                            + left
                            + " seconds by this host's clock; look at the clocks of both hosts");
        }
    }

    /** @throws ProtocolException if its host did not sign it */
    void checkSignature() {
        Signatures.check(agent, hostKey, signedText(agent, key, expires), signature);
    }

    /** Its part of what both sides derive their keys from: no line of it has a line feed in it, if it is signed. */
    String transcript() {
        return agent.value() + '\n' + hostKey + '\n' + key + '\n' + expires;
    }
}
