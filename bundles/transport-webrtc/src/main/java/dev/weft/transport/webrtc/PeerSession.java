package dev.weft.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.protocol.AgentId;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that goes on between this host and one peer: at most one open link and one attempt to make the next. Everything but {@link #link} runs on
 * {@link #serial}.
 */
final class PeerSession {
    private static final Logger LOG = LoggerFactory.getLogger(PeerSession.class);
    private static final int MAX_SDP = 64 << 10;
    private static final int MAX_SESSION_ID = 64;

    private final AgentId peer;
    private final Surroundings around;
    private final SerialExecutor serial;
    private final Runnable settled;
    private final Queue<JsonNode> early = new ArrayDeque<>();
    private CompletableFuture<Link> outcome = new CompletableFuture<>();
    private volatile Negotiation attempt;
    private volatile Negotiation current;
    private boolean stopped;

    /** Starts with nothing.
     * @param peer who is at the other end
     * @param around services
     * @param settled told when there may be nothing left to remember */
    PeerSession(AgentId peer, Surroundings around, Runnable settled) {
        this.peer = peer;
        this.around = around;
        this.settled = settled;
        serial = around.serial();
    }

    AgentId peer() {
        return peer;
    }

    SerialExecutor serial() {
        return serial;
    }

    /** The open link. May be asked on any thread. */
    Optional<WebRtcLink> link() {
        Negotiation now = current;
        return now == null ? Optional.empty() : Optional.of(now.link()).filter(WebRtcLink::isOpen);
    }

    /** Whether a link is being made, to replace the one there is. May be asked on any thread. */
    boolean renewing() {
        return attempt != null;
    }

    /** Whether nothing would be lost with this object; the task that asks is the last. */
    boolean idle() {
        return serial.size() <= 1 && attempt == null && current == null && early.isEmpty();
    }

    /** The open link, the one under way, or a new one. */
    void connect(CompletableFuture<Link> result) {
        if (attempt == null && link().isPresent()) {
            result.complete(link().get());
            return;
        }
        if (attempt == null) {
            outcome = new CompletableFuture<>();
            pipe(result);
            dial();
        } else {
            pipe(result);
        }
    }

    private void pipe(CompletableFuture<Link> result) {
        outcome.whenComplete(
                (link, failure) -> {
                    if (failure == null) {
                        result.complete(link);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
    }

    private void dial() {
        if (stopped) {
            outcome.completeExceptionally(new LinkException("WebRTC is stopped on this host"));
        } else if (!around.signaling().isConnected()) {
            outcome.completeExceptionally(
                    new LinkException(
                            "no new link to " + peer + " while the registry cannot be reached"));
        } else {
            begin(
                    Long.toHexString(ThreadLocalRandom.current().nextLong()),
                    true,
                    Negotiation::offer);
        }
    }

    private void begin(String id, boolean offerer, Consumer<Negotiation> first) {
        try {
            attempt = new Negotiation(this, around, id, offerer);
            first.accept(attempt);
        } catch (RuntimeException e) {
            LOG.warn("no link to {}: {}", peer, e.getMessage());
            Negotiation broken = attempt;
            if (broken == null) {
                outcome.completeExceptionally(
                        e instanceof LinkException
                                ? e
                                : new LinkException(String.valueOf(e.getMessage())));
            } else {
                failed(broken, String.valueOf(e.getMessage()));
            }
        }
    }

    /** The peer offers. */
    void offered(JsonNode payload) {
        String id = id(payload);
        String sdp = payload.path("sdp").asText();
        if (stopped || sdp.isEmpty() || sdp.length() > MAX_SDP) {
            return;
        }
        int restart = payload.path("restart").asInt(0);
        if (restart > 0) {
            if (trusted(payload, sdp)) {
                restarted(id, restart, sdp);
            }
            return;
        }
        if (repeated(id) || !trusted(payload, sdp)) {
            return;
        }
        if (attempt != null
                && attempt.offerer()
                && !attempt.answered()
                && around.self().compareTo(peer) < 0) {
            LOG.debug("{} and this host both offer: the offer of the smaller id, ours, wins", peer);
            attempt.repeatOffer();
            return;
        }
        if (attempt != null) {
            attempt.end(
                    "given up for the offer of "
                            + peer); // whoever waits for a link gets the one that is made now
        } else {
            outcome = new CompletableFuture<>();
        }
        attempt = null;
        begin(
                id,
                false,
                negotiation -> {
                    while (!early.isEmpty()) {
                        negotiation.remoteCandidate(early.remove());
                    }
                    negotiation.answer(sdp);
                });
    }

    /** The peer looks for another path under a link. If this host has no such link any more it makes one, so that the peer need not find out by waiting. */
    private void restarted(String id, int number, String sdp) {
        if (current != null && current.repeats(id)) {
            current.restarted(number, sdp);
        } else if (attempt == null && link().filter(WebRtcLink::isResponsive).isEmpty()) {
            LOG.debug("{} restarts a link that is not known here: making a new one", peer);
            outcome = new CompletableFuture<>();
            dial();
        }
    }

    private boolean repeated(String id) {
        return attempt != null && !attempt.offerer() && attempt.repeats(id)
                || current != null && current.repeats(id);
    }

    /** The peer answers. */
    void answered(JsonNode payload) {
        String sdp = payload.path("sdp").asText();
        int restart = payload.path("restart").asInt(0);
        if (restart > 0) {
            if (current != null
                    && current.repeats(id(payload))
                    && sdp.length() <= MAX_SDP
                    && trusted(payload, sdp)) {
                current.restartAnswered(restart, sdp);
            }
            return;
        }
        if (attempt == null
                || !attempt.offerer()
                || attempt.answered()
                || !attempt.concerns(id(payload))
                || sdp.isEmpty()
                || sdp.length() > MAX_SDP) {
            return;
        }
        if (trusted(payload, sdp)) {
            attempt.accept(sdp, !id(payload).isEmpty());
        } else {
            failed(attempt, "the answer in the name of " + peer + " is not its own");
        }
    }

    private boolean trusted(JsonNode payload, String sdp) {
        String key = around.known(peer).map(agent -> agent.card().publicKey()).orElse("");
        Optional<String> wrong =
                SignedSdp.check(key, peer, around.self(), sdp, payload.path("identity"));
        wrong.ifPresent(
                why ->
                        LOG.warn(
                                "refused a WebRTC description in the name of {}: {}; somebody may sit between the two hosts",
                                peer,
                                why));
        return wrong.isEmpty();
    }

    private static String id(JsonNode payload) {
        String id = payload.path("session").asText();
        return id.length() > MAX_SESSION_ID ? "" : id;
    }

    /** A candidate of the peer; one that comes before its offer is kept for a while. */
    void candidate(JsonNode payload) {
        String id = id(payload);
        if (current != null && current.repeats(id)) {
            current.remoteCandidate(payload);
        } else if (attempt != null) {
            attempt.remoteCandidate(payload);
        } else if (current != null && current.concerns(id)) {
            current.remoteCandidate(payload);
        } else if (early.size() < Negotiation.MAX_CANDIDATES && !stopped) {
            if (early.isEmpty()) {
                around.later(around.setup(), () -> serial.execute(this::forgetEarly));
            }
            early.add(payload);
        }
    }

    private void forgetEarly() {
        early.clear();
        settled.run();
    }

    /** The registry could not deliver what we sent. */
    void undeliverable(String message) {
        if (attempt != null && attempt.offerer() && !attempt.answered()) {
            failed(
                    attempt,
                    message.isEmpty() ? peer + " is not connected to the registry" : message);
        }
    }

    /** The channel of an attempt is open. */
    void opened(Negotiation negotiation) {
        if (negotiation != attempt) {
            return;
        }
        Negotiation old = current;
        attempt = null;
        current = negotiation;
        LOG.info("link to {} is up", peer);
        negotiation.link().announceOpen();
        outcome.complete(negotiation.link());
        if (old != null) {
            old.end("replaced by a new link", negotiation.link());
        }
    }

    /** An attempt came to nothing, or a link broke or was closed. */
    void failed(Negotiation negotiation, String reason) {
        if (negotiation != null && (negotiation == attempt || negotiation == current)) {
            end(negotiation, reason);
        }
    }

    /** This host's addresses changed: the link looks for another path. */
    void mend() {
        if (current != null) {
            current.mend();
        }
    }

    /** The registry can be reached again. */
    void mendSilent() {
        if (current != null && !current.link().isResponsive()) {
            current.mend();
        }
    }

    /** The registry revoked the peer. */
    void revoked() {
        failed(attempt, peer + " was revoked");
        failed(current, peer + " was revoked");
    }

    private void end(Negotiation negotiation, String reason) {
        if (negotiation == attempt) {
            attempt = null;
            LOG.debug("no link to {}: {}", peer, reason);
            negotiation.end(reason);
            outcome.completeExceptionally(new LinkException(reason));
        } else {
            current = null;
            LOG.info("link to {} is down: {}", peer, reason);
            negotiation.end(reason);
        }
        settled.run();
    }

    /** Ends everything for good. */
    void stop() {
        stopped = true;
        early.clear();
        failed(attempt, "this host is stopping");
        failed(current, "this host is stopping");
    }
}
