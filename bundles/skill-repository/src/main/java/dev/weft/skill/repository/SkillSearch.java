package dev.weft.skill.repository;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Version;

/**
 * Finds skills in one verified repository by words and by what they are. What is ranked is where a word stands: in the id, the title, the
 * description or the name of the bundle; nothing counts how often something was installed, so nothing can be bought. Immutable and
 * thread-safe: make a new one after each refresh.
 */
public final class SkillSearch {
    /** Most hits of one answer. */
    public static final int MAX_HITS = 1000;

    /**
     * What is looked for; a filter that is empty lets everything through.
     *
     * @param text words that must all be there, as words or as their beginnings; "" for all skills
     * @param publisher namespace of the publisher
     * @param permission a permission that the skill declares
     * @param platform where it must run
     * @param most how many hits are wanted, 1 to 1000
     */
    public record Query(
            String text,
            Optional<String> publisher,
            Optional<String> permission,
            Optional<Platform> platform,
            int most) {
        /** Checks the fields. */
        public Query {
            Check.check(most >= 1 && most <= MAX_HITS, "a search gives 1 to " + MAX_HITS + " hits");
            Check.check(text.length() <= 1000, "a search has at most 1000 characters");
        }

        /** Words without a filter.
         * @param text what is looked for
         * @return the query for the best 50 */
        public static Query of(String text) {
            return new Query(text, Optional.empty(), Optional.empty(), Optional.empty(), 50);
        }
    }

    /**
     * A skill that was found.
     *
     * @param entry the newest release that nothing was said against
     * @param skill the skill of it
     * @param rank the higher the better; comparable between repositories
     */
    public record Hit(Entry entry, Entry.Card skill, int rank) {}

    /**
     * The answer.
     *
     * @param hits the best first; equal ones by id and bundle
     * @param total how many there are, if more than wanted
     */
    public record Result(List<Hit> hits, int total) {}

    private static final Comparator<Hit> ORDER =
            Comparator.comparing((Hit h) -> h.skill().id())
                    .thenComparing(h -> h.entry().release().bundle());

    private final Hit[] skills;
    private final WordIndex words;
    private final Map<String, BitSet> publishers = new HashMap<>();
    private final Map<String, BitSet> permissions = new HashMap<>();
    private final Map<List<String>, BitSet> requirements = new HashMap<>();
    private final Map<String, List<Entry>> versions = new HashMap<>();
    private final Map<String, List<String>> bundles = new HashMap<>();
    private final Map<String, List<Statement>> statements = new HashMap<>();

    /** Reads all entries once.
     * @param contents a verified repository */
    public SkillSearch(Contents contents) {
        for (Statement statement : contents.statements()) {
            statements.computeIfAbsent(statement.bundle(), b -> new ArrayList<>()).add(statement);
        }
        for (Entry entry : contents.entries()) {
            versions.computeIfAbsent(entry.release().bundle(), b -> new ArrayList<>()).add(entry);
        }
        List<Hit> all = new ArrayList<>();
        for (List<Entry> releases : versions.values()) {
            releases.sort(Comparator.comparing(SkillSearch::version).reversed());
            for (Entry entry : releases) {
                for (Entry.Card skill : entry.skills()) {
                    List<String> names =
                            bundles.computeIfAbsent(skill.id(), id -> new ArrayList<>(1));
                    if (!names.contains(entry.release().bundle())) {
                        names.add(entry.release().bundle());
                    }
                }
            }
            newest(releases).ifPresent(e -> e.skills().forEach(s -> all.add(new Hit(e, s, 0))));
        }
        all.sort(ORDER);
        skills = all.toArray(Hit[]::new);
        WordIndex.Builder builder = new WordIndex.Builder();
        for (int i = 0; i < skills.length; i++) {
            add(i, contents.publishers(), builder);
        }
        words = builder.build(skills.length);
    }

