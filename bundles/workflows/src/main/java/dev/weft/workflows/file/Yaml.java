package dev.weft.workflows.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The nodes of one YAML file, and what is wrong with them. Used by one thread. */
final class Yaml {
    private final Path file;
    private final List<String> errors = new ArrayList<>();

    Yaml(Path file) {
        this.file = file;
    }

    List<String> errors() {
        return errors;
    }

    /** Members of a mapping by key; none, and an error, if it is no mapping. Unknown and repeated keys are errors, too.
     * @param known the keys that can be; empty for any */
    Map<String, Node> members(Node node, String what, Set<String> known) {
        Map<String, Node> members = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            error(node, what + " must be a mapping", "write key: value lines, indented alike");
            return members;
        }
        for (NodeTuple member : mapping.getValue()) {
            String key = member.getKeyNode() instanceof ScalarNode text ? text.getValue() : "";
            if (!known.isEmpty() && !known.contains(key)) {
                error(
                        member.getKeyNode(),
                        "unknown key \"" + key + "\" in " + what,
                        "known keys are " + String.join(", ", new TreeSet<>(known)));
            } else if (members.put(key, member.getValueNode()) != null) {
                error(member.getKeyNode(), "\"" + key + "\" is given twice", "keep one of them");
            }
        }
        return members;
    }

    List<Node> items(Node node, String what) {
        if (node instanceof SequenceNode list && !list.getValue().isEmpty()) {
            return list.getValue();
        }
        error(node, what + " must be a list that is not empty", "begin each item with \"- \"");
        return List.of();
    }

    /** A text; "" if there is none. */
    String text(Node node, String what) {
        if (node == null) {
            return "";
        }
        if (node instanceof ScalarNode text) {
            return text.getValue();
        }
        error(node, what + " must be one text", "quote it if it holds : or #");
        return "";
    }

    JsonNode json(Node node) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (node instanceof MappingNode) {
            ObjectNode object = json.objectNode();
            members(node, "a value", Set.of())
                    .forEach((key, value) -> object.set(key, json(value)));
            return object;
        }
        if (node instanceof SequenceNode list) {
            ArrayNode array = json.arrayNode();
            list.getValue().forEach(item -> array.add(json(item)));
            return array;
        }
        String text = ((ScalarNode) node).getValue();
        Tag tag = node.getTag();
        try {
            return tag.equals(Tag.INT)
                    ? json.numberNode(Long.decode(text))
                    : tag.equals(Tag.FLOAT)
                            ? json.numberNode(Double.parseDouble(text))
                            : tag.equals(Tag.BOOL)
                                    ? json.booleanNode(Boolean.parseBoolean(text))
                                    : tag.equals(Tag.NULL) ? json.nullNode() : json.textNode(text);
        } catch (NumberFormatException odd) {
            return json.textNode(text);
        }
    }

    void error(Node node, String what, String hint) {
        int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
        error(line, what + ". Hint: " + hint);
    }

    void error(int line, String what) {
        errors.add(file + ":" + line + ": " + what);
    }
}
