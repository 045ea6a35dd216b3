package dev.weft.signaling;

import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.identity.Tokens;
import java.time.Instant;
import java.util.Optional;

/** {@code ROLE:SUBJECT} is a token here; {@code ROLE:SUBJECT:MILLIS} one that ends at that time of the epoch. */
final class TextTokens implements Tokens {
    /** A token of an agent that ends soon. */
    static String until(String agent, Instant end) {
        return "agent:" + agent + ":" + end.toEpochMilli();
    }

    @Override
    public String issue(Principal principal) {
        return principal.role().wireName() + ":" + principal.subject();
    }

    @Override
    public Optional<Principal> verify(String token) {
        String[] parts = token.split(":");
        return parts.length == 2 || parts.length == 3 && end(parts).isAfter(Instant.now())
                ? Optional.of(new Principal(parts[1], Role.of(parts[0])))
                : Optional.empty();
    }

    @Override
    public Optional<Instant> expires(String token) {
        String[] parts = token.split(":");
        return parts.length == 3 ? Optional.of(end(parts)) : Tokens.super.expires(token);
    }

    private static Instant end(String[] parts) {
        return Instant.ofEpochMilli(Long.parseLong(parts[2]));
    }
}
