package dev.weft.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.ArrayList;
import java.util.List;

/** Turns the JSON Schema of a tool's input into LangChain4j's. What it does not know is passed on as it is. */
final class Schemas {
    private Schemas() {}

    /** Converts the schema of an input object.
     * @param schema an object schema
     * @return a builder that holds it */
    static JsonObjectSchema.Builder object(JsonNode schema) {
        JsonObjectSchema.Builder builder =
                JsonObjectSchema.builder().description(description(schema));
        schema.path("properties")
                .properties()
                .forEach(
                        property ->
                                builder.addProperty(
                                        property.getKey(), element(property.getValue())));
        List<String> required = texts(schema.path("required"));
        if (!required.isEmpty()) {
            builder.required(required);
        }
        if (schema.path("additionalProperties").isBoolean()) {
            builder.additionalProperties(schema.get("additionalProperties").booleanValue());
        }
        return builder;
    }

    private static JsonSchemaElement element(JsonNode schema) {
        String description = description(schema);
        if (schema.path("enum").isArray()
                && !schema.get("enum").isEmpty()
                && allText(schema.get("enum"))) {
            return JsonEnumSchema.builder()
                    .enumValues(texts(schema.get("enum")))
                    .description(description)
                    .build();
        }
        if (schema.path("anyOf").isArray() && !schema.get("anyOf").isEmpty()) {
            List<JsonSchemaElement> choices = new ArrayList<>();
            schema.get("anyOf").forEach(choice -> choices.add(element(choice)));
            return JsonAnyOfSchema.builder().anyOf(choices).description(description).build();
        }
        return switch (schema.path("type").asText("")) {
            case "string" -> JsonStringSchema.builder().description(description).build();
            case "integer" -> JsonIntegerSchema.builder().description(description).build();
            case "number" -> JsonNumberSchema.builder().description(description).build();
            case "boolean" -> JsonBooleanSchema.builder().description(description).build();
            case "null" -> new JsonNullSchema();
            case "array" ->
                    schema.path("items").isObject()
                            ? JsonArraySchema.builder()
                                    .items(element(schema.get("items")))
                                    .description(description)
                                    .build()
                            : raw(schema);
            case "object" -> object(schema).build();
            default -> raw(schema);
        };
    }

    private static JsonSchemaElement raw(JsonNode schema) {
        return schema.isObject() ? JsonRawSchema.from(schema.toString()) : JsonRawSchema.from("{}");
    }

    private static String description(JsonNode schema) {
        return schema.path("description").isTextual()
                ? schema.get("description").textValue()
                : null;
    }

    private static boolean allText(JsonNode array) {
        for (JsonNode value : array) {
            if (!value.isTextual()) {
                return false;
            }
        }
        return true;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(
                value -> {
                    if (value.isTextual()) {
                        texts.add(value.textValue());
                    }
                });
        return texts;
    }
}
