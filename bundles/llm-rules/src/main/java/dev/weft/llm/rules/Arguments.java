package dev.weft.llm.rules;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills the arguments of one tool from a prompt. A fresh one for each prompt. */
final class Arguments {
    private static final Pattern PATH_NAME =
            Pattern.compile("(?i)path|file|folder|dir(?:ectory)?|mount");
    private static final Pattern URL_NAME = Pattern.compile("(?i)ur[il]|link|website|address");
    private static final Pattern BODY_NAME =
            Pattern.compile("(?i)text|content|body|document|input|message");

    /**
     * The parameter that says which host does it.
     *
     * @param parameter its name
     * @param values labels of the hosts
     */
    record Agents(String parameter, List<String> values) {}

    /** The outcome: arguments, and the required parameters that the prompt does not give. */
    record Filled(ObjectNode arguments, List<String> missing) {}

    private final Prompt prompt;
    private final Deque<String> quoted;
    private final Deque<String> paths;
    private final Deque<String> numbers;
    private boolean textUsed;

    private Arguments(Prompt prompt) {
        this.prompt = prompt;
        this.quoted = new ArrayDeque<>(prompt.quoted());
        this.paths = new ArrayDeque<>(prompt.paths());
        this.numbers = new ArrayDeque<>(prompt.numbers());
    }

    /** Tells whether a parameter names the host.
     * @param parameter its name
     * @return true if so */
    static boolean isAgent(String parameter) {
        return parameter.equals("agent") || parameter.equals("on_agent");
    }

    /** The parameter of a tool that names the host.
     * @param tool the tool
     * @return empty if it has none */
    static Optional<Agents> agents(ToolSpecification tool) {
        Map<String, JsonSchemaElement> properties = properties(tool);
        String name = properties.containsKey("on_agent") ? "on_agent" : "agent";
        return properties.get(name) instanceof JsonEnumSchema labels
                ? Optional.of(new Agents(name, labels.enumValues()))
                : Optional.empty();
    }

    /** Tells whether the values in a prompt are of the kind that a tool takes.
     * @param tool the tool
     * @param prompt what is asked
     * @return false if the tool needs an address or a text that is not there, or has no use for one that is */
    static boolean fitsShape(ToolSpecification tool, Prompt prompt) {
        Map<String, JsonSchemaElement> properties = properties(tool);
        boolean takesUrl =
                properties.keySet().stream().anyMatch(name -> URL_NAME.matcher(name).find());
        boolean needsText =
                required(tool).stream()
                        .anyMatch(
                                name ->
                                        properties.get(name) instanceof JsonStringSchema
                                                && !URL_NAME.matcher(name).find()
                                                && !PATH_NAME.matcher(name).find());
        boolean hasText = prompt.text().isPresent() || !prompt.quoted().isEmpty();
        return takesUrl == !prompt.urls().isEmpty() && (!needsText || hasText);
    }

    /** Fills all arguments but the one that names the host.
     * @param tool the tool
     * @param prompt what is asked
     * @return arguments and what is missing */
    static Filled fill(ToolSpecification tool, Prompt prompt) {
        return new Arguments(prompt).fill(properties(tool), required(tool));
    }

    private Filled fill(Map<String, JsonSchemaElement> properties, List<String> required) {
        ObjectNode arguments = JsonNodeFactory.instance.objectNode();
        List<String> missing = new ArrayList<>();
        long numeric = properties.values().stream().filter(Arguments::isNumeric).count();
        long freeTexts =
                required.stream().filter(name -> isFreeText(name, properties.get(name))).count();
        properties.forEach(
                (name, schema) -> {
                    if (isAgent(name) && schema instanceof JsonEnumSchema) {
                        return;
                    }
                    boolean needed = required.contains(name);
                    if (!explicit(arguments, name, schema)
                            && !guess(arguments, name, schema, needed, numeric, freeTexts)
                            && needed) {
                        missing.add(name);
                    }
                });
        return new Filled(arguments, missing);
    }

