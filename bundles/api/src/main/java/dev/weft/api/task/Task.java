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
        Instant deadline) {
    /** Checks what every task has. */
    public Task {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(skill, "skill");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(deadline, "deadline");
    }
}
