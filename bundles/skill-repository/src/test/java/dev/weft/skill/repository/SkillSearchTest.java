package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.skill.repository.Entry.Card;
import dev.weft.skill.repository.Entry.Clause;
import dev.weft.skill.repository.SkillSearch.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SkillSearchTest {
    private static final String DIGEST = "0".repeat(64);
    private final List<Entry> entries = new ArrayList<>();
    private final List<Statement> statements = new ArrayList<>();

    private void skill(String bundle, String version, Card card, Clause... clauses) {
        entries.add(
                new Entry(
                        new Releases.Release(
                                bundle,
                                version,
                                "jars/x.jar",
                                DIGEST,
                                1,
                                DIGEST,
                                "2026-01-01T00:00:00Z"),
                        List.of(card),
                        List.of(clauses)));
    }

    private static Card card(String id, String title, String description, String... permissions) {
        return new Card(id, title, description, List.of(permissions));
    }

    private static Clause requires(String namespace, String filter) {
        return new Clause(false, namespace, Map.of(), Map.of("filter", filter));
    }

    private SkillSearch search() {
        Role role = Role.of("k");
        return new SkillSearch(
                new Contents(
                        new Root("root", "test", 1, "2027-01-01T00:00:00Z", role, role, role),
                        new Snapshot("snapshot", 1, "2027-01-01T00:00:00Z", Map.of()),
                        new Publishers(
                                "publishers",
                                1,
                                List.of(
                                        new Publishers.Publisher("com.acme", "Acme Ltd", role),
                                        new Publishers.Publisher("org.other", "Other", role))),
                        Map.of(),
                        statements,
                        Map.of("index.xml", entries)));
    }

    private static Query filtered(String publisher, String permission, String platform) {
        return new Query(
                "",
                Optional.ofNullable(publisher),
                Optional.ofNullable(permission),
                Optional.ofNullable(platform).map(Platform::of),
                50);
    }

    private List<String> ids(Query query) {
        return search().search(query).hits().stream().map(h -> h.skill().id()).toList();
    }

    private List<String> ids(String text) {
        return ids(Query.of(text));
    }

    @Test
    void a_word_counts_more_in_the_id_than_in_the_title_than_in_the_description() {
        skill("com.acme.a", "1.0.0", card("a", "A", "Tells of the weather"));
        skill("com.acme.b", "1.0.0", card("b", "Weather", "b"));
        skill("com.acme.c", "1.0.0", card("weather", "C", "c"));
        skill("com.acme.weather", "1.0.0", card("d", "D", "d"));
        skill("com.acme.e", "1.0.0", card("e", "E", "e"));
        assertEquals(List.of("weather", "b", "a", "d"), ids("weather"));
    }

    @Test
    void all_words_must_be_there_as_words_or_beginnings_in_any_case_without_accents() {
        skill("com.acme.a", "1.0.0", card("poems", "Gedichte", "Über Flüsse und Öl"));
        skill("com.acme.b", "1.0.0", card("rivers", "Flüsse", "b"));
        assertEquals(List.of("poems"), ids("FLUSSE gedicht"));
        assertEquals(List.of("rivers", "poems"), ids("flüs"));
        assertEquals(List.of(), ids("gedicht nothing"));
        assertEquals(List.of(), ids("???"));
        assertEquals(List.of("poems", "rivers"), ids(" "));
    }

    @Test
    void words_of_scripts_without_spaces_and_parts_of_ids_are_found() {
        skill("com.acme.a", "1.0.0", card("disk.usage-report", "A", "日本語の単語を数えます"));
        assertEquals(1, ids("usage").size());
        assertEquals(1, ids("report disk").size());
        assertEquals(1, ids("日本語").size());
        assertEquals(0, ids("中国").size());
    }

    @Test
    void publisher_and_permission_filter() {
        skill("com.acme.a", "1.0.0", card("a", "A", "a", "net"));
        skill("com.acme.b", "1.0.0", card("b", "B", "b", "files", "net"));
        skill("org.other.c", "1.0.0", card("c", "C", "c", "net"));
        assertEquals(List.of("a", "b"), ids(filtered("com.acme", null, null)));
        assertEquals(List.of("b"), ids(filtered("com.acme", "files", null)));
        assertEquals(List.of("a", "b", "c"), ids(filtered(null, "net", null)));
        assertEquals(List.of(), ids(filtered("com", null, null)));
        assertEquals(List.of("c"), ids("other"));
    }

    @Test
    void platform_filters_by_what_is_required_of_the_machine() {
        Clause pi =
                requires(
                        "osgi.native",
                        "(&(osgi.native.osname~=linux)(osgi.native.processor~=AArch64))");
        Clause java21 = requires("osgi.ee", "(&(osgi.ee=JavaSE)(version=21))");
        skill("com.acme.any", "1.0.0", card("any", "A", "a"));
        skill("com.acme.pi", "1.0.0", card("pi", "P", "p"), pi);
        skill("com.acme.new", "1.0.0", card("new", "N", "n"), java21);
        skill("com.acme.odd", "1.0.0", card("odd", "O", "o"), requires("osgi.native", "(("));
        assertEquals(List.of("any", "new", "odd", "pi"), ids(filtered(null, null, null)));
        assertEquals(List.of("any", "new", "pi"), ids(filtered(null, null, "linux/arm64")));
        assertEquals(List.of("any", "new", "pi"), ids(filtered(null, null, "linux")));
        assertEquals(List.of("any", "pi"), ids(filtered(null, null, "linux/aarch64/17")));
        assertEquals(List.of("any", "new"), ids(filtered(null, null, "windows/x86-64/25")));
        assertTrue(
                ids(new Query(
                                "",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(Platform.here()),
                                9))
                        .contains("any"));
        for (String bad : List.of("", "a/b/c/d", "linux/arm/x", "lin\u200bux")) {
            assertThrows(IllegalArgumentException.class, () -> Platform.of(bad), bad);
        }
    }

    @Test
    void the_newest_release_that_nothing_was_said_against_is_found_and_versions_shows_all() {
        skill("com.acme.a", "1.9.0", card("a", "A", "old"));
        skill("com.acme.a", "1.10.0", card("a", "A", "good"));
        skill("com.acme.a", "2.0.0", card("a", "A", "bad"));
        statements.add(
                new Statement(
                        "statement",
                        "test",
                        "com.acme.a",
                        "2.0.0",
                        "yank",
                        "broken",
                        "2026-01-02T00:00:00Z"));
        SkillSearch search = search();
        assertEquals("good", search.search(Query.of("a")).hits().get(0).skill().description());
        assertEquals("1.10.0", search.find("a", "").orElseThrow().release().version());
        assertEquals("2.0.0", search.find("a", "2.0.0").orElseThrow().release().version());
        assertEquals("1.9.0", search.find("com.acme.a", "1.9.0").orElseThrow().release().version());
        assertEquals(
                List.of("2.0.0", "1.10.0", "1.9.0"),
                search.versions("com.acme.a").stream().map(e -> e.release().version()).toList());
        assertEquals(
                "broken",
                search.against(search.versions("com.acme.a").get(0)).orElseThrow().reason());
        assertEquals(1, search.search(Query.of("")).total());
    }

    @Test
    void an_id_that_two_publishers_chose_is_not_resolved_by_guessing() {
        skill("com.acme.a", "1.0.0", card("weather", "A", "a"));
        skill("org.other.a", "9.0.0", card("weather", "B", "b"));
        assertEquals(Optional.empty(), search().find("weather", ""));
        assertEquals(
                List.of("com.acme.a", "org.other.a"),
                search().bundles("weather").stream().sorted().toList());
        assertEquals(2, ids("weather").size());
    }

    @Test
    void an_answer_has_as_many_hits_as_wanted_and_says_how_many_there_are() {
        IntStream.range(0, 30)
                .forEach(i -> skill("com.acme.s" + i, "1.0.0", card("s" + i, "Same", "same")));
        SkillSearch.Result result =
                search().search(
                                new Query(
                                        "same",
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        7));
        assertEquals(7, result.hits().size());
        assertEquals(30, result.total());
        assertEquals(
                List.of("s0", "s1", "s10"),
                result.hits().stream().limit(3).map(h -> h.skill().id()).toList());
        assertThrows(
                IllegalArgumentException.class,
                () -> new Query("", Optional.empty(), Optional.empty(), Optional.empty(), 0));
    }
}
