package dev.weft.skill.repository;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Version;

/**
 * A repository whose every signature was good. Immutable.
 *
 * @param root the newest root
 * @param snapshot what it was read from
 * @param publishers who owns what
 * @param releases all releases by {@code bundle/version}
 * @param statements yanked and revoked
 * @param entries what can be found, in the order of the index
 * @param files the bytes it was read from, by name: what a copy must hold
 */
record Contents(
        Root root,
        Snapshot snapshot,
        Publishers publishers,
        Map<String, Releases> releases,
        List<Statement> statements,
        List<Entry> entries,
        Map<String, byte[]> files) {
    /** Whether it is too old to install from; it may still be looked at. */
    boolean expired(Instant now) {
        return root.expired(now) || !now.isBefore(Instant.parse(snapshot.expires()));
    }

    /** What was said against a release; revoked before yanked. */
    Optional<Statement> against(Releases.Release release) {
        return statements.stream()
                .filter(s -> s.covers(release))
                .max(Comparator.comparing(Statement::revokes));
    }

    /** Finds a skill or bundle.
     * @param name skill id or symbolic name
     * @param version "" for the newest that nothing was said against */
    Optional<Entry> find(String name, String version) {
        return entries.stream()
                .filter(
                        e ->
                                e.release().bundle().equals(name)
                                        || e.skills().stream().anyMatch(s -> s.id().equals(name)))
                .filter(
                        e ->
                                version.isEmpty()
                                        ? against(e.release()).isEmpty()
                                        : e.release().version().equals(version))
                .max(Comparator.comparing(e -> Version.parseVersion(e.release().version())));
    }

    /** Every skill whose id, title, description or bundle holds all words, in any case; newest versions only. */
    List<Entry> search(String words, int most) {
        String[] wanted = words.strip().toLowerCase(Locale.ROOT).split("\\s+");
        return entries.stream()
                .filter(e -> !e.skills().isEmpty() && matches(e, wanted))
                .filter(e -> find(e.release().bundle(), "").filter(e::equals).isPresent())
                .limit(most)
                .toList();
    }

    private static boolean matches(Entry entry, String[] wanted) {
        String text = (entry.release().bundle() + " " + entry.skills()).toLowerCase(Locale.ROOT);
        for (String word : wanted) {
            if (!text.contains(word)) {
                return false;
            }
        }
        return true;
    }
}
