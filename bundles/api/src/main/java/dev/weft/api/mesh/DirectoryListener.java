package dev.weft.api.mesh;

import dev.weft.protocol.AgentId;
import org.osgi.annotation.versioning.ConsumerType;

/** Hears of changes of the {@link AgentDirectory}; registered as a service. Must not block. */
@ConsumerType
public interface DirectoryListener {
    /** An agent is new or changed.
     * @param agent as it is now */
    void changed(AgentDirectory.KnownAgent agent);

    /** An agent is gone: it left, was forgotten or revoked.
     * @param id who */
    void removed(AgentId id);
}
