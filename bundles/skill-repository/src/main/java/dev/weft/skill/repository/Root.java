package dev.weft.skill.repository;

import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * Where trust in a repository begins. A new one is signed by the keys of the old and by its own.
 *
 * @param type {@code root}
 * @param repository name of the repository
 * @param version 1, 2, 3 …
 * @param expires ISO 8601, UTC
 * @param root who signs the next root
 * @param snapshot who says what is in the repository now
 * @param publishers who says which key owns which namespace, and may revoke anything
 */
public record Root(
        String type,
        String repository,
        long version,
        String expires,
        Role root,
        Role snapshot,
        Role publishers) {
    /** The kind of this document. */
    public static final String KIND = "root";

    /** Checks the fields. */
    public Root {
        Check.version(version);
        Check.time(expires);
        if (root == null || snapshot == null || publishers == null) {
            throw new IllegalArgumentException("a root names root, snapshot and publishers");
        }
        if (repository == null || !repository.matches("[a-z0-9][a-z0-9.-]{0,63}")) {
            throw new IllegalArgumentException(
                    "a repository is called [a-z0-9][a-z0-9.-]*, not " + Wire.quote(repository));
        }
    }

    /** What a person compares before trusting a repository: depends on the keys that sign roots, and nothing else.
     * @return 32 bytes in hex */
    public String fingerprint() {
        return root.fingerprint();
    }

    /** Whether its time is over.
     * @param now the time
     * @return true from the expiry on */
    public boolean expired(Instant now) {
        return !now.isBefore(Instant.parse(expires));
    }

    /** Reads a root that is to follow this one.
     * @param document the signed root
     * @return what it says
     * @throws CatalogException if it is not the successor, or the keys of this root or its own did not sign it */
    public Root successor(byte[] document) throws CatalogException {
        String name = "root " + (version + 1);
        Signed signed = Signed.read(name, document);
        Root next = signed.open(name, root, KIND, Root.class);
        signed.open(name, next.root(), KIND, Root.class);
        if (next.version() != version + 1 || !next.repository().equals(repository)) {
            throw new CatalogException(
                    CatalogException.Code.MALFORMED,
                    name + " is not the successor of root " + version);
        }
        return next;
    }

    /** The root that follows with the same keys.
     * @param expires when it ends
     * @return the next root, to be signed */
    public Root next(Instant expires) {
        return next(expires, root, snapshot, publishers);
    }

    /** The root that follows.
     * @param expires when it ends
     * @param root who signs the next root from then on
     * @param snapshot who signs snapshots from then on
     * @param publishers who signs publishers from then on
     * @return the next root, to be signed by the keys of this one and its own */
    public Root next(Instant expires, Role root, Role snapshot, Role publishers) {
        return new Root(
                type,
                repository,
                version + 1,
                expires.truncatedTo(ChronoUnit.SECONDS).toString(),
                root,
                snapshot,
                publishers);
    }

    /** Digest of bytes.
     * @param bytes any
     * @return SHA-256 in hex */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] part = new byte[1 << 16];
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                digest.update(part, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
