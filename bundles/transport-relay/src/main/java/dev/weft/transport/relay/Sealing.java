package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Agrees on seals with peers: offers that wait for their answer, and offers of peers whose key is not known here yet. */
final class Sealing {
    private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);
    private static final long PATIENCE_SECONDS = 10;
    private static final int MOST_WAITING = 1_000;

    /** Takes some 90 ms of one processor, once; the second exchange of a process took 11 ms of it, the tenth 6 to 7. */
    private static final int REHEARSALS = 10;

    private final HostIdentity self;
    private final Signaling signaling;
    private final Function<AgentId, String> keys;
    private final Ear ear;
    private final Executor beside;
    private final PreparedKeys prepared;
    private final Map<AgentId, Asked> asked = new ConcurrentHashMap<>();
    private final Map<AgentId, JsonNode> early = new ConcurrentHashMap<>();

    /** Starts without any.
     * @param keys host keys of the peers; "" if unknown
     * @param ear hears of the seals that peers asked for
     * @param beside computes beside the caller */
    Sealing(
            HostIdentity self,
            Signaling signaling,
            Function<AgentId, String> keys,
            Ear ear,
            Executor beside) {
        this.beside = beside;
        this.prepared = new PreparedKeys(beside);
        this.self = self;
        this.signaling = signaling;
        this.keys = keys;
        this.ear = ear;
    }

    /** Agrees on a new seal, or joins the attempt that is under way. */
    CompletableFuture<Seal> agree(AgentId peer) {
        Asked fresh =
                new Asked(new SealOffer(self, peer, prepared.take()), new CompletableFuture<>());
        Asked running = asked.computeIfAbsent(peer, id -> fresh);
        if (running == fresh) {
            fresh.seal.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
            fresh.seal.whenComplete((seal, e) -> asked.remove(peer, fresh));
            if (!send(peer, "offer", fresh.offer.json())) {
                failed(peer, "the registry is away, or too much waits to be sent through it");
            }
        }
        return running.seal.copy();
    }

    private boolean send(AgentId peer, String kind, JsonNode content) {
        ObjectNode seal = Wire.object().set(kind, content);
        return signaling.send(SignalMessage.RELAY, peer, Wire.object().set("seal", seal));
    }

    /** Something about a seal arrived. */
    void received(AgentId peer, JsonNode seal) {
        if (seal.has("offer")) {
            offered(peer, seal.get("offer"));
        } else if (seal.has("answer")) {
            answered(peer, seal.get("answer"));
        }
    }

    private void offered(AgentId peer, JsonNode offer) {
        String key = keys.apply(peer);
        if (key.isEmpty()) {
            if (early.size() < MOST_WAITING) {
                early.put(peer, offer); // the registry's list may be on its way
            }
            return;
        }
        try {
            SealOffer.Answer answer =
                    SealOffer.answer(self, peer, key, offer, prepared.take(), beside);
            ear.accepted(peer, answer.seal());
            answer.json()
                    .thenAccept(
                            json -> {
                                if (send(peer, "answer", json)) {
                                    ear.answered(peer, answer.seal());
                                }
                            });
        } catch (ProtocolException e) {
            warn("an offer to seal", peer, e);
        }
    }

    /** Does, with this host at both ends, what the first message to a peer takes: classes are loaded then, ciphers made, and the code is compiled. */
    void rehearse() {
        for (int i = 0; i < REHEARSALS; i++) {
            rehearseOnce();
        }
    }

    private void rehearseOnce() {
        AgentId here = self.agentId();
        SealOffer offer = new SealOffer(self, here, prepared.take());
        SealOffer.Answer answer =
                SealOffer.answer(
                        self, here, self.publicKey(), offer.json(), prepared.take(), Runnable::run);
        Seal seal = offer.complete(self.publicKey(), answer.json().join());
        MeshMessage ping =
                new MeshMessage(MeshMessage.PING, "", here.value(), here.value(), Wire.object());
        String sealed =
                Wire.write(
                        new SignalMessage(
                                SignalMessage.RELAY,
                                here.value(),
                                here.value(),
                                seal.seal(Wire.write(ping))));
        String opened = answer.seal().open(Wire.signal(sealed).payload());
        Wire.messages(opened.getBytes(StandardCharsets.UTF_8), message -> {});
    }

    /** A peer's key is known now. */
    void known(AgentId peer) {
        JsonNode offer = early.remove(peer);
        if (offer != null) {
            offered(peer, offer);
        }
    }

    private void answered(AgentId peer, JsonNode answer) {
        Asked waiting = asked.get(peer);
        if (waiting == null || !waiting.offer.isAnsweredBy(answer)) {
            return;
        }
        try {
            waiting.seal.complete(waiting.offer.complete(keys.apply(peer), answer));
        } catch (ProtocolException e) {
            warn("an answer about a seal", peer, e);
            failed(peer, "the answer in the name of " + peer + " is not its own");
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

    /** Hears of seals that peers asked for. */
    interface Ear {
        /** The peer's frames may come with it. */
        void accepted(AgentId peer, Seal seal);

        /** The peer has it too, by the next frame. */
        void answered(AgentId peer, Seal seal);
    }

    private record Asked(SealOffer offer, CompletableFuture<Seal> seal) {}
}
