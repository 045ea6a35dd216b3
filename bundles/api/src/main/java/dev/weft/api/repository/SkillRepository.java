package dev.weft.api.repository;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The repository of skills of this registry. Thread-safe; all but {@link #open()} reads or writes files, and changes are made one after
 * the other: not for transport threads. What is refused throws {@link RepositoryException}.
 */
@ProviderType
public interface SkillRepository {
    /** Whether strangers may read its files.
     * @return as configured; false by default */
    boolean open();

    /** What people must know of it.
     * @return never null */
    Summary summary();

    /** Finds a file that readers may have.
     * @param name path within the repository, such as {@code snapshot.json}
     * @return empty if there is none, or it is the owner's own */
    Optional<Path> file(String name);

    /** Who may publish what.
     * @return ordered by namespace */
    List<Publisher> publishers();

    /** Gives a namespace to a publisher, or new keys to one that changes or lost its own. New keys of a publisher that published already
     * count once it signed its releases with them; until then they are {@linkplain Publisher#pending pending}, and nobody can publish with
     * the old ones.
     * @param namespace bundles are called like it, or start with it and a dot
     * @param name for people, at most 100 characters
     * @param keys Ed25519 public keys, base64url; 1 to 16
     * @param threshold how many of them must sign
     * @return the publisher as it is now */
    Publisher grant(String namespace, String name, Set<String> keys, int threshold);

    /** Takes a namespace away: its releases are not offered any more.
     * @param namespace whose
     * @return false if nobody has it */
    boolean withdraw(String namespace);

    /** Takes a jar that is to be published, checks and scans it, and keeps it for an hour.
     * @param jar its bytes; read to the end, not closed
     * @return what it is
     * @throws IOException if it cannot be read */
    Jar upload(InputStream jar) throws IOException;

    /** Publishes: takes the document in which a publisher signed all its releases. The jars of new ones were {@linkplain #upload uploaded}
     * before.
     * @param document the signed document, JSON, at most 1 MiB
     * @return what readers see from now on */
    Publication publish(byte[] document);

    /** Takes a new root: who may sign what from now on. This repository adds its own signature where its key counts; it must be able to go
     * on signing publishers and snapshots alone.
     * @param document signed by the keys of the old root and those of the new, as far as this repository does not have them; JSON
     * @return how it stands now */
    Summary root(byte[] document);

    /** Takes a statement (yank, revoke) that its publisher or the repository signed, and passes it on.
     * @param statement the signed document, JSON
     * @return the statement as it is kept, signed by the repository too */
    byte[] state(byte[] statement);

    /** Says something against a release in the repository's own name, and passes it on.
     * @param bundle symbolic name
     * @param version bundle version; {@code *} for all
     * @param verb {@code yank} (no new installs) or {@code revoke} (uninstall)
     * @param reason for people, 1 to 500 characters
     * @return the signed statement */
    byte[] state(String bundle, String version, String verb, String reason);

    /**
     * What people must know of a repository.
     *
     * @param name of the repository
     * @param fingerprint of the keys of its first root: what a reader compares before trusting it
     * @param root version of its newest root
     * @param snapshot version of what readers see
     * @param expires when that is too old to install from, unless signed anew before; ISO 8601, UTC
     * @param open whether strangers may read it
     * @param releases how many there are
     */
    record Summary(
            String name,
            String fingerprint,
            long root,
            long snapshot,
            String expires,
            boolean open,
            int releases) {}

    /**
     * An owner of a namespace.
     *
     * @param namespace what it owns
     * @param name for people
     * @param keys public keys that count
     * @param threshold how many must sign
     * @param pending public keys that count once its releases are signed with them; empty if none
     * @param releases how many it published
     */
    record Publisher(
            String namespace,
            String name,
            Set<String> keys,
            int threshold,
            Set<String> pending,
            int releases) {}

    /**
     * A jar that was taken.
     *
     * @param sha256 hex
     * @param length in bytes
     * @param bundle symbolic name
     * @param version bundle version
     * @param scan {@code passed} or {@code findings}; what blocks is refused
     * @param findings for people, the worst first
     */
    record Jar(
            String sha256,
            long length,
            String bundle,
            String version,
            String scan,
            List<String> findings) {}

    /**
     * What was published.
     *
     * @param namespace of the publisher
     * @param version of its document
     * @param releases what is new, {@code bundle/version}
     * @param snapshot version of what readers see now
     */
    record Publication(
            String namespace,
            long version,
            @JsonProperty("published") List<String> releases,
            long snapshot) {}
}
