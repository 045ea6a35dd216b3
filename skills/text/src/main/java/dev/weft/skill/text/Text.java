package dev.weft.skill.text;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Works on text alone; deterministic, no model and no network. */
@Skill(
        id = "text",
        title = "Text tools",
        description =
                "Statistics, extractive summary, comparison and regular-expression search of text")
@Component(service = SkillService.class)
public final class Text implements SkillService {
    private static final int MAX_CHARACTERS = 2_000_000;
    private static final int MAX_RESULTS = 1000;
    private static final long SEARCH_MILLIS = 2000;

    /** Needs nothing. */
    @Activate
    public Text() {}

    /** Counts.
     * @param text any text
     * @return the counts */
    @Tool(
            "Counts of a text: characters, words, sentences, lines, paragraphs, and its most frequent words")
    public Results.Statistics statistics(@P("the text") String text) {
        check(text);
        List<String> words = Words.of(text);
        double letters =
                words.stream().mapToInt(word -> word.codePointCount(0, word.length())).sum();
        int paragraphs =
                (int)
                        Arrays.stream(text.split("\\R\\s*\\R"))
                                .filter(block -> !block.isBlank())
                                .count();
        List<Results.WordCount> frequent =
                Words.frequencies(words).entrySet().stream()
                        .sorted(
                                Map.Entry.<String, Integer>comparingByValue(
                                                Comparator.reverseOrder())
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .limit(10)
                        .map(entry -> new Results.WordCount(entry.getKey(), entry.getValue()))
                        .toList();
        return new Results.Statistics(
                text.codePointCount(0, text.length()),
                words.size(),
                new HashSet<>(words).size(),
                Words.sentences(text).size(),
                (int) text.lines().count(),
                paragraphs,
                words.isEmpty() ? 0 : Math.round(10 * letters / words.size()) / 10.0,
                frequent);
    }

    /** Summarises.
     * @param text any text
     * @param sentences how many to choose
     * @return the chosen sentences */
    @Tool("Summary of a text: its most telling sentences, word for word and in their order")
    public Results.Summary summary(
            @P("the text") String text,
            @P(value = "how many sentences, 1 to 50", defaultValue = "3") int sentences) {
        check(text);
        if (sentences < 1 || sentences > 50) {
            throw new IllegalArgumentException("sentences must be 1 to 50, got " + sentences);
        }
        return Summarizer.summarize(text, sentences);
    }

    /** Compares.
     * @param before the old text
     * @param after the new text
     * @return what changed */
    @Tool("Differences between two texts, line by line, as a unified diff")
    public Results.Difference diff(
            @P("the old text") String before, @P("the new text") String after) {
        check(before);
        check(after);
        return Comparison.compare(before, after);
    }

    /** Searches.
     * @param text any text
     * @param pattern a regular expression
     * @param limit how many matches at most
     * @return the matches
     * @throws InterruptedException if canceled */
    @Tool("Finds where a regular expression matches in a text: line, column and the match")
    public Results.Found search(
            @P("the text") String text,
            @P("a regular expression (Java syntax); ^ and $ match at lines") String pattern,
            @P(value = "how many matches at most, 1 to 1000", defaultValue = "100") int limit)
            throws InterruptedException {
        check(text);
        if (limit < 1 || limit > MAX_RESULTS) {
            throw new IllegalArgumentException(
                    "limit must be 1 to " + MAX_RESULTS + ", got " + limit);
        }
        return Search.find(text, pattern, limit, SEARCH_MILLIS);
    }

    private static void check(String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a text may have " + MAX_CHARACTERS + " characters, got " + text.length());
        }
    }
}
