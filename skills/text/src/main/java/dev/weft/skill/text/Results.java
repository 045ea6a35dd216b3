package dev.weft.skill.text;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** What the tools of this skill answer. */
public final class Results {
    private Results() {}

    /**
     * Counts of a text.
     *
     * @param characters as people count them (code points)
     * @param words runs of letters and digits
     * @param distinctWords different words, case ignored
     * @param sentences sentences
     * @param lines lines
     * @param paragraphs blocks between empty lines
     * @param averageWordLength letters a word, one decimal
     * @param frequentWords the words that occur most, without the most common words of English
     */
    public record Statistics(
            int characters,
            int words,
            @JsonProperty("distinct_words") int distinctWords,
            int sentences,
            int lines,
            int paragraphs,
            @JsonProperty("average_word_length") double averageWordLength,
            @JsonProperty("frequent_words") List<WordCount> frequentWords) {}

    /**
     * A word and how often it occurs.
     *
     * @param word in lower case
     * @param count times
     */
    public record WordCount(String word, int count) {}

    /**
     * A summary.
     *
     * @param text the chosen sentences in their order, separated by blanks
     * @param sentences how many were chosen
     * @param of how many there are
     */
    public record Summary(String text, int sentences, int of) {}

    /**
     * Differences of two texts.
     *
     * @param same whether there are none
     * @param added lines that are new
     * @param removed lines that are gone
     * @param diff unified diff with three lines of context; "" if the texts are the same
     */
    public record Difference(boolean same, int added, int removed, String diff) {}

    /**
     * Places where a pattern matches.
     *
     * @param matches the first ones
     * @param truncated whether there are more
     */
    public record Found(List<Match> matches, boolean truncated) {}

    /**
     * A place where a pattern matches.
     *
     * @param line number of the line, from 1
     * @param column number of the character in the line, from 1
     * @param match what matched
     * @param text the line, shortened
     */
    public record Match(int line, int column, String match, String text) {}
}
