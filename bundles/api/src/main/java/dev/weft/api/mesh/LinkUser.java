package dev.weft.api.mesh;

import dev.weft.protocol.AgentId;
import org.osgi.annotation.versioning.ConsumerType;

/** A room that works for peers; registered as a service. While one of these needs the links to a peer, they are not closed as idle. */
@ConsumerType
public interface LinkUser {
    /** Whether something of a peer is under way here. Must not block; asked on any thread, at most a few times a minute for each peer.
     * @param peer the peer
     * @return true as long as the peer waits for something */
    boolean needs(AgentId peer);
}