    private void add(int number, Publishers owners, WordIndex.Builder builder) {
        Entry entry = skills[number].entry();
        Entry.Card skill = skills[number].skill();
        String bundle = entry.release().bundle();
        builder.add(number, skill.id(), WordIndex.ID);
        builder.add(number, skill.title(), WordIndex.TITLE);
        builder.add(number, skill.description(), WordIndex.DESCRIPTION);
        builder.add(number, bundle, WordIndex.BUNDLE);
        owners.owner(bundle)
                .ifPresent(
                        owner -> {
                            builder.add(number, owner.name(), WordIndex.BUNDLE);
                            set(publishers, owner.namespace(), number);
                        });
        skill.permissions().forEach(p -> set(permissions, p, number));
        set(requirements, Platform.requirements(entry), number);
    }

    private static <K> void set(Map<K, BitSet> map, K key, int number) {
        map.computeIfAbsent(key, k -> new BitSet()).set(number);
    }

    /** Searches.
     * @param query what for
     * @return what was found */
    public Result search(Query query) {
        BitSet wanted = new BitSet(skills.length);
        wanted.set(0, skills.length);
        query.publisher().ifPresent(p -> wanted.and(publishers.getOrDefault(p, new BitSet())));
        query.permission().ifPresent(p -> wanted.and(permissions.getOrDefault(p, new BitSet())));
        query.platform()
                .ifPresent(
                        platform ->
                                requirements.forEach(
                                        (filters, numbers) -> {
                                            if (!platform.meets(filters)) {
                                                wanted.andNot(numbers);
                                            }
                                        }));
        int[] ranks = words.rank(query.text(), wanted);
        long[] best = // rank downwards, then number upwards, which is the order of names
                wanted.stream()
                        .mapToLong(n -> ((long) (Integer.MAX_VALUE - ranks[n]) << 32) | n)
                        .toArray();
        Arrays.sort(best);
        List<Hit> hits = new ArrayList<>(Math.min(best.length, query.most()));
        for (int i = 0; i < Math.min(best.length, query.most()); i++) {
            int number = (int) best[i];
            hits.add(new Hit(skills[number].entry(), skills[number].skill(), ranks[number]));
        }
        return new Result(List.copyOf(hits), best.length);
    }

    /** Finds one release.
     * @param name skill id or symbolic name; a skill id that several bundles offer finds nothing
     * @param version bundle version; "" for the newest that nothing was said against
     * @return the entry, if there is just one */
    public Optional<Entry> find(String name, String version) {
        List<String> names =
                versions.containsKey(name) ? List.of(name) : bundles.getOrDefault(name, List.of());
        if (names.size() != 1) {
            return Optional.empty();
        }
        List<Entry> all = versions(names.get(0));
        return version.isEmpty()
                ? newest(all)
                : all.stream().filter(e -> e.release().version().equals(version)).findFirst();
    }

    /** The bundles that offer a skill.
     * @param skill its id
     * @return symbolic names; more than one if publishers chose the same id: then a person must say which */
    public List<String> bundles(String skill) {
        return List.copyOf(bundles.getOrDefault(skill, List.of()));
    }

    /** All releases of a bundle, also those that something was said against.
     * @param bundle symbolic name
     * @return the newest first; empty if there is none */
    public List<Entry> versions(String bundle) {
        return List.copyOf(versions.getOrDefault(bundle, List.of()));
    }

    /** What was said against a release.
     * @param entry the release
     * @return a revocation, or else a yank, or nothing */
    public Optional<Statement> against(Entry entry) {
        return statements.getOrDefault(entry.release().bundle(), List.of()).stream()
                .filter(s -> s.covers(entry.release()))
                .max(Comparator.comparing(Statement::revokes));
    }

    private Optional<Entry> newest(List<Entry> newestFirst) {
        return newestFirst.stream().filter(e -> against(e).isEmpty()).findFirst();
    }

    private static Version version(Entry entry) {
        return Version.parseVersion(entry.release().version());
    }
}
