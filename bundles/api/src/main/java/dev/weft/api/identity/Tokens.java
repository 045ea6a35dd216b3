package dev.weft.api.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Short-lived bearer tokens that this host issues and accepts: JWT, HS256. Thread-safe. */
@ProviderType
public interface Tokens {
    /** Life of a token in seconds, unless it is set otherwise. */
    long LIFE_SECONDS = 300;

    /** How long a token lives that is issued now.
     * @return {@link #LIFE_SECONDS} unless it is set otherwise */
    default Duration life() {
        return Duration.ofSeconds(LIFE_SECONDS);
    }

    /** Issues a token.
     * @param principal the subject and its role
     * @return a signed JWT */
    String issue(Principal principal);

    /** Checks a token: signature, algorithm, times, and that the access key it was made from is still good.
     * @param token what the caller sent; may be anything
     * @return whom it names, or empty if it is not valid now */
    Optional<Principal> verify(String token);

    /** When a token ends: who keeps a connection open on it closes it then.
     * @param token what the caller sent; may be anything
     * @return its end, or empty if it is not valid now */
    default Optional<Instant> expires(String token) {
        return verify(token).map(principal -> Instant.now().plus(life()));
    }

    /** Signs with a new secret from now on. Tokens signed with the former one are good until they expire.
     * @return id of the new secret, the {@code kid} of the tokens to come */
    default String rotate() {
        throw new UnsupportedOperationException("the secret of these tokens is not rotated");
    }
}
