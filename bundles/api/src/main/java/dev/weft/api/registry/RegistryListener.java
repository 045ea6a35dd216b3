package dev.weft.api.registry;

import dev.weft.protocol.AgentId;
import org.osgi.annotation.versioning.ConsumerType;

/** Hears of changes of the directory; registered as a service. Must not block for long. */
@ConsumerType
public interface RegistryListener {
    /** An agent joined, or its card, health or connection changed.
     * @param agent as it is now */
    void changed(AgentRecord agent);

    /** An agent left or was forgotten.
     * @param id who
     * @param reason a few words */
    void left(AgentId id, String reason);

    /** An agent's membership was revoked: whatever it has open must close now.
     * @param id who */
    void revoked(AgentId id);
}
