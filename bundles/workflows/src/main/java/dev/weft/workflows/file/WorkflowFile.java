package dev.weft.workflows.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.workflows.file.Workflow.Place;
import dev.weft.workflows.file.Workflow.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads workflow files. Collects every error with its line and a hint instead of stopping at the first. */
public final class WorkflowFile {
    private static final int MOST_BYTES = 256 << 10;
    private static final int MOST_STEPS = 200;
    private static final int DEEPEST = 8;
    private static final int MOST_ROUNDS = 100;
    private static final Set<String> TYPES =
            Set.of("string", "integer", "number", "boolean", "array", "object");

    private final Yaml yaml;
    private final Set<String> inputs = new HashSet<>();
    private final Set<String> ids = new HashSet<>();
    private int count;

    private WorkflowFile(Path file) {
        yaml = new Yaml(file);
    }

    /**
     * What a file holds.
     *
     * @param workflow empty if there are errors
     * @param errors each as {@code file:line: what is wrong. Hint: what to do}
     */
    public record Outcome(Optional<Workflow> workflow, List<String> errors) {}

    /** The workflow files of a folder.
     * @param folder need not exist
     * @return {@code *.yaml} and {@code *.yml}, in order of their names
     * @throws IOException if it cannot be read */
    public static List<Path> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(".+\\.ya?ml"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    /** Reads a file.
     * @param file where
     * @return the workflow, or what is wrong with it */
    public static Outcome read(Path file) {
        WorkflowFile reader = new WorkflowFile(file);
        Optional<Workflow> workflow = reader.parse(file);
        List<String> errors = List.copyOf(reader.yaml.errors());
        return new Outcome(errors.isEmpty() ? workflow : Optional.empty(), errors);
    }

    private Optional<Workflow> parse(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                yaml.error(1, "a workflow has at most " + MOST_BYTES + " bytes");
                return Optional.empty();
            }
            Optional<Node> root =
                    new Compose(LoadSettings.builder().setLabel(file.toString()).build())
                            .composeString(Files.readString(file));
            if (root.isEmpty()) {
                yaml.error(1, "the file is empty. Hint: write steps: and a list below it");
            }
            return root.map(node -> workflow(file, node));
        } catch (MarkedYamlEngineException e) {
            yaml.error(
                    e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1),
                    "not YAML: " + e.getProblem() + ". Hint: quote values that hold \": \"");
        } catch (YamlEngineException | IOException e) {
            yaml.error(1, "cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    private Workflow workflow(Path file, Node root) {
        String name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        if (!name.matches("[a-zA-Z][a-zA-Z0-9_-]{0,63}")) {
            yaml.error(
                    root,
                    "\"" + name + "\" is no name of a workflow",
                    "name the file with letters, digits, _ and -, beginning with a letter");
        }
        Map<String, Node> members =
                yaml.members(root, "a workflow", Set.of("description", "input", "steps", "result"));
        ObjectNode schema = schema(members.get("input"));
        List<Step> steps = List.of();
        if (members.containsKey("steps")) {
            steps = steps(members.get("steps"), 1);
        } else {
            yaml.error(root, "there are no steps", "write steps: and a list below it");
        }
        Node result = members.get("result");
        return new Workflow(
                name,
                yaml.text(members.get("description"), "\"description\""),
                schema,
                steps,
                result == null ? null : value(result));
    }

    private ObjectNode schema(Node node) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        Set<String> required = new HashSet<>();
        if (node != null) {
            yaml.members(node, "\"input\"", Set.of())
                    .forEach(
                            (name, about) -> {
                                inputs.add(name);
                                required.add(name);
                                properties.set(name, property(name, about, required));
                            });
        }
        required.stream().sorted().forEach(schema.withArray("required")::add);
        return schema.put("additionalProperties", false);
    }

    private ObjectNode property(String name, Node about, Set<String> required) {
        Map<String, Node> members =
                yaml.members(
                        about,
                        "input \"" + name + "\"",
                        Set.of("type", "description", "enum", "optional"));
        ObjectNode property = JsonNodeFactory.instance.objectNode();
        members.forEach((key, value) -> property.set(key, yaml.json(value)));
        if (!TYPES.contains(property.path("type").asText("string"))) {
            yaml.error(
                    members.get("type"),
                    "unknown type \"" + property.path("type").asText() + "\"",
                    "types are " + String.join(", ", TYPES.stream().sorted().toList()));
        }
        JsonNode optional = property.remove("optional");
        if (optional != null && optional.asBoolean()) {
            required.remove(name);
        }
        return property.has("type") ? property : property.put("type", "string");
    }

    private List<Step> steps(Node list, int depth) {
        List<Step> steps = new ArrayList<>();
        for (Node item : yaml.items(list, "\"steps\"")) {
            step(item, depth).ifPresent(steps::add);
        }
        return steps;
    }

    private Optional<Step> step(Node node, int depth) {
        Map<String, Node> members =
                yaml.members(
                        node,
                        "a step",
                        Set.of(
                                "id",
                                "skill",
                                "input",
                                "agent",
                                "label",
                                "supervisor",
                                "skills",
                                "agents",
                                "parallel",
                                "loop"));
        List<String> kinds =
                Stream.of("skill", "supervisor", "parallel", "loop")
                        .filter(members::containsKey)
                        .toList();
        if (kinds.size() != 1) {
            yaml.error(
                    node,
                    "a step is exactly one of skill, supervisor, parallel and loop"
                            + (kinds.isEmpty() ? "" : ", this one is " + kinds),
                    "write - skill: disk.usage");
            return Optional.empty();
        }
        if (depth > DEEPEST || ++count > MOST_STEPS) {
            yaml.error(
                    node,
                    "too many steps: at most " + MOST_STEPS + ", " + DEEPEST + " levels deep",
                    "split the workflow: a step can call another, as skill: workflow.NAME");
            return Optional.empty();
        }
        int number = count;
        String kind = kinds.get(0);
        for (String key : List.of("input", "agent", "label")) {
            boolean fits =
                    kind.equals("skill") || kind.equals("supervisor") && !key.equals("input");
            if (members.containsKey(key) && !fits) {
                yaml.error(
                        members.get(key),
                        "a " + kind + " takes no \"" + key + "\"",
                        "move it to the step that needs it");
            }
        }
        for (String key : List.of("skills", "agents")) {
            if (members.containsKey(key) && !kind.equals("supervisor")) {
                yaml.error(
                        members.get(key),
                        "a " + kind + " takes no \"" + key + "\"",
                        "it is a supervisor that is told whom and what it may use");
            }
        }
        Node body = members.get(kind);
        Place place = place(members);
        // read before its id is known: a step cannot refer to itself
        String id =
                members.containsKey("id")
                        ? yaml.text(members.get("id"), "\"id\"")
                        : "step" + number;
        Step step =
                switch (kind) {
                    case "skill" ->
                            new Workflow.Call(id, required(body, kind), input(members), place);
                    case "supervisor" ->
                            new Workflow.Supervise(
                                    id,
                                    value(body).asText(),
                                    place,
                                    names(
                                            members.get("skills"),
                                            "skills",
                                            "[a-z0-9][a-zA-Z0-9._-]{0,127}",
                                            "skills: [disk, sysinfo.overview]"),
                                    names(
                                            members.get("agents"),
                                            "agents",
                                            "[a-z0-9][a-z0-9._-]{0,63}",
                                            "agents: [edge-7, edge-8]"));
                    case "parallel" -> new Workflow.Parallel(id, parallel(body, depth));
                    default -> loop(id, body, depth);
                };
        if (!id.matches("[a-zA-Z][a-zA-Z0-9_-]{0,63}") || !ids.add(id)) {
            yaml.error(
                    members.getOrDefault("id", node),
                    "id \"" + id + "\" is taken, or no name",
                    "use letters, digits, _ and -, each id once");
        }
        return Optional.of(step);
    }

    /** Branches see what came before, not each other. */
    private List<Step> parallel(Node body, int depth) {
        Set<String> before = Set.copyOf(ids);
        Set<String> all = new HashSet<>(ids);
        List<Step> branches = new ArrayList<>();
        for (Node item : yaml.items(body, "\"parallel\"")) {
            ids.retainAll(before);
            step(item, depth + 1).ifPresent(branches::add);
            for (String id : ids) {
                if (!before.contains(id) && !all.add(id)) {
                    yaml.error(
                            item, "id \"" + id + "\" is taken", "give each step an id of its own");
                }
            }
        }
        ids.addAll(all);
        return branches;
    }

    private Step loop(String id, Node body, int depth) {
        Map<String, Node> members =
                yaml.members(body, "a loop", Set.of("steps", "until", "at_most"));
        List<Step> steps =
                members.containsKey("steps") ? steps(members.get("steps"), depth + 1) : List.of();
        if (!members.containsKey("steps")) {
            yaml.error(body, "a loop has steps", "write steps: and a list below it");
        }
        int most = 10;
        if (members.containsKey("at_most")) {
            most = yaml.json(members.get("at_most")).asInt(0);
            if (most < 1 || most > MOST_ROUNDS) {
                yaml.error(
                        members.get("at_most"),
                        "at_most must be 1 to " + MOST_ROUNDS,
                        "write at_most: 10");
            }
        }
        Node until = members.get("until");
        JsonNode condition = until == null ? null : value(until);
        if (condition != null && Reference.in(condition).isEmpty()) {
            yaml.error(until, "until must refer to a step", "write until: ${steps.check.done}");
        }
        return new Workflow.Loop(id, steps, condition, most);
    }

    private List<String> names(Node node, String key, String shape, String example) {
        if (node == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (Node item : yaml.items(node, "\"" + key + "\"")) {
            String name = yaml.text(item, "a member of \"" + key + "\"");
            if (name.matches(shape)) {
                names.add(name);
            } else {
                yaml.error(
                        item,
                        "\"" + name + "\" cannot be a member of \"" + key + "\"",
                        "write " + example);
            }
        }
        return List.copyOf(names);
    }

    private Place place(Map<String, Node> members) {
        String label = yaml.text(members.get("label"), "\"label\"");
        if (members.containsKey("label") && !label.matches("[^=]+=.+")) {
            yaml.error(
                    members.get("label"),
                    "a label is written key=value",
                    "write label: site=vienna");
        }
        if (members.containsKey("label") && members.containsKey("agent")) {
            yaml.error(
                    members.get("label"), "a step has an agent or a label", "remove one of them");
        }
        Node agent = members.get("agent");
        return new Place(agent == null ? "" : value(agent).asText(), label);
    }

    private ObjectNode input(Map<String, Node> members) {
        Node node = members.get("input");
        if (node == null) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (value(node) instanceof ObjectNode object) {
            return object;
        }
        yaml.error(node, "\"input\" must be a mapping", "write the arguments as name: value");
        return JsonNodeFactory.instance.objectNode();
    }

    private String required(Node node, String what) {
        String text = yaml.text(node, "\"" + what + "\"");
        if (text.isBlank()) {
            yaml.error(node, "\"" + what + "\" is empty", "write skill: disk.usage");
        }
        return text;
    }

    /** A value whose references lead somewhere. */
    private JsonNode value(Node node) {
        JsonNode value = yaml.json(node);
        for (String reference : Reference.in(value)) {
            String[] parts = reference.split("\\.");
            boolean known =
                    parts.length > 1
                            && (parts[0].equals("input") && inputs.contains(parts[1])
                                    || parts[0].equals("steps") && ids.contains(parts[1]));
            if (!known) {
                yaml.error(
                        node,
                        "${" + reference + "} refers to nothing that is known there",
                        "inputs are " + sorted(inputs) + ", earlier steps are " + sorted(ids));
            }
        }
        return value;
    }

    private static String sorted(Set<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names.stream().sorted().toList());
    }
}
