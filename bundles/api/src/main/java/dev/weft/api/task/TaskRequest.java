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
 * @param options how it is handled
 */
public record TaskRequest(
        String skill,
        JsonNode input,
        Optional<String> target,
        AgentId source,
        Duration ttl,
        int depth,
        Options options) {
    /** Checks what every request has. */
    public TaskRequest {
        Objects.requireNonNull(skill, "skill");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(options, "options");
    }

    /** A task that lives in memory, of normal priority.
     * @param skill see above
     * @param input see above
     * @param target see above
     * @param source see above
     * @param ttl see above
     * @param depth see above */
    public TaskRequest(
            String skill,
            JsonNode input,
            Optional<String> target,
            AgentId source,
            Duration ttl,
            int depth) {
        this(skill, input, target, source, ttl, depth, Options.IN_MEMORY);
    }

    /** Which of the waiting tasks of a host is begun first. */
    public enum Priority {
        /** When nothing else waits. */
        LOW,
        /** What is not said otherwise. */
        NORMAL,
        /** Before all others. */
        HIGH
    }

    /**
     * How a task is handled.
     *
     * @param durable whether it is kept on disk until its end, survives a crash of this host and is sent again until its deadline
     *     when the peer does not answer
     * @param idempotencyKey the caller's name for what is wanted, at most 128 characters: the same key of the same source is
     *     done once; "" if it has none. Kept until the deadline of the task and for ten minutes, on disk if the task is durable
     * @param whenAway whether it waits until its deadline for an agent that is away; if not, it is refused at once
     * @param priority its place among those that wait
     * @param traceparent W3C trace context of the caller; "" to begin a trace, or to go on with that of the task that the
     *     calling thread works on
     */
    public record Options(
            boolean durable,
            String idempotencyKey,
            boolean whenAway,
            Priority priority,
            String traceparent) {
        /** Nothing special. */
        public static final Options IN_MEMORY = new Options(false, "", false, Priority.NORMAL, "");

        /** Kept on disk. */
        public static final Options DURABLE = new Options(true, "", false, Priority.NORMAL, "");

        /** Checks.
         * @throws TaskException code {@code bad_task} if the key is too long */
        public Options {
            Objects.requireNonNull(idempotencyKey, "idempotencyKey");
            Objects.requireNonNull(priority, "priority");
            Objects.requireNonNull(traceparent, "traceparent");
            if (idempotencyKey.length() > 128) {
                throw new TaskException(
                        "bad_task", "an idempotency key has at most 128 characters");
            }
        }
    }
}
