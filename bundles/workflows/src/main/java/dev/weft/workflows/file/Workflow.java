package dev.weft.workflows.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A workflow as its file describes it, checked.
 *
 * @param name of the file without the ending
 * @param description for people and for the model that chooses
 * @param schema JSON Schema of the input
 * @param steps one after another
 * @param result what comes out, with references; null for the outcome of the last step
 */
public record Workflow(
        String name, String description, ObjectNode schema, List<Step> steps, JsonNode result) {
    /** One step. Its outcome is known to later ones as {@code ${steps.ID}}. */
    public sealed interface Step {
        /** Its name.
         * @return unique in the file */
        String id();
    }

    /**
     * Calls a skill.
     *
     * @param id see {@link Step#id}
     * @param skill {@code skill} or {@code skill.tool}
     * @param input arguments, with references
     * @param place where
     */
    public record Call(String id, String skill, ObjectNode input, Place place) implements Step {}

    /**
     * Has an agent plan by itself how to reach a goal.
     *
     * @param id see {@link Step#id}
     * @param goal what it is asked, with references
     * @param place where
     * @param skills those that it may call, {@code skill} or {@code skill.tool}; empty for all
     * @param agents names or ids of those that it may give work to; empty for all
     */
    public record Supervise(
            String id, String goal, Place place, List<String> skills, List<String> agents)
            implements Step {}

    /**
     * Does steps at once; the outcome is an object with a member each.
     *
     * @param id see {@link Step#id}
     * @param steps independent of each other
     */
    public record Parallel(String id, List<Step> steps) implements Step {}

    /**
     * Repeats steps; the outcome is that of the last one.
     *
     * @param id see {@link Step#id}
     * @param steps one after another
     * @param until a reference: it ends when that is true
     * @param most how often at most; reaching it is a failure if {@code until} is given
     */
    public record Loop(String id, List<Step> steps, JsonNode until, int most) implements Step {}

    /**
     * Where a step is done.
     *
     * @param agent name or id; "" for any that fits
     * @param label {@code key=value} that the agent must carry; "" for any
     */
    public record Place(String agent, String label) {}
}
