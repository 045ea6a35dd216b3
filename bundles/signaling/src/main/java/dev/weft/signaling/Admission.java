package dev.weft.signaling;

import dev.weft.api.identity.Role;
import dev.weft.api.identity.Tokens;
import dev.weft.protocol.AgentId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whom a token lets in, and for how long. */
final class Admission {
    /** An agent that may have a socket.
     * @param agent a member of the mesh
     * @param until {@link System#nanoTime()} at which its token ends */
    record Pass(AgentId agent, long until) {}

    private final Tokens tokens;
    private final Hub hub;

    Admission(Tokens tokens, Hub hub) {
        this.tokens = tokens;
        this.hub = hub;
    }

    /** Reads a token.
     * @param token whatever was shown
     * @return empty if it is not valid now, or not one of an agent that is a member now */
    Optional<Pass> admit(String token) {
        return tokens.verify(token)
                .filter(principal -> principal.role() == Role.AGENT)
                .filter(principal -> AgentId.isValid(principal.subject()))
                .map(principal -> new AgentId(principal.subject()))
                .filter(hub::isMember)
                .flatMap(
                        agent ->
                                tokens.expires(token)
                                        .map(
                                                end ->
                                                        new Pass(
                                                                agent,
                                                                System.nanoTime() + left(end))));
    }

    private static long left(Instant end) {
        return Duration.between(Instant.now(), end).toNanos();
    }
}
