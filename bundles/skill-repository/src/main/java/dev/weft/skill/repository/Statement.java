package dev.weft.skill.repository;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/**
 * Says that a release is not to be used any more. Stands for itself: signed by the publisher or by the repository's
 * {@code publishers} keys, it can be believed wherever it comes from.
 *
 * @param type {@code statement}
 * @param repository name of the repository
 * @param bundle symbolic name
 * @param version bundle version; {@code *} for all
 * @param verb {@code yank} (no new installs) or {@code revoke} (uninstall)
 * @param reason for people, at most 500 characters
 * @param issued ISO 8601, UTC
 */
public record Statement(
        String type,
        String repository,
        String bundle,
        String version,
        String verb,
        String reason,
        String issued) {
    /** The kind of this document. */
    public static final String KIND = "statement";

    /** Checks the fields. */
    public Statement {
        Check.bundle(bundle);
        if (!"*".equals(version)) {
            Check.bundleVersion(version);
        }
        Check.check(
                verb != null && Set.of("yank", "revoke").contains(verb),
                "a statement is yank or revoke");
        Check.check(
                reason != null && !reason.isBlank() && reason.length() <= 500,
                "a statement has a reason of 1 to 500 characters");
        Check.shown(reason, "the reason of a statement");
        Check.time(issued);
    }

    /** What a document says that somebody claims to have signed; nothing of it is verified.
     * @param document a signed document
     * @return its content
     * @throws CatalogException if it is none */
    public static Statement claimed(byte[] document) throws CatalogException {
        String name = "a statement";
        return Signed.read(name, document).unverified(name, KIND, Statement.class);
    }

    /** Makes one.
     * @param repository name of the repository
     * @param bundle symbolic name
     * @param version bundle version; {@code *} for all
     * @param verb {@code yank} or {@code revoke}
     * @param reason for people
     * @param now the time
     * @return the statement, to be signed */
    public static Statement of(
            String repository,
            String bundle,
            String version,
            String verb,
            String reason,
            Instant now) {
        return new Statement(
                KIND,
                repository,
                bundle,
                version,
                verb,
                reason,
                now.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** Whether it is about a release.
     * @param release the release
     * @return true if so */
    public boolean covers(Releases.Release release) {
        return bundle.equals(release.bundle())
                && ("*".equals(version) || version.equals(release.version()));
    }

    /** Whether what is installed must go.
     * @return true for {@code revoke} */
    public boolean revokes() {
        return "revoke".equals(verb);
    }
}
