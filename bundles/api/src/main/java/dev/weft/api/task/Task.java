package dev.weft.api.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import java.time.Instant;
import java.util.Objects;

/**
 * One unit of work. Immutable: a change of state is a new Task.
 *
 * @param id 1 to 128 characters
 * @param skill skill id
 * @param tool name of the tool; "" until it is known
 * @param input arguments; never null
 * @param source who asked
 * @param target who does it; null until chosen
 * @param state where it stands
 * @param path how it travelled: {@code local|p2p|turn|relay}; "" until it did
 * @param result what came out; null unless completed
 * @param error why it ended otherwise; null unless failed, canceled or rejected
 * @param created when it was accepted
 * @param updated when the state changed last
 * @param deadline absolute, UTC; work past it ends as FAILED with code {@code deadline_exceeded}
 * @param sequence counts the changes of this task on this host, from 1
 * @param attempt how often it was begun, 1 for the first time; 0 before
 * @param question what a person is asked; null unless input-required or auth-required
 * @param traceparent W3C trace context of this task; "" if it has none
 */
public record Task(
        String id,
        String skill,
        String tool,
        JsonNode input,
        AgentId source,
        AgentId target,
        TaskState state,
        String path,
        JsonNode result,
        TaskError error,
        Instant created,
        Instant updated,
        Instant deadline,
        long sequence,
        int attempt,
        TaskQuestion question,
        String traceparent) {
    /** Checks what every task has. */
    public Task {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(skill, "skill");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(deadline, "deadline");
        traceparent = traceparent == null ? "" : traceparent;
    }

    /** A task that was not begun yet, or of which no more is known.
     * @param id see above
     * @param skill see above
     * @param tool see above
     * @param input see above
     * @param source see above
     * @param target see above
     * @param state see above
     * @param path see above
     * @param result see above
     * @param error see above
     * @param created see above
     * @param updated see above
     * @param deadline see above */
    public Task(
            String id,
            String skill,
            String tool,
            JsonNode input,
            AgentId source,
            AgentId target,
            TaskState state,
            String path,
            JsonNode result,
            TaskError error,
            Instant created,
            Instant updated,
            Instant deadline) {
        this(
                id, skill, tool, input, source, target, state, path, result, error, created,
                updated, deadline, 1, 0, null, "");
    }
}
