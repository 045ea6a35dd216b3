package dev.weft.skill.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.langchain4j.agent.tool.P;
import dev.weft.skill.TaskContext;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.List;
import java.util.Optional;

/** Reads a method's parameters: name, schema, whether it may be left out, and how its value is made. */
final class ParameterReader {
    private ParameterReader() {}

    static Parameter read(java.lang.reflect.Parameter parameter, String tool, ObjectMapper mapper)
            throws SkillRefused {
        if (parameter.getType() == TaskContext.class) {
            return Parameter.CONTEXT;
        }
        P said = parameter.getAnnotation(P.class);
        String name = said != null && !said.name().isBlank() ? said.name() : parameter.getName();
        if ((said == null || said.name().isBlank()) && !parameter.isNamePresent()) {
            throw new SkillRefused(
                    "a parameter of tool "
                            + tool
                            + " has no name: compile with -parameters, or name it with @P(name = …)");
        }
        try {
            JavaType type = mapper.constructType(parameter.getParameterizedType());
            ObjectReader reader = mapper.readerFor(type);
            ObjectNode schema = new Schemas(mapper).of(type);
            boolean required = !Schemas.isOptional(type.getRawClass());
            Object absent = absent(type.getRawClass(), reader);
            if (said != null) {
                String text = said.description().isBlank() ? said.value() : said.description();
                if (!text.isBlank()) {
                    schema.put("description", text);
                }
                required &= said.required();
                if (!said.defaultValue().equals(P.NO_DEFAULT)) {
                    JsonNode value = json(said.defaultValue(), type, mapper);
                    schema.set("default", value);
                    absent = reader.readValue(value);
                    required = false;
                }
            }
            return new Parameter(name, schema, required, reader, absent);
        } catch (IOException | IllegalArgumentException e) {
            throw new SkillRefused(
                    "parameter "
                            + name
                            + " of tool "
                            + tool
                            + " cannot be read from JSON: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Puts the parameters together as the schema of the input object. */
    static ObjectNode schema(List<Parameter> parameters, String tool) throws SkillRefused {
        ObjectNode schema = Scalars.named("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        for (Parameter parameter : parameters) {
            if (parameter != Parameter.CONTEXT) {
                if (properties.replace(parameter.name(), parameter.schema()) != null) {
                    throw new SkillRefused(
                            "tool " + tool + " has two parameters called " + parameter.name());
                }
                if (parameter.required()) {
                    required.add(parameter.name());
                }
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema.put("additionalProperties", false);
    }

    private static JsonNode json(String text, JavaType type, ObjectMapper mapper) {
        if (type.getRawClass() == String.class) {
            return TextNode.valueOf(text);
        }
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException bareWord) {
            return TextNode.valueOf(text);
        }
    }

    /** Jackson reads a null for an {@code Optional<JsonNode>} as a present null node; nothing given is nothing. */
    private static Object absent(Class<?> type, ObjectReader reader) throws IOException {
        if (type == Optional.class) {
            return Optional.empty();
        }
        return Schemas.isOptional(type)
                ? reader.readValue(JsonNodeFactory.instance.nullNode())
                : zero(type);
    }

    private static Object zero(Class<?> type) {
        return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
    }
}
