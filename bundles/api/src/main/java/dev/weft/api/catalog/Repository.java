package dev.weft.api.catalog;

import java.util.List;

/**
 * A repository that this host reads.
 *
 * @param name what its root calls it; unique on this host
 * @param address where it is read: {@code https://…}, {@code http://…}, {@code file:…}, a path, or {@code registry} for the one of
 *     this host's registry, read as its member
 * @param fingerprint of the root that it was trusted by
 * @param priority of two that have the same skill the one with the higher number counts; -1000 to 1000
 * @param policy {@code signed-by-trusted} or {@code ask}
 * @param snapshot version of the state that is held; 0 if it was never read
 * @param expires when that state expires, ISO 8601, UTC; "" if it was never read
 * @param expired whether it did: it can be looked at, nothing is installed from it
 * @param refreshed when it was last read without a problem, ISO 8601, UTC; "" if never
 * @param problem what went wrong last time, for people; "" if nothing did
 * @param skills how many skills it has
 * @param publishers who publishes in it, by namespace
 */
public record Repository(
        String name,
        String address,
        String fingerprint,
        int priority,
        String policy,
        long snapshot,
        String expires,
        boolean expired,
        String refreshed,
        String problem,
        int skills,
        List<Publisher> publishers) {
    /**
     * Who publishes.
     *
     * @param namespace bundles are called like it, or start with it and a dot
     * @param name for people; not verified by anybody
     * @param fingerprint of its keys
     * @param trusted whether a person of this host trusts these keys
     */
    public record Publisher(String namespace, String name, String fingerprint, boolean trusted) {}
}
