package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;

/**
 * How two hosts agree on a {@link Seal} if one of them does not know {@link PrekeyOffer}, or their clocks differ too much for it: each sends a fresh X25519
 * key that it signs for this seal. The answer signs the offer's key as well, so an old answer fits no new offer.
 */
final class SealOffer implements Offer {
    private final HostIdentity self;
    private final AgentId peer;
    private final SealKeys keys;
    private final String id = Offer.freshId();

    SealOffer(HostIdentity self, AgentId peer, SealKeys keys) {
        this.keys = keys;
        this.self = self;
        this.peer = peer;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ObjectNode frame() {
        ObjectNode frame = Wire.object();
        String text = offerText(self.agentId(), peer, id, keys.publicKey());
        frame.putObject("seal").set("offer", signed(self, id, keys, text));
        return frame;
    }

    @Override
    public String answeredBy() {
        return "answer";
    }

    @Override
    public Seal complete(String peerKey, JsonNode answer) {
        String theirs = answer.path("key").asText("");
        String offered = offerText(self.agentId(), peer, id, keys.publicKey());
        String answered = answerText(peer, self.agentId(), id, theirs, keys.publicKey());
        Signatures.check(peer, peerKey, answered, answer.path("signature").asText(""));
        return new Seal(id, keys.agree(theirs, offered + '\n' + answered), self.agentId(), peer);
    }

    /** Answers an offer.
     * @param peerKey the peer's host key, as the directory has it
     * @param keys for this answer alone
     * @throws ProtocolException if the peer did not sign it */
    static Answer answer(
            HostIdentity self, AgentId peer, String peerKey, JsonNode offer, SealKeys keys) {
        String id = Offer.id(offer);
        String theirs = offer.path("key").asText("");
        String offered = offerText(peer, self.agentId(), id, theirs);
        Signatures.check(peer, peerKey, offered, offer.path("signature").asText(""));
        String answered = answerText(self.agentId(), peer, id, keys.publicKey(), theirs);
        Seal seal =
                new Seal(id, keys.agree(theirs, offered + '\n' + answered), self.agentId(), peer);
        return new Answer(signed(self, id, keys, answered), seal);
    }

    private static ObjectNode signed(HostIdentity self, String id, SealKeys keys, String text) {
        return Wire.object()
                .put("id", id)
                .put("key", keys.publicKey())
                .put("signature", Signatures.sign(self, text));
    }

    private static String offerText(AgentId from, AgentId to, String id, String key) {
        return "weft-seal-offer:" + from + ':' + to + ':' + id + ':' + key;
    }

    private static String answerText(
            AgentId from, AgentId to, String id, String key, String offered) {
        return "weft-seal-answer:" + from + ':' + to + ':' + id + ':' + key + ':' + offered;
    }

    /** What goes back, and what both have then. */
    record Answer(ObjectNode json, Seal seal) {}
}
