package dev.weft.skill.language;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Says which of some labels fit a text. */
@Skill(
        id = "classify",
        title = "Classify",
        description = "Says which of the given labels fit a text",
        permissions = Skill.LLM)
@Component(service = SkillService.class)
public final class Classify implements SkillService {
    private static final int MOST_LABELS = 100;

    /** What fits.
     * @param labels those that fit, the best first; empty if none does
     * @param reason why, in a sentence
     * @param method {@code model}, or {@code words} where there is no language model */
    public record Classification(List<String> labels, String reason, String method) {}

    private final LanguageModel model;

    /** Takes the model.
     * @param model asked for each piece */
    @Activate
    public Classify(@Reference LanguageModel model) {
        this.model = model;
    }

    /** Classifies.
     * @param text the text
     * @param labels the choice
     * @param multiple whether several may fit
     * @param task tells when to stop
     * @return what fits */
    @Tool("Says which of the labels fit a text")
    public Classification classify(
            @P("the text") String text,
            @P("the labels, at most 100, each as a word or as \"word: what it means\"")
                    List<String> labels,
            @P(value = "whether several labels may fit", defaultValue = "false") boolean multiple,
            TaskContext task) {
        Map<String, String> choice = choice(labels);
        Map<String, Integer> votes = new LinkedHashMap<>();
        String reason = "";
        for (String piece : model.pieces(text)) {
            Optional<JsonNode> answer =
                    model.askJson(
                            order(choice, multiple),
                            piece,
                            json -> problem(json, choice.keySet()),
                            task);
            if (answer.isEmpty()) {
                return byWords(text, choice, multiple);
            }
            answer.get()
                    .path("labels")
                    .forEach(label -> votes.merge(label.asText(), 1, Integer::sum));
            reason = reason.isEmpty() ? answer.get().path("reason").asText() : reason;
        }
        return new Classification(best(votes, multiple), reason, "model");
    }

    private static Map<String, String> choice(List<String> labels) {
        Map<String, String> choice = new LinkedHashMap<>();
        for (String label : labels) {
            int colon = label.indexOf(':');
            String name = (colon < 0 ? label : label.substring(0, colon)).strip();
            if (name.isEmpty() || name.length() > 100 || label.length() > 1000) {
                throw new IllegalArgumentException(
                        "a label must have a name of 1 to 100 characters, got \"" + name + "\"");
            }
            choice.put(name, colon < 0 ? "" : label.substring(colon + 1).strip());
        }
        if (choice.size() < 2 || choice.size() > MOST_LABELS) {
            throw new IllegalArgumentException("give 2 to " + MOST_LABELS + " different labels");
        }
        return choice;
    }

    private static String order(Map<String, String> choice, boolean multiple) {
        StringBuilder order =
                new StringBuilder(
                        multiple
                                ? "Choose the labels that fit the text, the best first; none if none fits."
                                : "Choose the one label that fits the text best.");
        order.append(" The labels:\n");
        choice.forEach(
                (name, meaning) ->
                        order.append("- ")
                                .append(name)
                                .append(meaning.isEmpty() ? "" : ": " + meaning)
                                .append('\n'));
        return order.append("The JSON: {\"labels\": [\"…\"], \"reason\": \"one sentence\"}")
                .toString();
    }

    private static String problem(JsonNode answer, Set<String> names) {
        if (!answer.path("labels").isArray()) {
            return "\"labels\" must be a list";
        }
        for (JsonNode label : answer.path("labels")) {
            if (!names.contains(label.asText())) {
                return "there is no label " + label + "; there are " + names;
            }
        }
        return "";
    }

    /** How often the words of a label stand in the text. */
    private static Classification byWords(
            String text, Map<String, String> choice, boolean multiple) {
        List<String> words = words(text);
        Map<String, Integer> votes = new LinkedHashMap<>();
        choice.forEach(
                (name, meaning) -> {
                    Set<String> wanted = new LinkedHashSet<>(words(name + " " + meaning));
                    int hits = (int) words.stream().filter(wanted::contains).count();
                    if (hits > 0) {
                        votes.put(name, hits);
                    }
                });
        return new Classification(
                best(votes, multiple),
                "by the words of the labels in the text, as there is no language model",
                "words");
    }

    private static List<String> best(Map<String, Integer> votes, boolean multiple) {
        return votes.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(multiple ? MOST_LABELS : 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> words(String text) {
        return Arrays.stream(
                        Pattern.compile("[^\\p{L}\\p{N}]+").split(text.toLowerCase(Locale.ROOT)))
                .filter(word -> word.length() > 2)
                .toList();
    }
}
