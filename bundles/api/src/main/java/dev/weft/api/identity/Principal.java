package dev.weft.api.identity;

import java.util.Objects;

/**
 * A caller who proved who it is.
 *
 * @param subject the agent id of an agent, the key id of a key holder
 * @param role what it may do
 */
public record Principal(String subject, Role role) {
    /** Both members are needed. */
    public Principal {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(role, "role");
    }
}
