package dev.weft.host.launcher;

import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * {@code agent.yaml}: the folder's description of an agent. Reading it collects every error with its line and a hint instead
 * of stopping at the first. Secrets have no place in it: keys are named by {@code *_env} and {@code *_file}.
 */
public final class AgentFile {
    private static final Set<String> KEYS =
            new TreeSet<>(
                    Set.of(
                            "name",
                            "description",
                            "registry",
                            "model",
                            "provider",
                            "prompt",
                            "skills",
                            "data_dir",
                            "max_turns",
                            "context_window",
                            "labels",
                            "providers",
                            "routes",
                            "budgets",
                            "permissions"));
    private static final Set<String> SKILL_KEYS =
            new TreeSet<>(Set.of("builtin", "dirs", "disabled"));
    private static final Set<String> PROVIDER_KEYS =
            new TreeSet<>(
                    Set.of(
                            "id",
                            "type",
                            "base_url",
                            "model",
                            "api_key_env",
                            "api_key_file",
                            "api_version",
                            "timeout_seconds",
                            "temperature",
                            "max_output_tokens",
                            "max_concurrent",
                            "calls_per_minute",
                            "input_price",
                            "output_price",
                            "probe_seconds"));
    static final Set<String> PROVIDER_TYPES =
            new TreeSet<>(Set.of("openai", "azure", "ollama", "anthropic", "gemini", "rules"));

    private final Path file;
    private final List<String> errors = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final LlmEntries llm = new LlmEntries(this::error);

    private AgentFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the file of a folder.
     *
     * @param folder the folder
     * @return what is in it; without values if there is no file
     */
    public static AgentFile read(Path folder) {
        AgentFile agent = new AgentFile(folder.resolve("agent.yaml"));
        if (Files.exists(agent.file)) {
            agent.parse();
        }
        return agent;
    }

    /** @return whether the folder has the file */
    public boolean exists() {
        return Files.exists(file);
    }

    /** @return each error as {@code file:line: what is wrong. hint}; empty if there is none */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /**
     * @param key a top-level key
     * @return its text, or empty
     */
    public Optional<String> text(String key) {
        return Optional.ofNullable((String) values.get(key));
    }

    /**
     * @param key {@code max_turns} or {@code context_window}
     * @return its number, or empty
     */
    public Optional<Long> number(String key) {
        return Optional.ofNullable((Long) values.get(key));
    }

    /**
     * @param key {@code skills.builtin}, {@code skills.dirs} or {@code skills.disabled}
     * @return its texts
     */
    @SuppressWarnings("unchecked")
    public List<String> texts(String key) {
        return (List<String>) values.getOrDefault(key, List.of());
    }

    /**
     * @param key {@code labels} or {@code permissions}
     * @return its members; a list of texts is joined by commas
     */
    @SuppressWarnings("unchecked")
    public Map<String, String> map(String key) {
        return (Map<String, String>) values.getOrDefault(key, Map.of());
    }

    /** @return {@code routes} and {@code budgets} */
    LlmEntries llm() {
        return llm;
    }

    /** @return each provider's members */
    @SuppressWarnings("unchecked")
    public List<Map<String, String>> providers() {
        return (List<Map<String, String>>) values.getOrDefault("providers", List.of());
    }

    private void parse() {
        try {
            Optional<Node> root =
                    new Compose(
                                    LoadSettings.builder()
                                            .setLabel(file.toString())
                                            .setCodePointLimit(1 << 20)
                                            .build())
                            .composeString(Files.readString(file));
            if (root.isEmpty()) {
                return;
            }
            if (root.get() instanceof MappingNode mapping) {
                mapping.getValue().forEach(this::topLevel);
            } else {
                error(
                        root.get(),
                        "the file must be a mapping",
                        "write \"name: my-agent\" on the first line");
            }
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            errors.add(
                    file
                            + ":"
                            + line
                            + ": not YAML: "
                            + e.getProblem()
                            + ". Quote values that contain \": \" or start with a special character");
        } catch (YamlEngineException | IOException e) {
            errors.add(file + ":1: cannot be read: " + e.getMessage());
        }
    }

    private void topLevel(NodeTuple member) {
        String key = scalar(member.getKeyNode()).orElse("");
        Node value = member.getValueNode();
        if (!KEYS.contains(key)) {
            error(
                    member.getKeyNode(),
                    "unknown key \"" + key + "\"",
                    "known keys are " + String.join(", ", KEYS));
            return;
        }
        if (lines.putIfAbsent(key, line(member.getKeyNode())) != null) {
            error(member.getKeyNode(), "\"" + key + "\" is given twice", "keep one of them");
            return;
        }
        switch (key) {
            case "skills" -> skills(value);
            case "routes" -> llm.readRoutes(value);
            case "budgets" -> llm.readBudgets(value);
            case "labels", "permissions" ->
                    members(key, value).ifPresent(map -> values.put(key, map));
            case "providers" -> providers(value);
            case "max_turns", "context_window" -> integer(key, value);
            default ->
                    scalar(value)
                            .ifPresentOrElse(
                                    text -> check(key, value, text),
                                    () ->
                                            error(
                                                    value,
                                                    "\"" + key + "\" must be one text",
                                                    "write " + key + ": some text"));
        }
    }

