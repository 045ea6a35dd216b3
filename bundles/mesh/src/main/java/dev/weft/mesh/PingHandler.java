package dev.weft.mesh;

import dev.weft.api.mesh.MessageHandler;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import org.osgi.service.component.annotations.Component;

/** Answers {@code ping}; the round trip is what peers show as RTT. */
@Component(service = MessageHandler.class, property = MessageHandler.TYPE + "=" + MeshMessage.PING)
public final class PingHandler implements MessageHandler {
    @Override
    public void handle(AgentId peer, MeshMessage ping, Reply reply) {
        reply.send(MeshMessage.PONG, ping.payload());
    }
}
