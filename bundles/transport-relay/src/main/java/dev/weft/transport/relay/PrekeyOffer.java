package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.InstantSource;

/**
 * How two hosts agree on a {@link Seal} without signing anything meanwhile: each sends a {@link Prekey} that no other seal gets. The signatures say whose
 * the keys are; that both are meant for this seal, and who offered, goes into the derived keys, so it shows when the first frame opens.
 */
final class PrekeyOffer implements Offer {
    private final Prekey own;
    private final AgentId peer;
    private final InstantSource clock;
    private final String id = Offer.freshId();

    PrekeyOffer(AgentId peer, Prekey own, InstantSource clock) {
        this.own = own;
        this.peer = peer;
        this.clock = clock;
    }

    @Override
    public String id() {
        return id;
    }

    /** The frame without text makes a host that does not know this offer say at once that it has no such seal. */
    @Override
    public ObjectNode frame() {
        ObjectNode frame = Wire.object();
        frame.putObject("seal").set("prekey_offer", own.shown().json(id));
        frame.putObject("sealed").put("id", id);
        return frame;
    }

    @Override
    public String answeredBy() {
        return "prekey_answer";
    }

    @Override
    public Seal complete(String peerKey, JsonNode answer) {
        PublicPrekey theirs = PublicPrekey.read(peer, peerKey, answer);
        theirs.checkTime(clock.instant());
        theirs.checkSignature();
        return seal(id, own, theirs, own.shown(), theirs);
    }

    /** The seal that a peer offered.
     * @param theirs what it sent
     * @param own for this seal alone
     * @throws ProtocolException if the peer did not sign it */
    static Seal accept(String id, PublicPrekey theirs, Prekey own) {
        theirs.checkSignature();
        return seal(id, own, theirs, theirs, own.shown());
    }

    private static Seal seal(
            String id,
            Prekey own,
            PublicPrekey theirs,
            PublicPrekey offered,
            PublicPrekey answered) {
        String transcript =
                "weft-seal-prekeys\n"
                        + offered.transcript()
                        + '\n'
                        + answered.transcript()
                        + '\n'
                        + id;
        return new Seal(
                id,
                own.keys().agree(theirs.key(), transcript),
                own.shown().agent(),
                theirs.agent());
    }
}
