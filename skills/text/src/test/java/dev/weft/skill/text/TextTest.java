package dev.weft.skill.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTest {
    private static final String STORY =
            """
            The lighthouse stands on a rock. Every night the keeper lights the lamp of the lighthouse.

            Ships see the lamp and keep away from the rock. Gulls sleep. The keeper likes tea!
            """;
    private final Text text = new Text();

    @TempDir Path folder;

    @Test
    void statistics_count_what_people_count() {
        Results.Statistics counts = text.statistics(STORY);
        assertEquals(5, counts.sentences());
        assertEquals(2, counts.paragraphs());
        assertEquals(3, counts.lines());
        assertEquals(32, counts.words());
        assertEquals(new Results.WordCount("keeper", 2), counts.frequentWords().get(0));
        assertEquals(
                List.of("keeper", "lamp", "lighthouse", "rock"),
                counts.frequentWords().stream().limit(4).map(Results.WordCount::word).toList());
        Results.Statistics odd = text.statistics("Don’t 😀 naïve 東京");
        assertEquals(16, odd.characters());
        assertEquals(3, odd.words());
        Results.Statistics empty = text.statistics("");
        assertEquals(new Results.Statistics(0, 0, 0, 0, 0, 0, 0, List.of()), empty);
    }

    @Test
    void a_summary_is_the_telling_sentences_in_their_order() {
        Results.Summary summary = text.summary(STORY, 2);
        assertEquals(
                "Every night the keeper lights the lamp of the lighthouse. Ships see the lamp and keep away from the rock.",
                summary.text());
        assertEquals(2, summary.sentences());
        assertEquals(5, summary.of());
        assertEquals(summary, text.summary(STORY, 2));
        assertEquals(5, text.summary(STORY, 50).sentences());
        assertEquals("", text.summary("  ", 3).text());
        assertThrows(IllegalArgumentException.class, () -> text.summary(STORY, 0));
    }

    @Test
    void a_diff_turns_before_into_after_when_patch_applies_it() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            String before = lines(random, round % 3 > 0);
            String after = lines(random, round % 2 > 0);
            Results.Difference difference = text.diff(before, after);
            Path file = Files.writeString(folder.resolve("file"), before);
            Path patch = Files.writeString(folder.resolve("patch"), difference.diff());
            Process process =
                    new ProcessBuilder("patch", "-s", "-E", file.toString(), patch.toString())
                            .redirectErrorStream(true)
                            .start();
            String said = new String(process.getInputStream().readAllBytes());
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), said + difference.diff());
            assertEquals(
                    after, Files.exists(file) ? Files.readString(file) : "", difference.diff());
        }
    }

    private static String lines(Random random, boolean closed) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i >= 0; i--) {
            text.append("line ").append(random.nextInt(5)).append(i > 0 || closed ? "\n" : "");
        }
        return text.toString();
    }

    @Test
    void a_diff_counts_and_is_empty_for_equal_texts() {
        assertEquals(new Results.Difference(true, 0, 0, ""), text.diff("a\nb\n", "a\nb\n"));
        Results.Difference difference = text.diff("a\nb\nc\n", "a\nB\nc\nd\n");
        assertEquals(2, difference.added());
        assertEquals(1, difference.removed());
        assertEquals(
                "--- before\n+++ after\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n", difference.diff());
        assertFalse(text.diff("a", "a\n").same());
        assertThrows(IllegalArgumentException.class, () -> text.diff("\n".repeat(10_001), "x"));
    }

    @Test
    void texts_without_a_common_line_are_compared_in_time() {
        StringBuilder before = new StringBuilder();
        StringBuilder after = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            before.append("a").append(i).append('\n');
            after.append("b").append(i).append('\n');
        }
        Results.Difference difference =
                assertTimeoutPreemptively(
                        Duration.ofSeconds(60),
                        () -> text.diff(before.toString(), after.toString()));
        assertEquals(5000, difference.added());
    }

    @Test
    void search_finds_lines_and_columns() throws Exception {
        Results.Found found = text.search("one two\ntwo one\n\ntwo", "tw(o)", 100);
        assertEquals(
                List.of(
                        new Results.Match(1, 5, "two", "one two"),
                        new Results.Match(2, 1, "two", "two one"),
                        new Results.Match(4, 1, "two", "two")),
                found.matches());
        assertFalse(found.truncated());
        assertTrue(text.search("aaa", "a", 2).truncated());
        assertEquals(2, text.search("x\nx", "^x$", 9).matches().size());
        assertEquals(List.of(), text.search("", "x", 9).matches());
    }

    @Test
    void hostile_patterns_end_with_an_explanation() {
        String as = "a".repeat(40) + "!";
        String said =
                assertTimeoutPreemptively(
                                Duration.ofSeconds(60),
                                () ->
                                        assertThrows(
                                                IllegalArgumentException.class,
                                                () -> text.search(as, "(.*a){12}b", 10)))
                        .getMessage();
        assertTrue(said.contains("did not finish within 2.0 s"), said);
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> text.search("x", "(", 10))
                        .getMessage()
                        .contains("not a regular expression"));
        assertThrows(IllegalArgumentException.class, () -> text.search("x", "", 10));
        assertThrows(IllegalArgumentException.class, () -> text.search("x", "a".repeat(1001), 10));
        assertThrows(IllegalArgumentException.class, () -> text.search("x", "x", 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> text.search("ab".repeat(500_000), "(a|b)*c", 10));
        assertThrows(IllegalArgumentException.class, () -> text.statistics("x".repeat(2_000_001)));
    }

    @Test
    void a_cancel_stops_a_search() throws Exception {
        Thread.currentThread().interrupt();
        assertThrows(
                InterruptedException.class,
                () -> text.search("a".repeat(40) + "!", "(.*a){12}b", 10));
        Thread.interrupted(); // leaves the thread as it was
    }
}
