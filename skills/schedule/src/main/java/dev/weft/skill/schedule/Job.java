package dev.weft.skill.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that is to be run. Immutable.
 *
 * @param id unique on this host
 * @param name a few words for people
 * @param timing when
 * @param skill {@code skill} or {@code skill.tool}; empty for a prompt
 * @param input the skill's arguments
 * @param agent who carries the skill out; empty to let the host choose
 * @param prompt what the agent of this host is asked; empty for a skill
 * @param next when it runs next; empty if never again
 * @param last how the last run ended
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Job(
        String id,
        String name,
        Timing timing,
        Optional<String> skill,
        ObjectNode input,
        Optional<String> agent,
        Optional<String> prompt,
        Optional<Instant> next,
        Optional<Outcome> last) {
    /** Fills in what the file leaves out. */
    public Job {
        input = input == null ? JsonNodeFactory.instance.objectNode() : input;
    }

    /**
     * How a run ended.
     *
     * @param at when it began
     * @param state completed, failed, running, or interrupted by the end of the host
     * @param text result or error, shortened
     */
    public record Outcome(Instant at, String state, String text) {}

    Job withNext(Optional<Instant> time) {
        return new Job(id, name, timing, skill, input, agent, prompt, time, last);
    }

    Job withLast(Outcome outcome) {
        return new Job(id, name, timing, skill, input, agent, prompt, next, Optional.of(outcome));
    }
}