    /** "name=value", and "name 5" for numbers: what the prompt says outright. */
    private boolean explicit(ObjectNode arguments, String name, JsonSchemaElement schema) {
        String spoken = "\\b" + Pattern.quote(name).replace("_", "\\E[_ ]\\Q");
        Matcher pair =
                Pattern.compile("(?i)" + spoken + "\\s*=\\s*(\"[^\"]*\"|[^\\s,;]+)")
                        .matcher(prompt.whole());
        if (pair.find()) {
            String value = pair.group(1);
            return put(
                    arguments,
                    name,
                    schema,
                    value.startsWith("\"") && value.length() > 1
                            ? value.substring(1, value.length() - 1)
                            : value);
        }
        Matcher beside =
                Pattern.compile(
                                "(?i)"
                                        + spoken
                                        + "\\s+(?:of\\s+|is\\s+|to\\s+)?(-?\\d+(?:\\.\\d+)?)(?![\\w.-])")
                        .matcher(prompt.instruction());
        if (isNumeric(schema) && beside.find() && put(arguments, name, schema, beside.group(1))) {
            numbers.removeFirstOccurrence(beside.group(1));
            return true;
        }
        return false;
    }

    private boolean guess(
            ObjectNode arguments,
            String name,
            JsonSchemaElement schema,
            boolean needed,
            long numeric,
            long freeTexts) {
        if (schema instanceof JsonEnumSchema values) {
            List<String> named = prompt.named(values.enumValues());
            return !named.isEmpty() && put(arguments, name, schema, named.get(0));
        }
        if (isNumeric(schema)) {
            return (needed || numeric == 1)
                    && !numbers.isEmpty()
                    && put(arguments, name, schema, numbers.poll());
        }
        if (schema instanceof JsonBooleanSchema) {
            boolean said =
                    Words.of(prompt.instruction()).containsAll(Words.of(name))
                            && !Words.of(name).isEmpty();
            boolean denied =
                    Pattern.compile(
                                    "(?i)\\b(?:no|not|without)\\s+"
                                            + Pattern.quote(name.replace('_', ' ')))
                            .matcher(prompt.instruction())
                            .find();
            if (said || needed) {
                arguments.put(name, said && !denied);
            }
            return said || needed;
        }
        if (schema instanceof JsonArraySchema list && list.items() instanceof JsonStringSchema) {
            quoted.forEach(arguments.withArray(name)::add);
            return !quoted.isEmpty() || drop(arguments, name);
        }
        return schema instanceof JsonStringSchema
                && text(name, needed, freeTexts)
                        .map(value -> put(arguments, name, schema, value))
                        .orElse(false);
    }

    private Optional<String> text(String name, boolean needed, long freeTexts) {
        if (URL_NAME.matcher(name).find()) {
            return prompt.urls().stream().findFirst();
        }
        if (PATH_NAME.matcher(name).find()) {
            String path = paths.poll();
            return path != null ? Optional.of(path) : needed ? Optional.of("/") : Optional.empty();
        }
        if (!needed) {
            return Optional.empty();
        }
        boolean body = BODY_NAME.matcher(name).find() || freeTexts == 1;
        if (body && !textUsed && prompt.text().isPresent() && quoted.size() < freeTexts) {
            textUsed = true;
            return prompt.text();
        }
        String next = quoted.poll();
        if (next == null && !textUsed && prompt.text().isPresent()) {
            textUsed = true;
            return prompt.text();
        }
        return Optional.ofNullable(next);
    }

    private static boolean put(
            ObjectNode arguments, String name, JsonSchemaElement schema, String value) {
        try {
            if (schema instanceof JsonIntegerSchema) {
                arguments.put(name, new BigDecimal(value).longValueExact());
            } else if (schema instanceof JsonNumberSchema) {
                arguments.put(name, new BigDecimal(value));
            } else if (schema instanceof JsonBooleanSchema) {
                arguments.put(name, value.toLowerCase(Locale.ROOT).matches("true|yes|on|1"));
            } else {
                arguments.put(name, value);
            }
            return true;
        } catch (ArithmeticException | NumberFormatException notThatNumber) {
            return false;
        }
    }

    private static boolean drop(ObjectNode arguments, String name) {
        arguments.remove(name);
        return false;
    }

    private static boolean isFreeText(String name, JsonSchemaElement schema) {
        return schema instanceof JsonStringSchema
                && !URL_NAME.matcher(name).find()
                && !PATH_NAME.matcher(name).find();
    }

    private static boolean isNumeric(JsonSchemaElement schema) {
        return schema instanceof JsonIntegerSchema || schema instanceof JsonNumberSchema;
    }

    private static Map<String, JsonSchemaElement> properties(ToolSpecification tool) {
        return tool.parameters() == null ? Map.of() : tool.parameters().properties();
    }

    private static List<String> required(ToolSpecification tool) {
        return tool.parameters() == null || tool.parameters().required() == null
                ? List.of()
                : tool.parameters().required();
    }
}
