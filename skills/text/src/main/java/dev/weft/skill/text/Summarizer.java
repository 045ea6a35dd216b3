package dev.weft.skill.text;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Chooses the sentences of a text that carry most of its frequent words. Deterministic; writes nothing of its own. */
final class Summarizer {
    private Summarizer() {}

    static Results.Summary summarize(String text, int wanted) {
        List<String> sentences = Words.sentences(text);
        Map<String, Integer> frequencies = Words.frequencies(Words.of(text));
        double[] scores =
                sentences.stream().mapToDouble(sentence -> score(sentence, frequencies)).toArray();
        List<Integer> chosen =
                IntStream.range(0, scores.length)
                        .boxed()
                        .sorted(
                                Comparator.comparingDouble((Integer i) -> -scores[i])
                                        .thenComparing(i -> i))
                        .limit(wanted)
                        .sorted()
                        .toList();
        return new Results.Summary(
                chosen.stream().map(sentences::get).collect(Collectors.joining(" ")),
                chosen.size(),
                sentences.size());
    }

    /** Each word counts once; long sentences must not win by length alone, nor short ones by having one good word. */
    private static double score(String sentence, Map<String, Integer> frequencies) {
        List<String> words = Words.of(sentence);
        int sum =
                new HashSet<>(words)
                        .stream().mapToInt(word -> frequencies.getOrDefault(word, 0)).sum();
        return sum / Math.sqrt(words.size() + 4.0);
    }
}
