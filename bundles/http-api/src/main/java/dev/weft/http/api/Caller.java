package dev.weft.http.api;

import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.registry.Pairing;
import dev.weft.protocol.AgentId;
import java.util.function.BooleanSupplier;

/**
 * Who calls, proven.
 *
 * @param principal subject and role
 * @param session the session of a browser; null for other credentials
 * @param stillGood whether the credential would be accepted now; streams ask it from time to time
 * @param legacy knows which agents a caller of the reference's world speaks for; null for all others
 */
record Caller(
        Principal principal,
        Sessions.Session session,
        BooleanSupplier stillGood,
        LegacyAccess legacy) {
    Caller(Principal principal, Sessions.Session session, BooleanSupplier stillGood) {
        this(principal, session, stillGood, null);
    }

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
        if (is(Role.AGENT) && !speaksFor(id.value())) {
            throw ApiException.forbidden(
                    "not_yours",
                    "an agent may do this for itself only: this token is "
                            + agent()
                            + "'s, not "
                            + id
                            + "'s");
        }
    }

    /** Whether it calls in an agent's name: its own, or one that its key of the reference claimed.
     * @param agent anything
     * @return true if so */
    boolean speaksFor(String agent) {
        return principal.subject().equals(agent)
                || legacy != null
                        && AgentId.isValid(agent)
                        && legacy.speaksFor(principal.subject(), new AgentId(agent));
    }

    /** Before an agent enters the directory: those of the reference choose the id that they have there, and the first to use one keeps it.
     * @param id whom it is about
     * @param pairing knows whose id it is already; null if this host is no registry
     * @throws ApiException 403 if it is another's, or nobody's */
    void mayEnter(AgentId id, Pairing pairing) {
        boolean taken = pairing != null && pairing.isApproved(id);
        if (legacy != null && !taken && !legacy.claim(principal.subject(), id)
                || LegacyAccess.LOOPBACK.equals(id)) {
            throw ApiException.forbidden("not_yours", "the agent id " + id + " is not to be had");
        }
        mayActFor(id);
    }
}