    private void check(String key, Node node, String text) {
        if (key.equals("name") && !AgentId.isValid(text)) {
            error(
                    node,
                    "name \"" + text + "\" is not valid",
                    "use 1 to 64 characters a-z 0-9 . _ - and start with a letter or digit");
        } else if (key.equals("registry") && !isRegistry(text)) {
            error(
                    node,
                    "registry \"" + text + "\" is not a URL",
                    "write registry: http://host:8700");
        } else {
            values.put(key, text);
        }
    }

    /** Whether it is the URL of a registry, or several with commas in between. */
    static boolean isRegistry(String text) {
        return Arrays.stream(text.split(",", -1)).map(String::strip).allMatch(AgentFile::isUrl);
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void skills(Node value) {
        if (!(value instanceof MappingNode mapping)) {
            error(
                    value,
                    "\"skills\" must be a mapping",
                    "known keys are " + String.join(", ", SKILL_KEYS));
            return;
        }
        for (NodeTuple member : mapping.getValue()) {
            String key = scalar(member.getKeyNode()).orElse("");
            if (!SKILL_KEYS.contains(key)) {
                error(
                        member.getKeyNode(),
                        "unknown key \"skills." + key + "\"",
                        "known keys are " + String.join(", ", SKILL_KEYS));
            } else if (member.getValueNode() instanceof SequenceNode list
                    && list.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
                values.put(
                        "skills." + key,
                        list.getValue().stream().map(item -> scalar(item).orElse("")).toList());
            } else {
                error(
                        member.getValueNode(),
                        "\"skills." + key + "\" must be a list",
                        "write " + key + ": [one, two]");
            }
        }
    }

    private Optional<Map<String, String>> members(String key, Node value) {
        if (!(value instanceof MappingNode mapping)) {
            error(
                    value,
                    "\"" + key + "\" must be a mapping",
                    "write its members as key: value, indented");
            return Optional.empty();
        }
        Map<String, String> map = new LinkedHashMap<>();
        for (NodeTuple member : mapping.getValue()) {
            Optional<String> text =
                    member.getValueNode() instanceof SequenceNode list
                            ? Optional.of(
                                    String.join(
                                            ",",
                                            list.getValue().stream()
                                                    .map(item -> scalar(item).orElse(""))
                                                    .toList()))
                            : scalar(member.getValueNode());
            text.ifPresentOrElse(
                    known -> map.put(scalar(member.getKeyNode()).orElse(""), known),
                    () ->
                            error(
                                    member.getValueNode(),
                                    "a member of \"" + key + "\" must be a text or a list of texts",
                                    "write key: value"));
        }
        return Optional.of(map);
    }

    private void providers(Node value) {
        if (!(value instanceof SequenceNode list)) {
            error(
                    value,
                    "\"providers\" must be a list",
                    "write - id: my-llm, then type: and base_url: below it");
            return;
        }
        List<Map<String, String>> all = new ArrayList<>();
        for (Node item : list.getValue()) {
            members("providers", item)
                    .ifPresent(
                            provider -> {
                                for (String key : provider.keySet()) {
                                    if (!PROVIDER_KEYS.contains(key)) {
                                        error(
                                                item,
                                                "unknown key \"" + key + "\" in a provider",
                                                key.equals("api_key")
                                                        ? "secrets do not belong here: use api_key_env or api_key_file"
                                                        : "known keys are "
                                                                + String.join(", ", PROVIDER_KEYS));
                                    }
                                }
                                if (!AgentId.isValid(provider.get("id"))) {
                                    error(
                                            item,
                                            "a provider needs an id",
                                            "write id: my-llm (a-z 0-9 . _ -)");
                                }
                                if (!PROVIDER_TYPES.contains(
                                        provider.getOrDefault("type", "openai"))) {
                                    error(
                                            item,
                                            "unknown provider type \""
                                                    + provider.get("type")
                                                    + "\"",
                                            "types are " + String.join(", ", PROVIDER_TYPES));
                                }
                                all.add(provider);
                            });
        }
        values.put("providers", all);
    }

    private void integer(String key, Node value) {
        try {
            long number = Long.parseLong(scalar(value).orElse(""));
            if (number < 1 || number > 10_000_000) {
                throw new NumberFormatException();
            }
            values.put(key, number);
        } catch (NumberFormatException e) {
            error(value, "\"" + key + "\" must be a whole number above 0", "write " + key + ": 10");
        }
    }

    private static Optional<String> scalar(Node node) {
        return node instanceof ScalarNode text ? Optional.of(text.getValue()) : Optional.empty();
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private void error(Node node, String what, String hint) {
        errors.add(file + ":" + line(node) + ": " + what + ". Hint: " + hint);
    }
}
