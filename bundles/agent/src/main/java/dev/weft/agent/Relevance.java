package dev.weft.agent;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses the tools that a question is about, where there are more than a model does well with. Rare words say more than common ones. */
final class Relevance {
    private static final int SHORTEST_WORD = 3;
    private static final int STEM = 5;

    private Relevance() {}

    /** Chooses.
     * @param question what is asked, and what was asked before
     * @param offers by name
     * @param most how many
     * @return the most relevant, by name; all if there are no more than that */
    static Map<String, Offer> choose(String question, Map<String, Offer> offers, int most) {
        if (offers.size() <= most) {
            return offers;
        }
        Map<String, Set<String>> words = new LinkedHashMap<>();
        offers.forEach(
                (name, offer) ->
                        words.put(name, words(name + " " + offer.specification().description())));
        Map<String, Integer> spread = new HashMap<>();
        words.values().forEach(all -> all.forEach(word -> spread.merge(word, 1, Integer::sum)));
        Set<String> asked = words(question);
        Map<String, Double> scores = new HashMap<>();
        words.forEach(
                (name, all) ->
                        scores.put(
                                name,
                                asked.stream()
                                        .filter(all::contains)
                                        .mapToDouble(
                                                word ->
                                                        Math.log(
                                                                1.0
                                                                        + (double) offers.size()
                                                                                / spread.get(word)))
                                        .sum()));
        List<String> chosen =
                offers.keySet().stream()
                        .sorted(
                                Comparator.comparingDouble((String name) -> -scores.get(name))
                                        .thenComparing(Comparator.naturalOrder()))
                        .limit(most)
                        .toList();
        Collection<String> kept = new HashSet<>(chosen);
        return offers.entrySet().stream()
                .filter(offer -> kept.contains(offer.getKey()))
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                Map.Entry::getValue,
                                (one, other) -> one,
                                LinkedHashMap::new));
    }

    /** The beginnings of words, so that "disks" finds "disk" and "Festplatte" finds "Festplatten". */
    private static Set<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"))
                .filter(word -> word.length() >= SHORTEST_WORD)
                .map(word -> word.substring(0, Math.min(STEM, word.length())))
                .collect(Collectors.toSet());
    }
}
