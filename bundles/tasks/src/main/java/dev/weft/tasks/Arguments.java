package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.skill.Skills;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Goes between arguments by name and the single text that agents of the reference send and expect. */
final class Arguments {
    private static final List<String> TEXTS = List.of("message", "text", "query");

    private Arguments() {}

    /** The text that says most about the arguments: the one called message, text or query, else the only text; "" if none. */
    static String message(JsonNode input) {
        for (String name : TEXTS) {
            if (input.path(name).isTextual()) {
                return input.path(name).textValue();
            }
        }
        List<String> texts = new ArrayList<>();
        input.forEach(
                value -> {
                    if (value.isTextual()) {
                        texts.add(value.textValue());
                    }
                });
        return texts.size() == 1 ? texts.get(0) : "";
    }

    /** The arguments of a tool, made of a text: it goes to the parameter called message, text or query, else to the only one
     * that takes a string, else nowhere. */
    static ObjectNode of(String message, String reference, Skills skills) {
        ObjectNode input = Wire.object();
        if (!message.isEmpty()) {
            tool(reference, skills)
                    .flatMap(Arguments::parameter)
                    .ifPresent(name -> input.put(name, message));
        }
        return input;
    }

    /** Whether a tool has a parameter of a name. */
    static boolean takes(String reference, String name, Skills skills) {
        return tool(reference, skills)
                .filter(tool -> tool.schema().path("properties").has(name))
                .isPresent();
    }

    private static Optional<SkillCard.ToolCard> tool(String reference, Skills skills) {
        for (SkillRef reading : SkillRef.readings(reference)) {
            Optional<SkillCard> card = skills.find(reading.skill()).filter(reading::fits);
            if (card.isPresent()) {
                List<SkillCard.ToolCard> tools = card.get().tools();
                return reading.tool().isEmpty()
                        ? (tools.size() == 1 ? Optional.of(tools.get(0)) : Optional.empty())
                        : card.get().tool(reading.tool());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> parameter(SkillCard.ToolCard tool) {
        JsonNode properties = tool.schema().path("properties");
        List<String> strings = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            if (property.getValue().path("type").asText().equals("string")) {
                strings.add(property.getKey());
            }
        }
        return TEXTS.stream()
                .filter(strings::contains)
                .findFirst()
                .or(() -> strings.size() == 1 ? Optional.of(strings.get(0)) : Optional.empty());
    }
}
