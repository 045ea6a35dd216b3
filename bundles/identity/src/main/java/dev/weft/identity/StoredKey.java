package dev.weft.identity;

import dev.weft.api.identity.AccessKeys.KeyInfo;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;

/**
 * A key without its secret.
 *
 * @param info what lists show
 * @param hash of its secret
 * @param former hash of the secret it had before, null if none is to be accepted
 * @param generation how often it was rotated
 */
record StoredKey(KeyInfo info, byte[] hash, byte[] former, int generation) {
    /** Whether a secret is this key's now. Compares both hashes, whatever the outcome. */
    boolean matches(byte[] shown, Instant now) {
        boolean present = MessageDigest.isEqual(shown, hash);
        boolean past = former != null && MessageDigest.isEqual(shown, former);
        return (present || past && inGrace(now)) && info.isCurrent(now);
    }

    boolean inGrace(Instant now) {
        return info.graceUntil() != null && now.isBefore(info.graceUntil());
    }

    StoredKey rotated(byte[] fresh, Duration grace, Instant now) {
        boolean none = grace.isZero() || grace.isNegative();
        KeyInfo next =
                new KeyInfo(
                        info.id(),
                        info.role(),
                        info.label(),
                        info.created(),
                        info.expires(),
                        info.lastUsed(),
                        now,
                        none ? null : now.plus(grace));
        return new StoredKey(next, fresh, none ? null : hash, generation + 1);
    }

    StoredKey used(Instant when) {
        KeyInfo next =
                new KeyInfo(
                        info.id(),
                        info.role(),
                        info.label(),
                        info.created(),
                        info.expires(),
                        later(info.lastUsed(), when),
                        info.rotated(),
                        info.graceUntil());
        return new StoredKey(next, hash, former, generation);
    }

    private static Instant later(Instant one, Instant other) {
        return one == null || other != null && other.isAfter(one) ? other : one;
    }
}
