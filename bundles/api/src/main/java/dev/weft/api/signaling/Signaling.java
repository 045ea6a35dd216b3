package dev.weft.api.signaling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The host's one socket to its registry. It reconnects by itself. Thread-safe; nothing here blocks. */
@ProviderType
public interface Signaling {
    /** Whether the socket is open and registered now.
     * @return true if messages can be sent */
    boolean isConnected();

    /** Sends a message to a peer through the registry. The sender's id is filled in.
     * @param type see {@link dev.weft.protocol.SignalMessage}
     * @param target who
     * @param payload what
     * @return false if the socket is closed or its bounded queue is full: the message is not sent */
    boolean send(String type, AgentId target, JsonNode payload);

    /** Something suggests that this machine's network changed: its addresses are looked at and the socket is tried out now, not when their turn
     * comes. Returns at once; asked often, it is done at most every two seconds. */
    default void probe() {}

    /** The ICE servers that the registry named last.
     * @return empty if none are known */
    List<IceServer> iceServers();
}
