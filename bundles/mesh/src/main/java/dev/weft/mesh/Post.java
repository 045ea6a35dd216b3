package dev.weft.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.MeshException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where this host's own messages go in: to a peer, over whatever link there is, or over one link. */
final class Post {
    private static final Logger LOG = LoggerFactory.getLogger(Post.class);
    private final AgentId self;
    private final Sessions sessions;

    Post(AgentId self, Sessions sessions) {
        this.self = self;
        this.sessions = sessions;
    }

    /** Sends a message; it is written once, whatever it takes to find a link.
     * @param carrier told which link will carry it, before it does
     * @param outcome fails if it cannot be sent; nothing is sent any more once it is done
     * @param sent run when the message left; may be null
     * @return false if it cannot be sent, as far as that is known at once */
    boolean deliver(
            MeshMessage message,
            AgentId peer,
            Consumer<Link> carrier,
            CompletableFuture<?> outcome,
            Runnable sent) {
        Outgoing outgoing;
        try {
            outgoing = new Outgoing(message, carrier, outcome, sent);
        } catch (MeshException e) {
            outcome.completeExceptionally(e);
            return false;
        }
        return sessions.of(peer).post(outgoing);
    }

    /** Sends an answer.
     * @return false if it cannot be sent, as far as that is known at once; the log says why */
    boolean answer(AgentId peer, MeshMessage message) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        boolean taken = deliver(message, peer, link -> {}, outcome, null);
        outcome.whenComplete(
                (nothing, failure) ->
                        LOG.warn(
                                "{} for {} is lost: {}",
                                message.type(),
                                peer,
                                failure == null ? "" : failure.getMessage()));
        return taken;
    }

    /** Sends over one link what concerns that link.
     * @return false if it refuses */
    boolean tell(Link link, MeshMessage message) {
        try {
            link.send(Wire.bytes(message), false);
            return true;
        } catch (LinkException e) {
            LOG.debug("{} to {} not sent: {}", message.type(), link.peer(), e.getMessage());
            return false;
        }
    }

    /** Makes a message of this host. */
    MeshMessage message(String type, String requestId, AgentId to, JsonNode payload) {
        return new MeshMessage(type, requestId, self.value(), to.value(), payload);
    }
}
