package dev.weft.skill.repository;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What is in a repository now.
 *
 * @param type {@code snapshot}
 * @param version grows with each change
 * @param expires ISO 8601, UTC: signed anew before, also if nothing changed, so that an old state cannot be shown for long; at most
 *     {@link #LONGEST_LIFE} after it was signed
 * @param files digest of {@code index.xml}, {@code publishers.json}, {@code statements.json} and, for each publisher,
 *     {@code publishers/NAMESPACE.json} and {@code index-NAMESPACE.xml}
 */
public record Snapshot(String type, long version, String expires, Map<String, FileDigest> files) {
    /** The kind of this document. */
    static final String KIND = "snapshot";

    /** Longest time from signing to expiry: one that lasts for ever would hide for ever what was revoked since. */
    public static final Duration LONGEST_LIFE = Duration.ofDays(400);

    /** How much later than its reader's the clock of who signed may be. */
    private static final Duration SKEW = Duration.ofDays(1);

    /** Most files of a snapshot. */
    static final int MAX_FILES = 2100;

    /** Checks the fields. */
    public Snapshot {
        Check.version(version);
        Check.time(expires);
        Check.check(files != null && files.size() <= MAX_FILES, "1 to 2100 files");
        files.keySet().forEach(Check::file);
        files = Map.copyOf(files);
    }

    /** Whether it lasts longer than it may, seen from now. */
    boolean lastsTooLong(Instant now) {
        return Instant.parse(expires).isAfter(now.plus(LONGEST_LIFE).plus(SKEW));
    }

    /** Where the bytes of a file are: a name that holds their digest, so that what a reader of this snapshot wants stays while the next
     * one is made.
     * @param name a key of {@link #files}
     * @return path within the repository, such as {@code publishers/DIGEST.com.acme.json} */
    public String path(String name) {
        return path(name, files.get(name));
    }

    static String path(String name, FileDigest digest) {
        int slash = name.lastIndexOf('/') + 1;
        return name.substring(0, slash) + digest.sha256() + "." + name.substring(slash);
    }

    /**
     * A file as it must be.
     *
     * @param sha256 hex
     * @param length in bytes
     */
    public record FileDigest(String sha256, long length) {
        /** Checks the fields. */
        public FileDigest {
            Check.digest(sha256);
            Check.length(length, 64 << 20);
        }

        static FileDigest of(byte[] bytes) {
            return new FileDigest(Root.sha256(bytes), bytes.length);
        }
    }
}
