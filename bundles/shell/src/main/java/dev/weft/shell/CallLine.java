package dev.weft.shell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The arguments of {@code weft:call}: {@code SKILL[.TOOL] [key=value… | JSON] [--agent A] [--timeout S] [--later]}. */
record CallLine(
        String skill,
        JsonNode json,
        List<String[]> pairs,
        Optional<String> agent,
        Duration timeout,
        boolean later) {
    static final String USAGE =
            "usage: weft:call SKILL[.TOOL] [key=value… | 'JSON object'] [--agent A] [--timeout SECONDS] [--later]";
    private static final long MOST_SECONDS = 3600;
    private static final long MOST_LATER_SECONDS = 7 * 86_400;

    /** @throws IllegalArgumentException says what is wrong */
    static CallLine parse(List<String> words) {
        String skill = null;
        JsonNode json = null;
        List<String[]> pairs = new java.util.ArrayList<>();
        Optional<String> agent = Optional.empty();
        Duration timeout = Duration.ofSeconds(60);
        boolean later = words.contains("--later");
        for (var rest = words.iterator(); rest.hasNext(); ) {
            String word = rest.next();
            if (word.equals("--agent")) {
                agent = Optional.of(value(word, rest));
            } else if (word.equals("--timeout")) {
                timeout = seconds(value(word, rest), later ? MOST_LATER_SECONDS : MOST_SECONDS);
            } else if (word.equals("--later")) {
                continue; // known from the beginning
            } else if (skill == null) {
                skill = word;
            } else if (word.stripLeading().startsWith("{")) {
                json = object(word);
            } else if (word.indexOf('=') > 0) {
                pairs.add(word.split("=", 2));
            } else {
                throw new IllegalArgumentException(
                        "\"" + word + "\" is neither key=value nor a JSON object; " + USAGE);
            }
        }
        if (skill == null) {
            throw new IllegalArgumentException(USAGE);
        }
        return new CallLine(skill, json, pairs, agent, timeout, later);
    }

    private static String value(String option, java.util.Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value; " + USAGE);
        }
        return rest.next();
    }

    private static Duration seconds(String text, long most) {
        try {
            double seconds = Double.parseDouble(text);
            if (seconds >= 1 && seconds <= most) {
                return Duration.ofMillis((long) (seconds * 1000));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "--timeout must be 1 to " + most + " seconds, got \"" + text + "\"");
    }

    private static JsonNode object(String word) {
        try {
            JsonNode node = Wire.tree(word);
            if (node.isObject()) {
                return node;
            }
            throw new IllegalArgumentException("the arguments must be a JSON object; " + USAGE);
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The input: pairs become members, read as what the schema says; without a schema as JSON if they are, else as text. */
    ObjectNode input(JsonNode schema) {
        ObjectNode input = json == null ? Wire.object() : json.deepCopy();
        for (String[] pair : pairs) {
            input.set(
                    pair[0],
                    typed(pair[1], schema.path("properties").path(pair[0]).path("type").asText()));
        }
        return input;
    }

    /** Members of an object, each {@code key=value}, read as the schema says; {@code key=null} is null. */
    static ObjectNode typed(List<String> words, JsonNode schema) {
        ObjectNode values = Wire.object();
        for (String word : words) {
            String[] pair = word.split("=", 2);
            if (pair.length < 2) {
                throw new IllegalArgumentException("\"" + word + "\" is not key=value");
            }
            if (pair[1].equals("null")) {
                values.putNull(pair[0]);
            } else {
                values.set(
                        pair[0],
                        typed(
                                pair[1],
                                schema.path("properties").path(pair[0]).path("type").asText()));
            }
        }
        return values;
    }

    private static JsonNode typed(String text, String type) {
        if (!type.equals("string")) {
            try {
                return Wire.tree(text);
            } catch (ProtocolException e) {
                return TextNode.valueOf(text); // the schema check says what was expected
            }
        }
        return TextNode.valueOf(text);
    }
}
