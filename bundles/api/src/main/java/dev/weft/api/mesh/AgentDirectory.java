package dev.weft.api.mesh;

import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import java.util.Collection;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The agents of the mesh as this host knows them: from the registry, and from peers themselves. Kept while the registry is
 * away. Thread-safe; answered from memory. */
@ProviderType
public interface AgentDirectory {
    /** Every known agent, this host's own included.
     * @return ordered by name */
    Collection<KnownAgent> agents();

    /** Looks an agent up.
     * @param idOrName agent id, or the label that people use
     * @return empty if unknown; {@code offline}, with little more than its name, if it was known before this start and no registry has
     *     told yet who is there */
    Optional<KnownAgent> find(String idOrName);

    /** A peer told us its card itself, over a link.
     * @param id who the link proves it is
     * @param card must carry the same id, else it is ignored */
    void learned(AgentId id, AgentCard card);

    /**
     * An agent and how fresh the knowledge is.
     *
     * @param card what it says of itself
     * @param health {@code active|stale|offline} as the registry last said
     * @param local whether it is this host's own agent
     */
    record KnownAgent(AgentCard card, String health, boolean local) {}
}
