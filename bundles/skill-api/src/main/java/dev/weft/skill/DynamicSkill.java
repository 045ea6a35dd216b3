package dev.weft.skill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A skill whose tools are not known when it is compiled: they come from files or from another system. Its class carries
 * {@link Skill} as usual. Tools are read once, when the service is registered; one that changes registers anew.
 */
@ConsumerType
public interface DynamicSkill extends SkillService {
    /** The tools.
     * @return at least one; no two of one name */
    List<DynamicTool> tools();

    /**
     * A tool.
     *
     * @param name 1 to 64 letters, digits, _ or -, begins with a letter
     * @param description for the model that chooses
     * @param schema JSON Schema of the input, an object; what the host checks before it calls
     * @param call carries it out
     */
    record DynamicTool(String name, String description, ObjectNode schema, DynamicCall call) {}

    /** Carries a tool out. Called from many threads at once. */
    @ConsumerType
    @FunctionalInterface
    interface DynamicCall {
        /** Does it.
         * @param input arguments that fit the schema
         * @param task what is known of the call
         * @return the result; null counts as JSON null
         * @throws InterruptedException if the result is no longer wanted */
        JsonNode run(ObjectNode input, TaskContext task) throws InterruptedException;
    }
}
