package dev.weft.llm.rules;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Chooses the tool whose words the prompt shares most. Rare words count more than common ones; the name counts most. */
final class Choice {
    private static final double NAME = 3;
    private static final double DESCRIPTION = 2;
    private static final double PARAMETER = 1;
    private static final double SYNONYM = 0.7;
    private static final double VERBOSITY = 0.02;
    private static final double NEEDED_COVERAGE = 0.34;

    private record Scored(ToolSpecification tool, double score, double coverage) {}

    private final List<Map<String, Double>> weights;
    private final List<ToolSpecification> tools;

    /** Reads the tools.
     * @param tools what is on offer */
    Choice(List<ToolSpecification> tools) {
        this.tools = tools;
        this.weights = tools.stream().map(Choice::weights).toList();
    }

    /** The tool that fits a prompt best.
     * @param prompt what is asked
     * @return empty if none fits well enough */
    Optional<ToolSpecification> best(Prompt prompt) {
        Set<String> query = query(prompt);
        return IntStream.range(0, tools.size())
                .mapToObj(index -> score(index, query, prompt))
                .filter(scored -> scored.coverage >= NEEDED_COVERAGE)
                .max(
                        Comparator.comparingDouble(Scored::score)
                                .thenComparing(
                                        scored -> scored.tool.name(), Comparator.reverseOrder()))
                .map(Scored::tool);
    }

    /** Every stem that some tool's texts have.
     * @return stems */
    Set<String> vocabulary() {
        Set<String> vocabulary = new HashSet<>();
        weights.forEach(words -> vocabulary.addAll(words.keySet()));
        return vocabulary;
    }

    private Set<String> query(Prompt prompt) {
        Set<String> names = new HashSet<>();
        tools.forEach(
                tool ->
                        Arguments.agents(tool)
                                .ifPresent(agents -> names.addAll(prompt.named(agents.values()))));
        String instruction = prompt.instruction();
        for (String name : names) {
            instruction =
                    instruction.replaceAll(
                            "(?i)(?<![\\w.-])" + Pattern.quote(name) + "(?![\\w-])", " ");
        }
        Set<String> query = Words.of(instruction);
        query.removeIf(word -> word.chars().allMatch(Character::isDigit));
        return query;
    }

    private Scored score(int index, Set<String> query, Prompt prompt) {
        double score = 0;
        double matched = 0;
        double total = 0;
        for (String word : query) {
            double weight = weight(weights.get(index), word);
            score += weight * rarity(word) * (word.equals(Words.WEAK) ? 0.2 : 1);
            matched += weight > 0 ? 1 : 0;
            // "space" where no tool knows of disks: what is asked for is not here, however well the
            // other words fit.
            total += having(word) == 0 && Words.hasMeaning(word) ? 2 : 1;
        }
        ToolSpecification tool = tools.get(index);
        boolean fits = Arguments.fitsShape(tool, prompt);
        double coverage = total == 0 ? 0 : matched / total;
        // Of two tools that know the same words, the one that speaks of less else is meant.
        long spoken =
                weights.get(index).values().stream()
                        .filter(weight -> weight >= DESCRIPTION)
                        .count();
        double focus = 1 + spoken * VERBOSITY;
        return new Scored(tool, (fits ? score : score * 0.5) / focus, coverage);
    }

    private double rarity(String word) {
        return Math.log(1 + (double) tools.size() / Math.max(1, having(word)));
    }

    private long having(String word) {
        return weights.stream().filter(words -> weight(words, word) > 0).count();
    }

    private static double weight(Map<String, Double> words, String word) {
        Double exact = words.get(word);
        if (exact != null) {
            return exact;
        }
        return words.entrySet().stream()
                .filter(entry -> Words.related(word, entry.getKey()))
                .mapToDouble(entry -> SYNONYM * entry.getValue())
                .max()
                .orElse(0);
    }

    private static Map<String, Double> weights(ToolSpecification tool) {
        Map<String, Double> weights = new HashMap<>();
        add(weights, Words.of(tool.name()), NAME);
        // A line about which hosts offer the tool tells nothing about what it does.
        add(
                weights,
                Words.of(
                        tool.description() == null
                                ? ""
                                : tool.description()
                                        .lines()
                                        .filter(line -> !line.startsWith("Offered by"))
                                        .reduce("", (one, two) -> one + " " + two)),
                DESCRIPTION);
        if (tool.parameters() != null) {
            for (Map.Entry<String, JsonSchemaElement> parameter :
                    tool.parameters().properties().entrySet()) {
                if (!Arguments.isAgent(parameter.getKey())) {
                    add(weights, Words.of(parameter.getKey()), PARAMETER);
                    String description = parameter.getValue().description();
                    add(weights, Words.of(description == null ? "" : description), PARAMETER / 2);
                }
            }
        }
        return weights;
    }

    private static void add(Map<String, Double> weights, Collection<String> words, double weight) {
        words.forEach(word -> weights.merge(word, weight, Math::max));
    }
}
