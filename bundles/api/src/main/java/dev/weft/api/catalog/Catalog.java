package dev.weft.api.catalog;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The skills that can be had from repositories, and how they come to this host. Thread-safe. What reads a repository or changes skills
 * blocks, so it is called on a worker; it throws a {@link CatalogProblem} if it is not done.
 */
@ProviderType
public interface Catalog {
    /** The repositories.
     * @return the highest priority first */
    List<Repository> repositories();

    /** Looks at a repository that is not trusted yet. Blocks.
     * @param address where it is
     * @return its name and fingerprint, for a person to compare; nothing of it is kept */
    Repository look(String address);

    /** Begins to read a repository. Blocks.
     * @param address where it is
     * @param fingerprint of its first root, as its owner tells it
     * @param priority -1000 to 1000
     * @param policy {@code signed-by-trusted} or {@code ask}
     * @param trusted namespaces of publishers to trust with the keys that they have now; {@code *} for all
     * @return the repository
     * @throws CatalogProblem also if one of that name is read already: from its own address it is set anew, from another it is refused */
    Repository add(
            String address, String fingerprint, int priority, String policy, List<String> trusted);

    /** Stops reading a repository. What was installed from it stays.
     * @param name its name
     * @return false if there is none */
    boolean remove(String name);

    /** Reads repositories anew. Blocks.
     * @param name of one; "" for all
     * @return how they are now, also those that could not be read: see {@link Repository#problem} */
    List<Repository> refresh(String name);

    /** Trusts a publisher with the keys that it has now.
     * @param repository name
     * @param namespace of the publisher
     * @param fingerprint of its keys, as a person compared it
     * @return how the repository is now */
    Repository trust(String repository, String namespace, String fingerprint);

    /** Trusts a publisher no longer. What was installed stays.
     * @param repository name
     * @param namespace of the publisher
     * @return how the repository is now */
    Repository distrust(String repository, String namespace);

    /** Searches what is at hand; does not block.
     * @param query what for
     * @return the best first, at most 1000; of several repositories that have a bundle, the one that counts */
    List<Listing> search(Listing.Query query);

    /** All about a skill; reads its jar, which may block.
     * @param skill skill id or symbolic name
     * @param version "" for the newest
     * @return empty if no repository has it */
    Optional<Details> details(String skill, String version);

    /** Prepares changes: fetches, compares, scans, resolves, decides. Blocks.
     * @param wish what is wanted
     * @return what would be done */
    Plan plan(Plan.Wish wish);

    /** Does what was planned, all or nothing. Blocks. Progress is told by {@code catalog.progress} events.
     * @param id of the plan
     * @param agreed the plan's {@link Plan#agree}, if a person agreed to its reasons; "" otherwise
     * @param who agrees, for the audit log
     * @return what became of it
     * @throws CatalogProblem kind CONFLICT if the host or the repositories changed since, if somebody must agree first, or if something
     *     else is being changed; kind REFUSED if the answer is no */
    Plan.Outcome apply(String id, String agreed, String who);

    /** What the deploy folder holds, and where it came from.
     * @return ordered by skill */
    List<Installed> installed();

    /** Keeps updates away from a skill, or lets them come by themselves.
     * @param skill skill id
     * @param pinned whether updates leave it as it is; null to leave that as it is
     * @param automatic whether it is updated by itself, if the policy says yes without asking; null to leave that as it is
     * @return how it is now; empty if no file of the deploy folder offers it */
    Optional<Installed> choose(String skill, Boolean pinned, Boolean automatic);

    /** Skills that update themselves, and could not at the last look because a person must agree first.
     * @return ordered by skill */
    List<Waiting> waiting();

    /** What this host has from repositories.
     * @return the content of {@code skills.lock} */
    Lock lock();
}
