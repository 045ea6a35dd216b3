package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds arguments against a tool's schema and says in words what is wrong. Knows what {@link Schemas} writes, and no more. Stateless.
 */
final class Arguments {
    private static final int MOST_PROBLEMS = 5;
    private static final Map<String, String> FORMATS =
            Map.of(
                    "date-time", "date and time such as 2026-01-31T08:30:00Z",
                    "date", "date such as 2026-01-31",
                    "time", "time such as 08:30:00",
                    "duration", "duration such as PT1M30S");

    private Arguments() {}

    /** Looks for what breaks the schema.
     * @param schema of the input object
     * @param input an object
     * @return one sentence a problem, the first few; empty if there is none */
    static List<String> problems(JsonNode schema, JsonNode input) {
        List<String> found = new ArrayList<>();
        members(schema, input, "", found);
        return found.size() > MOST_PROBLEMS ? found.subList(0, MOST_PROBLEMS) : found;
    }

    /** Says what a schema wants.
     * @return such as {@code a string (uuid)} */
    static String expectation(JsonNode schema) {
        if (schema.has("enum")) {
            List<String> values = new ArrayList<>();
            schema.get("enum").forEach(value -> values.add(value.toString()));
            return "one of " + String.join(", ", values);
        }
        String type = schema.path("type").asText("value");
        if (schema.path("maxLength").asInt() == 1) {
            return "one character";
        }
        String format = schema.path("format").asText(schema.path("contentEncoding").asText(""));
        String detail = FORMATS.getOrDefault(format, format);
        String noun = (type.matches("[aeio].*") ? "an " : "a ") + type;
        return detail.isEmpty() ? noun : noun + " (" + detail + ")";
    }

    /** Shows a value in an error.
     * @return its JSON, shortened */
    static String shown(JsonNode value) {
        if (value.isTextual()) {
            return Wire.quote(value.asText());
        }
        String json = value.toString();
        return json.length() > 80 ? json.substring(0, 80) + "…" : json;
    }

    private static void members(
            JsonNode schema, JsonNode object, String prefix, List<String> found) {
        JsonNode properties = schema.path("properties");
        for (JsonNode name : schema.path("required")) {
            JsonNode value = object.get(name.asText());
            if (value == null || value.isNull()) {
                String wanted = expectation(properties.path(name.asText()));
                found.add(
                        "argument "
                                + Wire.quote(prefix + name.asText())
                                + (value == null ? " is missing: " : " must not be null: ")
                                + "expected "
                                + wanted);
            }
        }
        JsonNode others = schema.get("additionalProperties");
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String path = prefix + member.getKey();
            JsonNode known = properties.get(member.getKey());
            if (known != null) {
                if (!member.getValue().isNull()) {
                    value(known, member.getValue(), path, found);
                }
            } else if (others != null && others.isObject()) {
                value(others, member.getValue(), path, found);
            } else if (others != null && !others.asBoolean()) {
                found.add(
                        "unknown argument "
                                + Wire.quote(path)
                                + ", known are "
                                + names(properties));
            }
            if (found.size() > MOST_PROBLEMS) {
                return;
            }
        }
    }

    private static String names(JsonNode properties) {
        List<String> names = new ArrayList<>();
        properties.fieldNames().forEachRemaining(names::add);
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static void value(JsonNode schema, JsonNode value, String path, List<String> found) {
        if (!fits(schema, value)) {
            found.add(
                    "argument "
                            + Wire.quote(path)
                            + " must be "
                            + expectation(schema)
                            + ", got "
                            + shown(value));
        } else if (value.isObject()) {
            members(schema, value, path + ".", found);
        } else if (value.isArray() && schema.has("items")) {
            for (int i = 0; i < value.size() && found.size() <= MOST_PROBLEMS; i++) {
                value(schema.get("items"), value.get(i), path + "[" + i + "]", found);
            }
        }
    }

    private static boolean fits(JsonNode schema, JsonNode value) {
        if (schema.has("enum")) {
            for (JsonNode allowed : schema.get("enum")) {
                if (allowed.equals(value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (schema.path("type").asText("")) {
            case "string" ->
                    value.isTextual()
                            && (!schema.has("maxLength")
                                    || value.asText().length() == schema.get("maxLength").asInt());
            case "boolean" -> value.isBoolean();
            case "number" -> value.isNumber();
            case "integer" ->
                    value.isIntegralNumber()
                            || (value.isNumber()
                                    && value.doubleValue() == Math.rint(value.doubleValue()));
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> true;
        };
    }
}
