package dev.weft.api.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Long-lived keys of people and programs. Only their hashes are stored. Thread-safe. */
@ProviderType
public interface AccessKeys {
    /** Makes a key. It can be read this once only.
     * @param role what its holder may do
     * @param label a few words for people
     * @return the key and its id */
    NewKey create(Role role, String label);

    /** Makes a key that ends by itself.
     * @param role what its holder may do
     * @param label a few words for people
     * @param expires when it ends; null for never
     * @return the key and its id
     * @throws IllegalArgumentException if that is past */
    default NewKey create(Role role, String label, Instant expires) {
        if (expires != null) {
            throw new UnsupportedOperationException("keys here do not expire");
        }
        return create(role, label);
    }

    /** Gives a key a new secret. Id, role, label and expiry stay, and so do its sessions; the old secret goes on for a while, one
     * that was rotated out before ends at once.
     * @param id its id
     * @param grace how long the old secret is still good; zero ends it, and every token made from it, now
     * @return the new secret; empty if no valid key has the id */
    default Optional<NewKey> rotate(String id, Duration grace) {
        throw new UnsupportedOperationException("keys here are not rotated");
    }

    /** Checks a key, in constant time.
     * @param key what the caller sent; may be anything
     * @return whom it names, or empty */
    Optional<Principal> verify(String key);

    /** All keys, without the secrets.
     * @return oldest first */
    List<KeyInfo> list();

    /** Makes a key useless at once.
     * @param id its id
     * @return false if there is none */
    boolean revoke(String id);

    /** A key just made.
     * @param id public id
     * @param key the secret, {@code wk_} and 43 characters of base64url (256 bits)
     * @param role what it allows */
    record NewKey(String id, String key, Role role) {}

    /** A key as lists show it.
     * @param id public id
     * @param role what it allows
     * @param label for people
     * @param created when it was made
     * @param expires when it ends; null for never
     * @param lastUsed about when it was last shown, to the minute; null for never
     * @param rotated when it got its present secret; null if that is its first
     * @param graceUntil until when its former secret is good too; null if there is none */
    record KeyInfo(
            String id,
            Role role,
            String label,
            Instant created,
            Instant expires,
            Instant lastUsed,
            Instant rotated,
            Instant graceUntil) {
        /** A key that never ends, was never used and never rotated.
         * @param id public id
         * @param role what it allows
         * @param label for people
         * @param created when it was made */
        public KeyInfo(String id, Role role, String label, Instant created) {
            this(id, role, label, created, null, null, null, null);
        }

        /** Whether it has not ended by itself.
         * @param now the time
         * @return true until it expires */
        public boolean isCurrent(Instant now) {
            return expires == null || now.isBefore(expires);
        }
    }
}
