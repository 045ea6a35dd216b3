package dev.weft.api.signaling;

import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Hears what arrives on the signaling socket; registered as a service. Called one message at a time; must not block. */
@ConsumerType
public interface SignalListener {
    /** A message from a peer or from the registry.
     * @param message its {@code peerId} is who sent it, as the registry vouches */
    void received(SignalMessage message);

    /** The socket is open and registered; as newcomer, this host offers.
     * @param peers who else is connected */
    default void connected(List<AgentId> peers) {}

    /** The socket is gone; it will be opened again. Links between peers are none of its business and stay. */
    default void disconnected() {}

    /** The addresses of this machine changed: what went over the old ones may be gone. */
    default void networkChanged() {}
}
