package dev.weft.skill.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

/** Takes facts out of texts. */
@Skill(
        id = "extract",
        title = "Extract",
        description = "Takes named facts out of a text, as JSON that fits a schema",
        permissions = Skill.LLM)
@Component(service = SkillService.class)
public final class Extract implements SkillService {
    /** What was found.
     * @param values a member for each property that was found
     * @param missing properties that the text does not tell
     * @param method {@code model}, or {@code patterns} where there is no language model */
    public record Extraction(ObjectNode values, List<String> missing, String method) {}

    private final LanguageModel model;

    /** Takes the model.
     * @param model asked for each piece */
    @Activate
    public Extract(@Reference LanguageModel model) {
        this.model = model;
    }

    /** Extracts.
     * @param text the text
     * @param schema what is wanted
     * @param task tells when to stop
     * @return what was found */
    @Tool("Takes facts out of a text; what the text does not say is left out, never invented")
    public Extraction extract(
            @P("the text") String text,
            @P(
                            "JSON Schema of the wanted object: properties with type (string, integer, number, boolean, array), format and description")
                    ObjectNode schema,
            TaskContext task) {
        Wanted wanted = Wanted.of(schema);
        ObjectNode found = wanted.nothing();
        String method = "model";
        for (String piece : model.pieces(text)) {
            Optional<JsonNode> answer =
                    model.askJson(
                            "Take out of the text what this JSON Schema asks for. Leave out what the text does not say; invent nothing.\n"
                                    + schema,
                            piece,
                            wanted::problem,
                            task);
            if (answer.isEmpty()) {
                found = new Patterns(text).find(wanted);
                method = "patterns";
                break;
            }
            wanted.merge(found, answer.get());
        }
        List<String> missing = new ArrayList<>(wanted.names());
        missing.removeAll(wanted.present(found));
        return new Extraction(found, missing, method);
    }
}
