package dev.weft.skill.text;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes text apart. The same text gives the same parts on every machine: the locale is fixed. */
final class Words {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’][\\p{L}\\p{N}]+)*");

    /** So common that they say nothing about what a text is about. */
    private static final Set<String> COMMON =
            Set.of(
                    ("a about after all also an and any are as at be because been but by can could did do does for from had has have he her his how i if in into is "
                                    + "it its just like may me more most my no not of on one only or other our out over she so some such than that the their them then there these "
                                    + "they this to up us was we were what when where which while who will with would you your")
                            .split(" "));

    private Words() {}

    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group().toLowerCase(Locale.ROOT));
        }
        return words;
    }

    static boolean isCommon(String word) {
        return word.length() == 1 || COMMON.contains(word);
    }

    /** How often each word occurs that says something. */
    static Map<String, Integer> frequencies(List<String> words) {
        Map<String, Integer> counts = new HashMap<>();
        words.stream()
                .filter(word -> !isCommon(word))
                .forEach(word -> counts.merge(word, 1, Integer::sum));
        return counts;
    }

    static List<String> sentences(String text) {
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        List<String> sentences = new ArrayList<>();
        for (String paragraph :
                text.split(
                        "\\R\\s*\\R")) { // a heading without a full stop is a sentence of its own
            breaks.setText(paragraph);
            int start = breaks.first();
            for (int end = breaks.next();
                    end != BreakIterator.DONE;
                    start = end, end = breaks.next()) {
                String sentence = paragraph.substring(start, end).strip().replaceAll("\\s+", " ");
                if (!sentence.isEmpty()) {
                    sentences.add(sentence);
                }
            }
        }
        return sentences;
    }
}
