package dev.weft.skill.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what can be found without a language model: lines of the form {@code name: value}, and what a format makes plain. */
final class Patterns {
    private static final Map<String, Pattern> FORMATS =
            Map.of(
                    "email", Pattern.compile("[\\w.+-]{1,64}@[\\w-]{1,63}(\\.[\\w-]{1,63}){1,8}"),
                    "uri", Pattern.compile("https?://[^\\s<>\"')]{1,2000}"),
                    "date", Pattern.compile("\\b\\d{4}-\\d{2}-\\d{2}\\b"));

    private final String text;

    Patterns(String text) {
        this.text = text;
    }

    ObjectNode find(Wanted wanted) {
        ObjectNode found = wanted.nothing();
        for (String name : wanted.names()) {
            Optional<String> value = labeled(name);
            if (value.isEmpty() && FORMATS.containsKey(wanted.format(name))) {
                value = first(FORMATS.get(wanted.format(name)), 0);
            }
            value.flatMap(raw -> typed(wanted.type(name), raw))
                    .filter(json -> Wanted.fits(wanted.properties().get(name), json))
                    .ifPresent(json -> found.set(name, json));
        }
        return found;
    }

    private Optional<String> labeled(String name) {
        String words = Pattern.quote(name).replace("_", "\\E[ _-]?\\Q");
        return first(
                Pattern.compile(
                        "(?im)^[ \\t*-]{0,8}" + words + "[ \\t]{0,8}[:=][ \\t]*(\\S.*?)[ \\t]*$"),
                1);
    }

    private Optional<String> first(Pattern pattern, int group) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(group)) : Optional.empty();
    }

    private static Optional<JsonNode> typed(String type, String raw) {
        if (type.equals("string")) {
            return Optional.of(JsonNodeFactory.instance.textNode(raw));
        }
        try {
            return Optional.ofNullable(new JsonMapper().readTree(raw));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
