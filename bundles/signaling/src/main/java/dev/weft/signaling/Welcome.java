package dev.weft.signaling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.stream.Stream;

/** What a newcomer is told. */
final class Welcome {
    /** How many of those whom the mesh shut out are named, the latest. */
    static final int MOST_REVOKED = 1_000;

    private Welcome() {}

    /** Who else is here. */
    static String peers(AgentId to, Stream<AgentId> others) {
        ObjectNode payload = Wire.object();
        var peers = payload.putArray("peers");
        others.forEach(other -> peers.add(other.value()));
        return frame(SignalMessage.PEER_LIST, to, payload);
    }

    /** Who was shut out: a host that was away meanwhile still has links to them. */
    static String revoked(AgentId to, List<AgentId> revoked) {
        ObjectNode payload = Wire.object();
        var left = payload.putArray("left");
        revoked.forEach(
                id -> left.addObject().put("peer_id", id.value()).put("reason", Hub.REVOKED));
        return frame(SignalMessage.PEERS_CHANGED, to, payload);
    }

    private static String frame(String type, AgentId to, ObjectNode payload) {
        return Wire.write(new SignalMessage(type, SignalMessage.REGISTRY, to.value(), payload));
    }
}
