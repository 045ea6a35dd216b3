package dev.weft.mesh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings each message that arrives to whom it concerns. */
final class Switchboard {
    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);
    private final Pending pending;
    private static final Map<String, String> ANSWERS =
            Map.of(
                    MeshMessage.TASK_REQUEST, MeshMessage.TASK_RESPONSE,
                    MeshMessage.AGENT_PROMPT, MeshMessage.AGENT_RESPONSE);
    private final Handlers handlers;
    private final Post post;
    private final Links links;
    private final LinkCare care;
    private final Drops drops;

    Switchboard(
            Pending pending,
            Handlers handlers,
            Post post,
            Links links,
            LinkCare care,
            Drops drops) {
        this.drops = drops;
        this.pending = pending;
        this.handlers = handlers;
        this.post = post;
        this.links = links;
        this.care = care;
    }

    /** Handles one message.
     * @param link that brought it
     * @param read the message
     * @param numbered whether it came in its place among all messages of its sender, not by itself */
    void handle(Link link, MeshMessage read, boolean numbered) {
        AgentId peer = link.peer();
        MeshMessage message = read;
        if (message.sourceAgent().isEmpty()) {
            message =
                    new MeshMessage(
                            message.type(),
                            message.requestId(),
                            peer.value(),
                            message.targetAgent(),
                            message.payload());
        } else if (!message.sourceAgent().equals(peer.value())) {
            drops.forged.add(
                    peer, message.type() + " in the name of " + Wire.quote(message.sourceAgent()));
            return;
        }
        if (Pending.isFinal(message.type()) || Pending.isInterim(message.type())) {
            boolean expected =
                    MeshMessage.PONG.equals(message.type())
                                    && care.ponged(peer, message.requestId())
                            || pending.answered(peer, message);
            if (!expected) {
                drops.unexpected.add(peer, message.type());
            }
            return;
        }
        if (MeshMessage.BYE.equals(message.type())) {
            care.bye(peer);
            return;
        }
        if (!MeshMessage.PING.equals(message.type())) {
            links.used(link);
        }
        // a ping by itself measures its link, so the pong takes the same
        boolean measures = MeshMessage.PING.equals(message.type()) && !numbered;
        handle(peer, message, measures ? link : null);
    }

    /** A known request that no room of this host takes is answered so; anything else is ignored and counted. */
    private void unhandled(AgentId peer, MeshMessage message) {
        String answer = ANSWERS.get(message.type());
        if (answer == null) {
            drops.unknown.add(peer, Wire.quote(message.type()));
            return;
        }
        ObjectNode refusal =
                Wire.object()
                        .put("error", "this host takes no " + message.type())
                        .put("code", "not_offered");
        post.answer(peer, post.message(answer, message.requestId(), peer, refusal));
    }

    private void handle(AgentId peer, MeshMessage message, Link back) {
        MessageHandler handler = handlers.of(message.type());
        if (handler == null) {
            unhandled(peer, message);
            return;
        }
        try {
            handler.handle(
                    peer,
                    message,
                    (type, payload) -> {
                        MeshMessage answer = post.message(type, message.requestId(), peer, payload);
                        return back == null ? post.answer(peer, answer) : post.tell(back, answer);
                    });
        } catch (ProtocolException e) {
            drops.malformed.add(peer, message.type() + ": " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn(
                    "{} failed on a {} of {}",
                    handler.getClass().getName(),
                    message.type(),
                    peer,
                    e);
        }
    }
}
