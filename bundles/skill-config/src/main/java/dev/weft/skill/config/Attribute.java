package dev.weft.skill.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.service.metatype.AttributeDefinition;

/** One key of a configuration: its schema, and its values between JSON and Configuration Admin. */
final class Attribute {
    /** Stands for a secret that is set. */
    static final String MASK = "********";

    private final AttributeDefinition definition;
    private final boolean required;

    Attribute(AttributeDefinition definition, boolean required) {
        this.definition = definition;
        this.required = required;
    }

    String key() {
        return definition.getID();
    }

    boolean isSecret() {
        return definition.getType() == AttributeDefinition.PASSWORD;
    }

    /** Whether somebody has to set it: it is required and has no default. */
    boolean mustBeSet() {
        return required && definition.getDefaultValue() == null && definition.getCardinality() == 0;
    }

    ObjectNode schema() {
        ObjectNode one = Wire.object().put("type", type());
        String[] values = definition.getOptionValues();
        if (values != null && values.length > 0) {
            ArrayNode choices = one.putArray("enum");
            for (String value : values) {
                choices.add(json(read(value)));
            }
        }
        ObjectNode schema = one;
        if (definition.getCardinality() != 0) {
            schema = Wire.object().put("type", "array");
            schema.set("items", one);
            int most = Math.abs(definition.getCardinality());
            if (most < Integer.MAX_VALUE) {
                schema.put("maxItems", most);
            }
        }
        text(schema, "title", definition.getName());
        text(schema, "description", definition.getDescription());
        if (isSecret()) {
            schema.put("format", "password").put("writeOnly", true);
        } else if (definition.getDefaultValue() != null) {
            schema.set("default", standard());
        }
        return schema;
    }

    /** What counts if nothing is set. */
    JsonNode standard() {
        List<Object> values = new ArrayList<>();
        for (String text : definition.getDefaultValue()) {
            if (definition.getCardinality() == 0 || !text.isEmpty()) {
                values.add(read(text)); // an empty list is written as one empty text
            }
        }
        return definition.getCardinality() == 0 ? json(values.get(0)) : array(values);
    }

    /** A value of Configuration Admin as JSON. */
    JsonNode shown(Object value) {
        if (isSecret()) {
            return json(MASK);
        }
        if (definition.getCardinality() == 0) {
            return json(value);
        }
        List<Object> values = new ArrayList<>();
        if (value instanceof Collection<?> collection) {
            values.addAll(collection);
        } else if (value.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                values.add(Array.get(value, i));
            }
        } else {
            values.add(value);
        }
        return array(values);
    }

    /** JSON as Configuration Admin takes it.
     * @throws ProtocolException code {@code bad_config} */
    Object value(JsonNode json) {
        if (definition.getCardinality() == 0) {
            return checked(json);
        }
        if (!json.isArray() || json.size() > Math.abs((long) definition.getCardinality())) {
            throw refused(
                    "must be a list of "
                            + Math.abs((long) definition.getCardinality())
                            + " at most",
                    json);
        }
        Object values = Array.newInstance(javaType(), json.size());
        for (int i = 0; i < json.size(); i++) {
            Array.set(values, i, checked(json.get(i)));
        }
        return values;
    }

    private Object checked(JsonNode json) {
        boolean fits =
                switch (type()) {
                    case "boolean" -> json.isBoolean();
                    case "integer" -> json.isIntegralNumber();
                    case "number" -> json.isNumber();
                    default -> json.isTextual();
                };
        if (!fits) {
            throw refused("must be of type " + type(), json);
        }
        Object value;
        try {
            value = read(json.asText());
        } catch (IllegalArgumentException e) {
            throw refused("is out of range", json);
        }
        // The metatype service reads lists with commas out of texts; a single value is quoted for
        // it.
        String problem = definition.validate(json.asText().replaceAll("([\\\\, ])", "\\\\$1"));
        if (problem != null && !problem.isEmpty()) {
            throw refused("is not allowed: " + problem, json);
        }
        return value;
    }

    private ProtocolException refused(String what, JsonNode json) {
        String shown =
                isSecret()
                        ? ""
                        : ", got " + Wire.quote(json.isTextual() ? json.asText() : json.toString());
        return new ProtocolException("bad_config", "\"" + key() + "\" " + what + shown);
    }

    private String type() {
        return switch (definition.getType()) {
            case AttributeDefinition.BOOLEAN -> "boolean";
            case AttributeDefinition.INTEGER,
                    AttributeDefinition.LONG,
                    AttributeDefinition.SHORT,
                    AttributeDefinition.BYTE ->
                    "integer";
            case AttributeDefinition.DOUBLE, AttributeDefinition.FLOAT -> "number";
            default -> "string";
        };
    }

    private Class<?> javaType() {
        return switch (definition.getType()) {
            case AttributeDefinition.BOOLEAN -> Boolean.class;
            case AttributeDefinition.INTEGER, AttributeDefinition.SHORT, AttributeDefinition.BYTE ->
                    Integer.class;
            case AttributeDefinition.LONG -> Long.class;
            case AttributeDefinition.DOUBLE, AttributeDefinition.FLOAT -> Double.class;
            default -> String.class;
        };
    }

    private Object read(String text) {
        return switch (javaType().getSimpleName()) {
            case "Boolean" -> Boolean.valueOf(text);
            case "Integer" -> Integer.valueOf(text);
            case "Long" -> Long.valueOf(text);
            case "Double" -> Double.valueOf(text);
            default -> text;
        };
    }

    private static JsonNode array(List<Object> values) {
        ArrayNode array = Wire.object().putArray("");
        values.forEach(value -> array.add(json(value)));
        return array;
    }

    private static JsonNode json(Object value) {
        return Wire.node(value);
    }

    private static void text(ObjectNode schema, String member, String text) {
        if (text != null && !text.isBlank()) {
            schema.put(member, text);
        }
    }
}
