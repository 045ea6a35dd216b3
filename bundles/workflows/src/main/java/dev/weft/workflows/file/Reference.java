package dev.weft.workflows.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ${input.NAME…}} and {@code ${steps.ID…}} in the texts of a workflow. Stateless. */
public final class Reference {
    private static final Pattern SHAPE = Pattern.compile("\\$\\{([^}]*)}");

    private Reference() {}

    /** The references in a value, members and items included.
     * @param value any JSON
     * @return such as {@code steps.disk.free} */
    public static List<String> in(JsonNode value) {
        List<String> found = new ArrayList<>();
        if (value.isTextual()) {
            SHAPE.matcher(value.textValue()).results().forEach(hit -> found.add(hit.group(1)));
        } else {
            value.forEach(member -> found.addAll(in(member)));
        }
        return found;
    }

    /** Fills references in. A text that is one reference becomes the value; inside a longer text it becomes text.
     * @param value any JSON
     * @param scope has {@code input} and {@code steps}
     * @return a new value; what is not there is null */
    public static JsonNode fill(JsonNode value, JsonNode scope) {
        if (value.isTextual()) {
            return fill(value.textValue(), scope);
        }
        if (value instanceof ObjectNode object) {
            ObjectNode filled = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                filled.set(member.getKey(), fill(member.getValue(), scope));
            }
            return filled;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode filled = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> filled.add(fill(item, scope)));
            return filled;
        }
        return value;
    }

    private static JsonNode fill(String text, JsonNode scope) {
        Matcher hit = SHAPE.matcher(text);
        if (hit.matches()) {
            return at(hit.group(1), scope);
        }
        return JsonNodeFactory.instance.textNode(
                hit.replaceAll(
                        one -> {
                            JsonNode value = at(one.group(1), scope);
                            return Matcher.quoteReplacement(
                                    value.isTextual() ? value.textValue() : value.toString());
                        }));
    }

    private static JsonNode at(String path, JsonNode scope) {
        JsonNode at = scope;
        for (String name : path.split("\\.")) {
            at =
                    at.isArray() && name.matches("\\d{1,9}")
                            ? at.path(Integer.parseInt(name))
                            : at.path(name);
        }
        return at.isMissingNode() ? JsonNodeFactory.instance.nullNode() : at;
    }
}
