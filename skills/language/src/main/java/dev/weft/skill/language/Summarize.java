package dev.weft.skill.language;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Makes texts short. */
@Skill(
        id = "summarize",
        title = "Summarize",
        description = "Summarizes a text of any length in its own language",
        permissions = Skill.LLM)
@Component(service = SkillService.class)
public final class Summarize implements SkillService {
    /** A summary.
     * @param text what it says
     * @param method {@code model}, or {@code first_sentences} where there is no language model
     * @param pieces how many pieces the text was read in */
    public record Summary(String text, String method, int pieces) {}

    private final LanguageModel model;

    /** Takes the model.
     * @param model asked for each piece */
    @Activate
    public Summarize(@Reference LanguageModel model) {
        this.model = model;
    }

    /** Summarizes.
     * @param text the text
     * @param maxLength how long the summary may be
     * @param task hears how far it is
     * @return the summary */
    @Tool("Summarizes a text")
    public Summary summarize(
            @P("the text") String text,
            @P(
                            name = "max_length",
                            value = "how many words the summary may have, 10 to 2000",
                            defaultValue = "200")
                    int maxLength,
            TaskContext task) {
        if (maxLength < 10 || maxLength > 2000) {
            throw new IllegalArgumentException("max_length must be 10 to 2000");
        }
        List<String> pieces = model.pieces(text);
        String order =
                "Summarize the text in at most "
                        + maxLength
                        + " words, in its own language. Answer with the summary only.";
        List<String> parts = new ArrayList<>();
        for (String piece : pieces) {
            Optional<String> part = model.ask(order, piece, task);
            if (part.isEmpty()) {
                return new Summary(
                        FirstSentences.of(text, maxLength), "first_sentences", pieces.size());
            }
            parts.add(part.get());
            task.progress((double) parts.size() / (pieces.size() + 1), "read");
        }
        String whole = String.join("\n\n", parts);
        // Summaries of a very long text may need a second reading themselves; each round is
        // shorter.
        while (parts.size() > 1) {
            List<String> next = new ArrayList<>();
            for (String piece : model.pieces(whole)) {
                next.add(
                        model.ask("The text joins summaries of parts. " + order, piece, task)
                                .orElse(piece));
            }
            if (next.size() >= parts.size()) {
                throw new IllegalStateException(
                        "the language model's summaries are not shorter than the text");
            }
            parts = next;
            whole = String.join("\n\n", parts);
        }
        return new Summary(whole, "model", pieces.size());
    }
}
