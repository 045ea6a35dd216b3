package dev.weft.catalog;

import dev.weft.api.catalog.Repository;
import dev.weft.skill.repository.Contents;
import dev.weft.skill.repository.Entry;
import dev.weft.skill.repository.Policy;
import dev.weft.skill.repository.Publishers;
import dev.weft.skill.repository.SkillSearch;
import dev.weft.skill.repository.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Filter;
import org.osgi.framework.Version;

/** A repository as it is held in memory. Immutable, but for what it remembers of questions; thread-safe. */
final class Held {
    private final Kept kept;
    private final Contents read;
    private final Contents contents;
    private final SkillSearch search;
    private final String problem;
    private final Map<String, List<Capability>> capabilities = new ConcurrentHashMap<>();
    private final Map<String, Optional<Publishers.Publisher>> owners = new ConcurrentHashMap<>();

    /** What is on disk.
     * @param refreshed ISO 8601, UTC; "" if it was never read */
    record Kept(
            String name,
            String address,
            String fingerprint,
            int priority,
            String policy,
            String refreshed) {}

    private record Capability(Entry entry, Map<String, Object> attributes) {}

    /** Begins with what the repository says alone.
     * @param contents null if it was never read
     * @param problem "" if there is none */
    Held(Kept kept, Contents contents, String problem) {
        this(kept, contents, List.of(), problem);
    }

    /** Begins.
     * @param read null if it was never read
     * @param said what peers say against its releases, also if the repository itself does not
     * @param problem "" if there is none */
    Held(Kept kept, Contents read, List<Statement> said, String problem) {
        this.kept = kept;
        this.read = read;
        this.problem = problem;
        contents = read == null ? null : read.with(said);
        search = contents == null ? null : new SkillSearch(contents);
    }

    private Held(Held same, Kept kept, String problem) {
        this.kept = kept;
        this.problem = problem;
        read = same.read;
        contents = same.contents;
        search = same.search;
    }

    /** What was read anew; what did not change is not indexed again. */
    Held refreshed(Kept now, Contents anew, List<Statement> said) {
        boolean same = anew == read && contents.with(said) == contents;
        return same ? new Held(this, now, "") : new Held(now, anew, said, "");
    }

    /** The same state, after peers said something against releases of it. */
    Held amended(List<Statement> said) {
        return read == null ? this : new Held(kept, read, said, problem);
    }

    /** The same state, which could not be read anew. */
    Held failed(String why) {
        return new Held(this, kept, why);
    }

    Kept kept() {
        return kept;
    }

    String name() {
        return kept.name();
    }

    boolean isReadable() {
        return contents != null;
    }

    Contents contents() {
        return contents;
    }

    SkillSearch search() {
        return search;
    }

    String problem() {
        return problem;
    }

    Policy policy() {
        return policy(kept.policy());
    }

    boolean expired(Instant now) {
        return contents != null && contents.expired(now);
    }

    Optional<Publishers.Publisher> owner(String bundle) {
        return owners.computeIfAbsent(bundle, contents.publishers()::owner);
    }

    /** Releases that offer something, and that nothing was said against.
     * @return of each bundle the newest */
    List<Entry> offering(String namespace, Filter filter) {
        if (contents == null) {
            return List.of();
        }
        Map<String, Entry> best = new HashMap<>();
        for (Capability offer : capabilities.computeIfAbsent(namespace, this::capabilities)) {
            if ((filter == null || filter.matches(offer.attributes()))
                    && search.against(offer.entry()).isEmpty()) {
                best.merge(offer.entry().release().bundle(), offer.entry(), Held::newer);
            }
        }
        return new ArrayList<>(best.values());
    }

    private static Entry newer(Entry one, Entry other) {
        return version(one).compareTo(version(other)) >= 0 ? one : other;
    }

    static Version version(Entry entry) {
        return Version.parseVersion(entry.release().version());
    }

    private List<Capability> capabilities(String namespace) {
        List<Capability> all = new ArrayList<>();
        for (Entry entry : contents.entries()) {
            for (Entry.Clause clause : entry.clauses()) {
                if (clause.capability() && clause.namespace().equals(namespace)) {
                    all.add(new Capability(entry, typed(clause.attributes())));
                }
            }
        }
        return all;
    }

    /** The index tells all attributes as text; versions are compared as versions. */
    static Map<String, Object> typed(Map<String, String> attributes) {
        Map<String, Object> typed = new HashMap<>(attributes);
        typed.replaceAll(
                (name, value) ->
                        name.equals("version") || name.equals("bundle-version")
                                ? version((String) value)
                                : value);
        return typed;
    }

    private static Object version(String text) {
        try {
            return Version.parseVersion(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** Reads the name of a policy.
     * @return empty if there is none of that name */
    static Optional<Policy> find(String policy) {
        return switch (policy) {
            case "signed-by-trusted" -> Optional.of(Policy.SIGNED_BY_TRUSTED);
            case "ask" -> Optional.of(Policy.ASK);
            default -> Optional.empty();
        };
    }

    private static Policy policy(String name) {
        return find(name).orElse(Policy.SIGNED_BY_TRUSTED);
    }

    /** As others see it. */
    Repository view(Trust trust, Instant now) {
        if (contents == null) {
            return view(0, "", false, 0, List.of());
        }
        List<Repository.Publisher> publishers =
                contents.publishers().publishers().stream()
                        .map(p -> publisher(trust, p))
                        .sorted(Comparator.comparing(Repository.Publisher::namespace))
                        .toList();
        int skills = search.search(SkillSearch.Query.of("")).total();
        return view(
                contents.snapshot().version(),
                contents.snapshot().expires(),
                expired(now),
                skills,
                publishers);
    }

    private Repository view(
            long snapshot,
            String expires,
            boolean expired,
            int skills,
            List<Repository.Publisher> publishers) {
        return new Repository(
                name(),
                kept.address(),
                kept.fingerprint(),
                kept.priority(),
                kept.policy(),
                snapshot,
                expires,
                expired,
                kept.refreshed(),
                problem,
                skills,
                publishers);
    }

    Repository.Publisher publisher(Trust trust, Publishers.Publisher publisher) {
        return new Repository.Publisher(
                publisher.namespace(),
                publisher.name(),
                publisher.role().fingerprint(),
                trust.trusts(name(), publisher));
    }
}
