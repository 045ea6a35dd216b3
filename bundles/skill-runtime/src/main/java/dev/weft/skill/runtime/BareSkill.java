package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.SkillCard;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;

/**
 * A skill without a host: read, checked and called by the very code that a host uses. For tests of skills on a plain class path; the
 * package is not exported, so no bundle sees it. Thread-safe.
 */
public final class BareSkill {
    private final SkillReader.Offer offer;

    private BareSkill(SkillReader.Offer offer) {
        this.offer = offer;
    }

    /** Reads a skill.
     * @param service its object
     * @return the skill
     * @throws IllegalArgumentException if a host would refuse it; says why */
    public static BareSkill of(SkillService service) {
        try {
            return new BareSkill(SkillReader.read(service, "0.0.0"));
        } catch (SkillRefused e) {
            throw new IllegalArgumentException(
                    "a host would refuse this skill: " + e.getMessage(), e);
        }
    }

    /** What hosts and models see of it.
     * @return its card */
    public SkillCard card() {
        return offer.card();
    }

    /** Calls a tool on the calling thread.
     * @param tool its name; "" for the only one
     * @param input arguments by name
     * @param context given to the method if it asks for one
     * @return the result as JSON
     * @throws dev.weft.api.task.TaskException as a caller in the mesh would get it: codes {@code unknown_tool}, {@code bad_arguments},
     *     {@code skill_failed}, {@code deadline_exceeded}
     * @throws InterruptedException if the thread was interrupted */
    public JsonNode call(String tool, JsonNode input, TaskContext context)
            throws InterruptedException {
        ToolMethod method = offer.tool(tool);
        return method.run(method.arguments(input), context);
    }
}
