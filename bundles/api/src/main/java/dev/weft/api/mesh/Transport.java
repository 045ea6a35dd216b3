package dev.weft.api.mesh;

import dev.weft.protocol.AgentId;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ConsumerType;

/** A way to make links; each transport registers itself as a service. Thread-safe; nothing here blocks. */
@ConsumerType
public interface Transport {
    /** What its links are, at best; the mesh prefers the lowest.
     * @return never null */
    Path path();

    /** The open link to a peer, or a new one. Links that the peer opens are reported to {@link LinkListener} as well.
     * @param peer who
     * @return done when the link is open; fails with {@link LinkException} if it cannot be, within 15 s */
    CompletableFuture<Link> connect(AgentId peer);
}
