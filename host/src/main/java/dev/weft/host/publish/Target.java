package dev.weft.host.publish;

import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A repository that somebody publishes to: a folder, or a registry's. */
public interface Target {
    /**
     * What people must know of it.
     *
     * @param name of the repository
     * @param fingerprint what readers compare before they trust it
     * @param expires until when it is signed; ISO 8601
     * @param releases how many it has
     * @param publishers who may publish
     */
    record Summary(
            String name,
            String fingerprint,
            String expires,
            int releases,
            List<Owner> publishers) {}

    /**
     * A publisher.
     *
     * @param namespace what it owns
     * @param keys public keys that count
     * @param pending public keys that count once its releases are signed with them
     * @param releases how many it published
     */
    record Owner(String namespace, Set<String> keys, Set<String> pending, int releases) {}

    /** What people must know of it.
     * @return the summary
     * @throws IOException if it cannot be read */
    Summary summary() throws IOException;

    /** What a publisher published.
     * @param namespace whose
     * @param role keys of which enough must have signed it
     * @return its document; version 0 if there is none
     * @throws IOException if it cannot be read, or others signed it */
    Releases releases(String namespace, Role role) throws IOException;

    /** Which bundle of a publisher offers which skill.
     * @param releases the publisher's
     * @return skill id → symbolic name
     * @throws IOException if it cannot be read */
    Map<String, String> skills(Releases releases) throws IOException;

    /** Publishes.
     * @param document signed by the publisher
     * @param jars the jar of each new release, by digest
     * @return what was found at the jars, for people; nothing that blocks
     * @throws IOException if it is refused */
    List<String> publish(byte[] document, Map<String, Path> jars) throws IOException;

    /** Makes a statement known.
     * @param statement signed by its publisher
     * @throws IOException if it is refused */
    void state(byte[] statement) throws IOException;

    /** Says something in the repository's own name.
     * @param bundle symbolic name
     * @param version bundle version, or {@code *}
     * @param verb yank or revoke
     * @param reason for people
     * @throws IOException if it is refused */
    void state(String bundle, String version, String verb, String reason) throws IOException;

    /** Gives a namespace, or new keys.
     * @param namespace what is given
     * @param keys public keys
     * @param threshold how many must sign
     * @return whether they count at once
     * @throws IOException if it is refused */
    boolean grant(String namespace, Set<String> keys, int threshold) throws IOException;

    /** Takes a namespace away.
     * @param namespace which
     * @throws IOException if nobody has it */
    void withdraw(String namespace) throws IOException;

    /** The newest root.
     * @return what it says
     * @throws IOException if it cannot be read */
    Root root() throws IOException;

    /** Adds a root.
     * @param document signed as far as keys were given
     * @throws IOException if it is refused */
    void root(byte[] document) throws IOException;
}
