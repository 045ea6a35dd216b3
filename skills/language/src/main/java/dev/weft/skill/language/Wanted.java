package dev.weft.skill.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be taken out of a text.
 *
 * @param properties schema of each, by name
 */
record Wanted(Map<String, JsonNode> properties) {
    private static final List<String> TYPES =
            List.of("string", "integer", "number", "boolean", "array", "object");

    /** Reads a schema.
     * @throws IllegalArgumentException if it asks for nothing, or for what cannot be checked */
    static Wanted of(ObjectNode schema) {
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        schema.path("properties")
                .properties()
                .forEach(
                        one -> {
                            String type = one.getValue().path("type").asText("string");
                            if (!TYPES.contains(type)) {
                                throw new IllegalArgumentException(
                                        "schema: property \""
                                                + one.getKey()
                                                + "\" has type \""
                                                + type
                                                + "\"; there are "
                                                + String.join(", ", TYPES));
                            }
                            properties.put(one.getKey(), one.getValue());
                        });
        if (properties.isEmpty() || properties.size() > 100) {
            throw new IllegalArgumentException(
                    "schema must have 1 to 100 properties, such as {\"properties\": {\"name\": {\"type\": \"string\"}}}");
        }
        return new Wanted(properties);
    }

    List<String> names() {
        return List.copyOf(properties.keySet());
    }

    ObjectNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }

    String type(String name) {
        return properties.get(name).path("type").asText("string");
    }

    String format(String name) {
        return properties.get(name).path("format").asText("");
    }

    /** Says what does not fit; "" if all does. */
    String problem(JsonNode answer) {
        List<String> problems = new ArrayList<>();
        answer.properties()
                .forEach(
                        member -> {
                            JsonNode schema = properties.get(member.getKey());
                            if (schema == null) {
                                problems.add("\"" + member.getKey() + "\" is not in the schema");
                            } else if (!member.getValue().isNull()
                                    && !fits(schema, member.getValue())) {
                                problems.add("\"" + member.getKey() + "\" must be " + schema);
                            }
                        });
        return String.join("; ", problems);
    }

    static boolean fits(JsonNode schema, JsonNode value) {
        if (schema.has("enum")) {
            for (JsonNode one : schema.path("enum")) {
                if (one.equals(value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (schema.path("type").asText("string")) {
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray() && all(schema.path("items"), value);
            case "object" -> value.isObject();
            default -> value.isTextual() && (!isDate(schema) || readsAsDate(value.asText()));
        };
    }

    private static boolean all(JsonNode items, JsonNode values) {
        if (items.has("type") || items.has("enum")) {
            for (JsonNode value : values) {
                if (!fits(items, value)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isDate(JsonNode schema) {
        return schema.path("format").asText().equals("date");
    }

    private static boolean readsAsDate(String text) {
        try {
            LocalDate.parse(text);
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** Adds what another piece of the text tells: lists grow, anything else stays as it was told first. */
    void merge(ObjectNode found, JsonNode more) {
        more.properties()
                .forEach(
                        member -> {
                            JsonNode value = member.getValue();
                            JsonNode before = found.get(member.getKey());
                            if (value.isNull()) {
                                return;
                            }
                            if (before instanceof ArrayNode list && value.isArray()) {
                                for (JsonNode element : value) {
                                    if (!contains(list, element)) {
                                        list.add(element);
                                    }
                                }
                            } else if (before == null) {
                                found.set(member.getKey(), value);
                            }
                        });
    }

    List<String> present(ObjectNode found) {
        List<String> names = new ArrayList<>();
        found.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static boolean contains(ArrayNode list, JsonNode element) {
        for (JsonNode one : list) {
            if (one.equals(element)) {
                return true;
            }
        }
        return false;
    }
}
