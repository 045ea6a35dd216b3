package dev.weft.mesh;

import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets messages onto a link: the best that is open, or a new one. */
final class Post {
    private static final Logger LOG = LoggerFactory.getLogger(Post.class);
    private final AgentId self;
    private final Links links;
    private final Dialer dialer;
    private final AgentDirectory directory;

    Post(AgentId self, Links links, Dialer dialer, AgentDirectory directory) {
        this.self = self;
        this.links = links;
        this.dialer = dialer;
        this.directory = directory;
    }

    /** Sends a message; it is written once, whatever it takes to find a link.
     * @param carrier told which link will carry it, before it does
     * @param outcome fails if it cannot be sent; nothing is sent any more once it is done
     * @param sent run when the message left; may be null */
    void deliver(
            MeshMessage message,
            AgentId peer,
            Consumer<Link> carrier,
            CompletableFuture<?> outcome,
            Runnable sent) {
        String frame = Wire.write(message);
        Links.Wired best = links.use(peer);
        if (best != null && put(best.link, frame, carrier, outcome, sent)) {
            if (best.mayImprove()) {
                dialer.direct(peer); // if it comes to nothing, the relay is still there
            }
            return;
        }
        dialer.dial(
                peer,
                (link, reason) -> {
                    if (!outcome.isDone()
                            && (link == null || !put(link, frame, carrier, outcome, sent))) {
                        outcome.completeExceptionally(
                                unreachable(
                                        peer,
                                        link == null ? reason : "the new link closed at once"));
                    }
                });
    }

    /** @return false if the link is closed: another one may do */
    private boolean put(
            Link link,
            String frame,
            Consumer<Link> carrier,
            CompletableFuture<?> outcome,
            Runnable sent) {
        carrier.accept(link);
        try {
            link.send(frame);
        } catch (LinkException e) {
            if (!link.isOpen()) {
                return false;
            }
            if (link.path() == Path.RELAY) {
                putDirect(link.peer(), frame, carrier, outcome, sent, e.getMessage());
            } else {
                outcome.completeExceptionally(new MeshException("unreachable", e.getMessage()));
            }
            return true;
        }
        if (sent != null) {
            sent.run();
        }
        return true;
    }

    /** What is too much for the relay waits for the direct link. */
    private void putDirect(
            AgentId peer,
            String frame,
            Consumer<Link> carrier,
            CompletableFuture<?> outcome,
            Runnable sent,
            String refusal) {
        dialer.direct(peer)
                .whenComplete(
                        (direct, failure) -> {
                            if (!outcome.isDone()
                                    && (failure != null
                                            || !put(direct, frame, carrier, outcome, sent))) {
                                outcome.completeExceptionally(
                                        unreachable(
                                                peer,
                                                refusal
                                                        + "; and no direct link came up"
                                                        + (failure == null
                                                                ? ""
                                                                : ": " + Dialer.words(failure))));
                            }
                        });
    }

    private MeshException unreachable(AgentId peer, String reason) {
        String who =
                directory
                        .find(peer.value())
                        .map(
                                agent ->
                                        agent.card().name()
                                                + " ("
                                                + peer
                                                + ", last known as "
                                                + agent.health()
                                                + ")")
                        .orElse(peer + " (unknown here)");
        return new MeshException("unreachable", who + " cannot be reached: " + reason);
    }

    /** Sends an answer: over the best open link, else over a new one.
     * @return false if the peer cannot be reached, as far as that is known at once */
    boolean answer(AgentId peer, MeshMessage message) {
        Links.Wired best = links.use(peer);
        if (best != null && tell(best.link, message)) {
            return true;
        }
        // the link may have been closed as idle while the work went on
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        deliver(message, peer, link -> {}, outcome, () -> outcome.complete(null));
        outcome.whenComplete(
                (left, failure) -> {
                    if (failure != null) {
                        LOG.warn(
                                "{} for {} is lost: {}",
                                message.type(),
                                peer,
                                failure.getMessage());
                    }
                });
        return !outcome.isCompletedExceptionally();
    }

    /** Sends over one link.
     * @return false if it refuses */
    boolean tell(Link link, MeshMessage message) {
        try {
            link.send(Wire.write(message));
            return true;
        } catch (LinkException e) {
            LOG.debug("{} to {} not sent: {}", message.type(), link.peer(), e.getMessage());
            return false;
        }
    }

    /** Makes a message of this host. */
    MeshMessage message(
            String type,
            String requestId,
            AgentId to,
            com.fasterxml.jackson.databind.JsonNode payload) {
        return new MeshMessage(type, requestId, self.value(), to.value(), payload);
    }
}
