package dev.weft.skill.repository;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A repository whose every signature was good. Immutable.
 *
 * @param root the newest root
 * @param snapshot what it was read from
 * @param publishers who owns what
 * @param releases all that was ever published, by namespace
 * @param statements yanked and revoked
 * @param indexes what can be found, by the file of the index that lists it
 */
public record Contents(
        Root root,
        Snapshot snapshot,
        Publishers publishers,
        Map<String, Releases> releases,
        List<Statement> statements,
        Map<String, List<Entry>> indexes) {
    /** The same with more statements.
     * @param more verified ones, such as peers passed on
     * @return these contents, if nothing is new */
    public Contents with(List<Statement> more) {
        Set<Statement> all = new LinkedHashSet<>(statements);
        return all.addAll(more)
                ? new Contents(root, snapshot, publishers, releases, List.copyOf(all), indexes)
                : this;
    }

    /** What can be found.
     * @return all entries; a new list at each call */
    public List<Entry> entries() {
        return indexes.values().stream().flatMap(List::stream).toList();
    }

    /** Whether it is too old to install from; it may still be looked at.
     * @param now the time
     * @return true from the expiry on */
    public boolean expired(Instant now) {
        return root.expired(now) || !now.isBefore(Instant.parse(snapshot.expires()));
    }

    /** What was said against a release.
     * @param release the release
     * @return a revocation, or else a yank, or nothing */
    public Optional<Statement> against(Releases.Release release) {
        return statements.stream()
                .filter(s -> s.covers(release))
                .max(Comparator.comparing(Statement::revokes));
    }
}
