package dev.weft.skill.repository;

import java.text.BreakIterator;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which word stands where: sorted words, and for each the documents with the weight of the field. Immutable. */
final class WordIndex {
    /** Weights of the fields; a whole word counts twice what the beginning of one does. */
    static final int ID = 27;

    static final int TITLE = 9;
    static final int DESCRIPTION = 3;
    static final int BUNDLE = 1;

    private static final int MAX_WORD = 64;
    private static final int MAX_QUERY_WORDS = 16;

    private final String[] words;
    private final int[][] places; // document << 8 | weight
    private final int documents;

    private WordIndex(String[] words, int[][] places, int documents) {
        this.words = words;
        this.places = places;
        this.documents = documents;
    }

    /** Ranks documents that hold all words.
     * @param text the words
     * @param wanted which documents count; those without all words are taken out
     * @return rank by document */
    int[] rank(String text, BitSet wanted) {
        int[] ranks = new int[documents];
        List<String> query = split(text);
        if (query.isEmpty() && !text.isBlank()) {
            wanted.clear(); // signs only: nothing holds them
        }
        for (String word : query.subList(0, Math.min(query.size(), MAX_QUERY_WORDS))) {
            int[] best = new int[documents];
            BitSet found = new BitSet(documents);
            int from = Arrays.binarySearch(words, word);
            for (int w = from < 0 ? -from - 1 : from;
                    w < words.length && words[w].startsWith(word);
                    w++) {
                int factor = w == from ? 2 : 1;
                for (int place : places[w]) {
                    int document = place >>> 8;
                    found.set(document);
                    best[document] = Math.max(best[document], (place & 0xff) * factor);
                }
            }
            wanted.and(found);
            for (int i = 0; i < documents; i++) {
                ranks[i] += best[i];
            }
        }
        return ranks;
    }

    /** Words without case and marks; scripts without spaces between words are cut by the JDK's word boundaries. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        if (!plainWords(text, words)) {
            words.clear();
            anyWords(text, words);
        }
        return words;
    }

    /** The short way for text that is ASCII only.
     * @return false if it is not */
    private static boolean plainWords(String text, List<String> words) {
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ' ';
            if (c >= 0x80) {
                return false;
            }
            boolean part = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (part && start < 0) {
                start = i;
            } else if (!part && start >= 0) {
                String word = text.substring(start, Math.min(i, start + MAX_WORD));
                words.add(word.toLowerCase(Locale.ROOT));
                start = -1;
            }
        }
        return true;
    }

    private static void anyWords(String text, List<String> words) {
        String plain =
                Normalizer.normalize(text, Normalizer.Form.NFKD)
                        .replaceAll("\\p{Mn}+", "")
                        .toLowerCase(Locale.ROOT);
        BreakIterator cuts = BreakIterator.getWordInstance(Locale.ROOT);
        cuts.setText(plain);
        int start = cuts.first();
        for (int end = cuts.next(); end != BreakIterator.DONE; start = end, end = cuts.next()) {
            for (String word : plain.substring(start, end).split("[^\\p{L}\\p{N}]+")) {
                if (!word.isEmpty()) {
                    words.add(word.length() > MAX_WORD ? word.substring(0, MAX_WORD) : word);
                }
            }
        }
    }

    /** Collects words of one document after the other. Not thread-safe. */
    static final class Builder {
        private final Map<String, Places> words = new HashMap<>();

        void add(int document, String text, int weight) {
            for (String word : split(text)) {
                words.computeIfAbsent(word, w -> new Places()).add(document, weight);
            }
        }

        WordIndex build(int documents) {
            String[] sorted = words.keySet().toArray(String[]::new);
            Arrays.sort(sorted);
            int[][] places = new int[sorted.length][];
            for (int i = 0; i < sorted.length; i++) {
                Places own = words.get(sorted[i]);
                places[i] = Arrays.copyOf(own.places, own.size);
            }
            return new WordIndex(sorted, places, documents);
        }
    }

    /** Documents in order, each with the highest weight. */
    private static final class Places {
        private int[] places = new int[2];
        private int size;

        void add(int document, int weight) {
            int place = document << 8 | weight;
            if (size > 0 && places[size - 1] >>> 8 == document) {
                places[size - 1] = Math.max(places[size - 1], place);
                return;
            }
            if (size == places.length) {
                places = Arrays.copyOf(places, size * 2);
            }
            places[size++] = place;
        }
    }
}
