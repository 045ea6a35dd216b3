package dev.weft.protocol;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a host tells others about one of its skills.
 *
 * @param id 1 to 64 characters, {@code [a-z0-9][a-z0-9._-]*}
 * @param version OSGi version of the bundle that offers it
 * @param title a few words for people; never null
 * @param description one or two sentences; never null
 * @param tools the calls it offers; never null, at least empty
 * @param permissions what it reaches beyond its arguments, such as {@code net}; never null
 * @param problem what keeps it from working well, for people; "" if nothing does
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SkillCard(
        String id,
        String version,
        String title,
        String description,
        List<ToolCard> tools,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> permissions,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String problem) {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /** Checks the id, fills absent texts with "".
     * @throws ProtocolException if {@code id} is not a skill id */
    public SkillCard {
        if (!isId(id)) {
            throw new ProtocolException(
                    "bad_skill_id",
                    "skill id must be 1 to 64 characters [a-z0-9][a-z0-9._-]*, got "
                            + Wire.quote(id));
        }
        version = version == null ? "0.0.0" : version;
        title = title == null ? id : title;
        description = description == null ? "" : description;
        tools = Wire.list("tools", tools);
        permissions = Wire.list("permissions", permissions);
        problem = problem == null ? "" : problem;
    }

    /** A skill that needs no permission and is well.
     * @param id see the record
     * @param version see the record
     * @param title see the record
     * @param description see the record
     * @param tools see the record */
    public SkillCard(
            String id, String version, String title, String description, List<ToolCard> tools) {
        this(id, version, title, description, tools, List.of(), "");
    }

    /** The same skill in another state of health.
     * @param now what is wrong; "" if nothing
     * @return a card */
    public SkillCard withProblem(String now) {
        return problem.equals(now)
                ? this
                : new SkillCard(id, version, title, description, tools, permissions, now);
    }

    /** Tells whether a string could be a skill id.
     * @param id any string, may be null
     * @return true if it has the shape */
    public static boolean isId(String id) {
        return id != null && SHAPE.matcher(id).matches();
    }

    /** Finds a tool by name.
     * @param name the tool's name
     * @return the tool, or empty */
    public Optional<ToolCard> tool(String name) {
        return tools.stream().filter(tool -> tool.name().equals(name)).findFirst();
    }

    /**
     * One call of a skill.
     *
     * @param name unique in the skill
     * @param description for the model that chooses; never null
     * @param schema JSON Schema (draft 2020-12 subset) of the input object; never null
     * @param result JSON Schema of the result; null if it can be anything
     * @param confirm whether a person must approve each call before it runs
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ToolCard(
            String name,
            String description,
            JsonNode schema,
            @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode result,
            boolean confirm) {
        /** Fills absent members.
         * @throws ProtocolException if {@code name} is missing */
        public ToolCard {
            if (name == null || name.isBlank() || name.length() > 64) {
                throw new ProtocolException(
                        "bad_tool_name", "a tool's name must have 1 to 64 characters");
            }
            description = description == null ? "" : description;
            schema = schema == null ? Wire.object().put("type", "object") : schema;
        }

        /** A tool whose result can be anything, and that runs without approval.
         * @param name see the record
         * @param description see the record
         * @param schema see the record */
        public ToolCard(String name, String description, JsonNode schema) {
            this(name, description, schema, null, false);
        }
    }
}
