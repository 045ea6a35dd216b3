package dev.weft.api.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What someone wants done.
 *
 * @param skill {@code skill} or {@code skill.tool}; the tool may be left out if the skill has only one
 * @param input arguments by name; never null
 * @param target agent id or label; empty to let the engine choose (this host if it has the skill, else the least loaded peer)
 * @param source who asks
 * @param ttl 1 s to 7 d
 * @param depth how many tasks led to this one; 0 for a person's
 */
public record TaskRequest(
        String skill,
        JsonNode input,
        Optional<String> target,
        AgentId source,
        Duration ttl,
        int depth) {
    /** Checks what every request has. */
    public TaskRequest {
        Objects.requireNonNull(skill, "skill");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(ttl, "ttl");
    }
}
