package dev.weft.http.api;

import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.protocol.AgentId;
import java.util.function.BooleanSupplier;

/**
 * Who calls, proven.
 *
 * @param principal subject and role
 * @param session the session of a browser; null for other credentials
 * @param stillGood whether the credential would be accepted now; streams ask it from time to time
 */
record Caller(Principal principal, Sessions.Session session, BooleanSupplier stillGood) {
    boolean is(Role role) {
        return principal.role() == role;
    }

    /** The agent that calls.
     * @return its id
     * @throws ApiException 403 if the caller's subject is no agent */
    AgentId agent() {
        if (!AgentId.isValid(principal.subject())) {
            throw ApiException.forbidden(
                    "not_an_agent",
                    "only an agent of the mesh may do this, with the token it got for its device token");
        }
        return new AgentId(principal.subject());
    }

    /** An agent acts for itself only; other roles that a route admits may act for any.
     * @param id whom it is about
     * @throws ApiException 403 if an agent means another */
    void mayActFor(AgentId id) {
        if (is(Role.AGENT) && !agent().equals(id)) {
            throw ApiException.forbidden(
                    "not_yours",
                    "an agent may do this for itself only: this token is "
                            + agent()
                            + "'s, not "
                            + id
                            + "'s");
        }
    }
}
