package dev.weft.api.identity;

import dev.weft.protocol.AgentId;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Lets agents and sidecars of chatixia-mesh in by that project's own rules. Rooms refer to it with the target {@link #ON}, so that
 * they have it only where {@code compat.chatixia} is on, and do without it everywhere else. Thread-safe; answers from memory.
 */
@ProviderType
public interface LegacyAccess {
    /** The reference filter of a host where compatibility is on. */
    String ON = "(chatixia=true)";

    /** Stands for callers on this machine who show no credentials. It is no agent, and no key may have it as its peer. */
    AgentId LOOPBACK = new AgentId("compat-loopback");

    /** Checks a key of the reference's key file, in constant time.
     * @param key what the caller sent; may be anything
     * @return the peer that the key names, always in the role of an agent; empty if the file has no such key */
    Optional<Principal> verify(String key);

    /** Whether an agent may take part although it was never paired.
     * @param id a peer or an agent
     * @return true if a key names it as its peer, or if {@link #claim} gave it away */
    boolean admits(AgentId id);

    /** Whether a caller may speak for an agent. Agents of the reference have two ids, one as a peer and one in the directory.
     * @param subject peer of a key, or {@link #LOOPBACK}, which speaks for all agents that were claimed
     * @param agent an agent
     * @return true if the caller has claimed it */
    boolean speaksFor(String subject, AgentId agent);

    /** Gives an agent id to the first caller that uses it. The caller of this takes care that no member of the mesh has the id.
     * @param subject peer of a key, or {@link #LOOPBACK}
     * @param agent an agent
     * @return false if another has it, or if the subject has too many */
    boolean claim(String subject, AgentId agent);
}
