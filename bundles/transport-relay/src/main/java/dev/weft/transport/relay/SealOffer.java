package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How two hosts agree on a {@link Seal} through a registry that neither trusts: each sends a fresh X25519 key, signed with its Ed25519 host key. The
 * answer signs the offer's key as well, so an old answer fits no new offer.
 */
final class SealOffer {
    private static final int MAX_ID = 64;
    private final HostIdentity self;
    private final AgentId peer;
    private final SealKeys keys;
    private final String id = Long.toHexString(ThreadLocalRandom.current().nextLong());

    SealOffer(HostIdentity self, AgentId peer, SealKeys keys) {
        this.keys = keys;
        this.self = self;
        this.peer = peer;
    }

    /** What is sent.
     * @return {@code {id, key, signature}} */
    ObjectNode json() {
        return signed(self, id, keys, offerText(self.agentId(), peer, id, keys.publicKey()));
    }

    /** Whether an answer is for this offer. */
    boolean isAnsweredBy(JsonNode answer) {
        return id.equals(answer.path("id").asText(""));
    }

    /** Takes the answer.
     * @param peerKey the peer's host key, as the directory has it
     * @throws ProtocolException if the peer did not sign it */
    Seal complete(String peerKey, JsonNode answer) {
        String theirs = answer.path("key").asText("");
        String offered = offerText(self.agentId(), peer, id, keys.publicKey());
        String answered = answerText(peer, self.agentId(), id, theirs, keys.publicKey());
        verify(peerKey, answered, answer, peer);
        return new Seal(id, keys.agree(theirs, offered + '\n' + answered), self.agentId(), peer);
    }

    /** Answers an offer. Signing and checking each take most of a millisecond, so one goes on beside the other.
     * @param peerKey the peer's host key, as the directory has it
     * @param keys for this answer alone
     * @param beside runs what needs not be waited for
     * @throws ProtocolException if the peer did not sign it */
    static Answer answer(
            HostIdentity self,
            AgentId peer,
            String peerKey,
            JsonNode offer,
            SealKeys keys,
            Executor beside) {
        String id = offer.path("id").asText("");
        String theirs = offer.path("key").asText("");
        if (id.isEmpty() || id.length() > MAX_ID) {
            throw new ProtocolException("bad_seal", "an offer needs an id");
        }
        String answered = answerText(self.agentId(), peer, id, keys.publicKey(), theirs);
        CompletableFuture<ObjectNode> json = signing(self, id, keys, answered, beside);
        String offered = offerText(peer, self.agentId(), id, theirs);
        verify(peerKey, offered, offer, peer);
        Seal seal =
                new Seal(id, keys.agree(theirs, offered + '\n' + answered), self.agentId(), peer);
        return new Answer(json, seal);
    }

    private static CompletableFuture<ObjectNode> signing(
            HostIdentity self, String id, SealKeys keys, String text, Executor beside) {
        try {
            return CompletableFuture.supplyAsync(() -> signed(self, id, keys, text), beside);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.completedFuture(signed(self, id, keys, text));
        }
    }

    private static ObjectNode signed(HostIdentity self, String id, SealKeys keys, String text) {
        byte[] signature = self.sign(text.getBytes(StandardCharsets.UTF_8));
        return Wire.object()
                .put("id", id)
                .put("key", keys.publicKey())
                .put(
                        "signature",
                        Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
    }

    private static void verify(String peerKey, String text, JsonNode from, AgentId peer) {
        byte[] signature;
        try {
            signature = Base64.getUrlDecoder().decode(from.path("signature").asText(""));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("bad_seal", "its signature is not base64url");
        }
        if (!HostKey.verify(peerKey, text.getBytes(StandardCharsets.UTF_8), signature)) {
            throw new ProtocolException("bad_seal", "it is not signed with the key of " + peer);
        }
    }

    private static String offerText(AgentId from, AgentId to, String id, String key) {
        return "weft-seal-offer:" + from + ':' + to + ':' + id + ':' + key;
    }

    private static String answerText(
            AgentId from, AgentId to, String id, String key, String offered) {
        return "weft-seal-answer:" + from + ':' + to + ':' + id + ':' + key + ':' + offered;
    }

    /** What goes back once it is signed, and what both have then. */
    record Answer(CompletableFuture<ObjectNode> json, Seal seal) {}
}
