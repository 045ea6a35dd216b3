package dev.weft.skill.language;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Translates texts. */
@Skill(
        id = "translate",
        title = "Translate",
        description = "Translates a text of any length into another language",
        permissions = Skill.LLM)
@Component(service = SkillService.class)
public final class Translate implements SkillService {
    private final LanguageModel model;

    /** Takes the model.
     * @param model asked for each piece */
    @Activate
    public Translate(@Reference LanguageModel model) {
        this.model = model;
    }

    /** Translates; each piece is sent ahead.
     * @param text the text
     * @param to the language
     * @param from its language
     * @param task hears the pieces
     * @return the translation */
    @Tool("Translates a text; line breaks and marks such as Markdown stay")
    public String translate(
            @P("the text") String text,
            @P("the language to translate into, such as German or pt-BR") String to,
            @P("the language of the text, if it is not plain to see") Optional<String> from,
            TaskContext task) {
        if (to.isBlank() || to.length() > 60 || from.orElse("").length() > 60) {
            throw new IllegalArgumentException("to and from must name languages");
        }
        List<String> pieces = model.pieces(text);
        String order =
                "Translate the text into "
                        + to
                        + from.map(language -> " from " + language).orElse("")
                        + ". Keep line breaks and markup. Answer with the translation only.";
        StringBuilder translation = new StringBuilder();
        for (int i = 0; i < pieces.size(); i++) {
            String piece = pieces.get(i);
            String translated =
                    model.ask(order, piece, task)
                            .orElseThrow(
                                    () ->
                                            new IllegalStateException(
                                                    "translating needs a language model, and this host has only its offline rules; set up a provider"));
            // The seam belongs to the pieces, and models drop it.
            String seam = piece.substring(piece.stripTrailing().length());
            String part = translated + (i < pieces.size() - 1 ? seam : "");
            translation.append(part);
            task.emit(part);
            task.progress((i + 1.0) / pieces.size(), "translated");
        }
        return translation.toString();
    }
}
