package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Agrees on seals with peers: offers that wait for their answer, and offers of peers whose key is not known here yet. */
final class Sealing {
    private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);
    private static final long PATIENCE_SECONDS = 10;
    private static final int MOST_WAITING = 1_000;

    private final HostIdentity self;
    private final Signaling signaling;
    private final Function<AgentId, String> keys;
    private final BiConsumer<AgentId, Seal> accepted;
    private final PreparedKeys prepared;
    private final InstantSource clock;
    private final Map<AgentId, Asked> asked = new ConcurrentHashMap<>();
    private final Map<AgentId, JsonNode> early = new ConcurrentHashMap<>();

    /** Starts without any.
     * @param keys host keys of the peers; "" if unknown
     * @param accepted hears of the seals that peers asked for, before their first frame is handled
     * @param prepared keys of this host */
    Sealing(
            HostIdentity self,
            Signaling signaling,
            Function<AgentId, String> keys,
            BiConsumer<AgentId, Seal> accepted,
            PreparedKeys prepared,
            InstantSource clock) {
        this.self = self;
        this.signaling = signaling;
        this.keys = keys;
        this.accepted = accepted;
        this.prepared = prepared;
        this.clock = clock;
    }

    /** Agrees on a new seal, or joins the attempt that is under way. */
    CompletableFuture<Seal> agree(AgentId peer) {
        Asked running = asked.get(peer);
        if (running == null) {
            Asked fresh =
                    new Asked(
                            new PrekeyOffer(peer, prepared.take(), clock),
                            new CompletableFuture<>());
            running = asked.putIfAbsent(peer, fresh);
            if (running == null) {
                running = fresh;
                CompletableFuture<Seal> seal = fresh.seal;
                seal.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
                seal.whenComplete(
                        (done, e) ->
                                asked.computeIfPresent(
                                        peer, (id, now) -> now.seal == seal ? null : now));
                ask(peer, fresh.offer);
            }
        }
        return running.seal.copy();
    }

    private void ask(AgentId peer, Offer offer) {
        if (!signaling.send(SignalMessage.RELAY, peer, offer.frame())) {
            failed(peer, "the registry is away, or too much waits to be sent through it");
        }
    }

    private boolean send(AgentId peer, String kind, JsonNode content) {
        ObjectNode seal = Wire.object().set(kind, content);
        return signaling.send(SignalMessage.RELAY, peer, Wire.object().set("seal", seal));
    }

    /** Something about a seal arrived. */
    void received(AgentId peer, JsonNode seal) {
        if (seal.has("prekey_offer") || seal.has("offer")) {
            offered(peer, seal, true);
        } else {
            answered(peer, seal);
        }
    }

    /** @param inOrder whether the peer's next frame waits until this is done */
    private void offered(AgentId peer, JsonNode seal, boolean inOrder) {
        String key = keys.apply(peer);
        if (key.isEmpty()) {
            if (early.size() < MOST_WAITING) {
                early.put(peer, seal); // the registry's list may be on its way
            }
            return;
        }
        try {
            if (seal.has("prekey_offer")) {
                accept(peer, key, seal.get("prekey_offer"), inOrder);
            } else {
                SealOffer.Answer answer =
                        SealOffer.answer(
                                self, peer, key, seal.get("offer"), prepared.take().keys());
                accepted.accept(peer, answer.seal());
                send(peer, "answer", answer.json());
            }
        } catch (ProtocolException e) {
            warn("an offer to seal", peer, e);
        }
    }

    /** What goes back does not depend on who asked and tells nothing, so it leaves first: the peer checks it while the offer is checked here. */
    private void accept(AgentId peer, String peerKey, JsonNode offer, boolean inOrder) {
        String id = Offer.id(offer);
        PublicPrekey theirs = PublicPrekey.read(peer, peerKey, offer);
        try {
            theirs.checkTime(clock.instant());
        } catch (StaleKeyException e) {
            LOG.info("{} is asked for a key that has no time: {}", peer, e.getMessage());
            send(peer, "unknown", Wire.node(id));
            return;
        }
        Prekey own = prepared.take();
        if (inOrder && !send(peer, "prekey_answer", own.shown().json(id))) {
            return;
        }
        accepted.accept(peer, PrekeyOffer.accept(id, theirs, own));
        if (!inOrder) {
            send(peer, "prekey_answer", own.shown().json(id));
        }
    }

    /** A peer's key is known now. */
    void known(AgentId peer) {
        JsonNode seal = early.remove(peer);
        if (seal != null) {
            offered(peer, seal, false); // it comes on a thread of the directory
        }
    }

    private void answered(AgentId peer, JsonNode seal) {
        Asked waiting = asked.get(peer);
        JsonNode answer = waiting == null ? Wire.object() : seal.path(waiting.offer.answeredBy());
        if (waiting == null || !waiting.offer.id().equals(answer.path("id").asText(""))) {
            return;
        }
        try {
            waiting.seal.complete(waiting.offer.complete(keys.apply(peer), answer));
        } catch (StaleKeyException e) {
            LOG.info("{} is asked for a key that has no time: {}", peer, e.getMessage());
            unknown(peer, waiting.offer.id());
        } catch (ProtocolException e) {
            warn("an answer about a seal", peer, e);
            failed(peer, "the answer in the name of " + peer + " is not its own");
        }
    }

    /** The peer does not know what was offered: it is of the version before, or the clocks differ too much. What is signed for it alone works with both. */
    void unknown(AgentId peer, String id) {
        Asked waiting = asked.get(peer);
        if (waiting != null
                && waiting.offer instanceof PrekeyOffer
                && waiting.offer.id().equals(id)) {
            Offer signed = new SealOffer(self, peer, prepared.take().keys());
            if (asked.replace(peer, waiting, new Asked(signed, waiting.seal))) {
                ask(peer, signed);
            }
        }
    }

    private static void warn(String what, AgentId peer, ProtocolException e) {
        LOG.warn(
                "refused {} in the name of {}: {}; the registry may not be honest",
                what,
                peer,
                e.getMessage());
    }

    /** The peer cannot be asked. */
    void failed(AgentId peer, String reason) {
        Asked waiting = asked.get(peer);
        if (waiting != null) {
            waiting.seal.completeExceptionally(new LinkException(reason));
        }
    }

    /** Nobody can be asked. */
    void failAll(String reason) {
        early.clear();
        asked.keySet().forEach(peer -> failed(peer, reason));
    }

    private record Asked(Offer offer, CompletableFuture<Seal> seal) {}
}
