package dev.weft.api.registry;

import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import org.osgi.annotation.versioning.ProviderType;

/** The signaling sockets that are open at this registry. Thread-safe; nothing here blocks. */
@ProviderType
public interface Sockets {
    /** Pushes a message to an agent.
     * @param agent who
     * @param message what; its {@code peerId} is {@link SignalMessage#REGISTRY}
     * @return false if the agent is not connected, is no member, or reads too slowly: the message is not sent */
    boolean send(AgentId agent, SignalMessage message);
}
