package dev.weft.api.registry;

import dev.weft.protocol.AgentId;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The STUN and TURN servers that this registry serves to hosts, with short-lived credentials. Thread-safe. */
@ProviderType
public interface IceServers {
    /** The servers for a caller.
     * @param caller who asks
     * @return possibly empty, never an entry without a URL */
    List<dev.weft.api.signaling.IceServer> forCaller(AgentId caller);
}
