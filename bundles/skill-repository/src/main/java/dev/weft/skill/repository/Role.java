package dev.weft.skill.repository;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who may sign a kind of document.
 *
 * @param keys Ed25519 public keys, base64url; 1 to 16
 * @param threshold how many different ones must have signed; at least 1, at most all
 */
public record Role(Set<String> keys, int threshold) {
    /** Checks the numbers. */
    public Role {
        if (keys == null || keys.isEmpty() || keys.size() > 16) {
            throw new IllegalArgumentException("a role has 1 to 16 keys");
        }
        if (threshold < 1 || threshold > keys.size()) {
            throw new IllegalArgumentException(
                    "a threshold of " + threshold + " does not fit " + keys.size() + " keys");
        }
        keys = Collections.unmodifiableSortedSet(new TreeSet<>(keys)); // one order, one text
    }

    /** What people compare before they trust these keys.
     * @return 32 bytes in hex */
    public String fingerprint() {
        var sorted = new TreeMap<String, Integer>();
        keys.forEach(key -> sorted.put(key, threshold));
        return Root.sha256(sorted.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** One key that suffices.
     * @param key public key
     * @return the role */
    public static Role of(String key) {
        return new Role(Set.of(key), 1);
    }
}
