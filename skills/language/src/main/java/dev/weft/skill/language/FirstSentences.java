package dev.weft.skill.language;

import java.text.BreakIterator;
import java.util.Locale;

/** What stands in for a summary where there is no language model: the first sentence of each paragraph, as far as the words go. */
final class FirstSentences {
    private FirstSentences() {}

    static String of(String text, int words) {
        StringBuilder summary = new StringBuilder();
        int left = words;
        for (String paragraph : text.strip().split("\\R\\s*\\R")) {
            BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
            String line = paragraph.strip().replaceAll("\\s+", " ");
            sentences.setText(line);
            String first = line.substring(0, Math.max(0, sentences.following(0))).strip();
            String[] all = first.split(" ");
            if (summary.length() > 0 && all.length > left) {
                break;
            }
            if (all.length > left) {
                first = String.join(" ", java.util.Arrays.copyOf(all, left)) + " …";
            }
            summary.append(summary.length() == 0 ? "" : " ").append(first);
            left -= all.length;
        }
        return summary.toString();
    }
}
