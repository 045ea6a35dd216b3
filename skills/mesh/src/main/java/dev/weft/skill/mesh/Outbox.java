package dev.weft.skill.mesh;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentId;
import dev.weft.skill.TaskContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/** Messages to agents that are away: each is a durable task for their skill {@code agent}, which the task engine delivers when they are back. */
record Outbox(Tasks tasks, AgentDirectory directory, HostIdentity self) {
    private static final int WEEK = 168;

    /** How long a message is kept.
     * @throws IllegalArgumentException if it is not 1 to 168 hours */
    static Duration hours(int hours) {
        if (hours < 1 || hours > WEEK) {
            throw new IllegalArgumentException("hours must be 1 to " + WEEK + ", got " + hours);
        }
        return Duration.ofHours(hours);
    }

    /** Whether the registry knows an agent to be away. */
    boolean isAway(AgentId agent) {
        return known(agent).filter(one -> one.health().equals("offline")).isPresent();
    }

    /** Whether an agent takes messages as tasks. */
    boolean reaches(AgentId agent) {
        return known(agent).filter(one -> one.card().offers(AgentSkill.ID)).isPresent();
    }

    /** Keeps a message until its agent is back.
     * @return the id of the task, which is safe from a crash by now
     * @throws IllegalStateException if it cannot be kept; says why */
    String keep(AgentId agent, String message, Duration kept, TaskContext task)
            throws InterruptedException {
        Questions.check(message);
        if (!reaches(agent)) {
            throw new IllegalStateException(
                    known(agent).map(one -> one.card().name()).orElse(agent.value())
                            + " is away, and messages are not kept for it: it does not have the skill \""
                            + AgentSkill.ID
                            + "\", which comes with the skill mesh");
        }
        // begun again after a crash, the call finds the task that it submitted before
        String key =
                UUID.nameUUIDFromBytes(
                                ("mesh_send/" + task.idempotencyKey())
                                        .getBytes(StandardCharsets.UTF_8))
                        .toString();
        TaskHandle handle =
                tasks.submit(
                        new TaskRequest(
                                AgentSkill.ID + "." + AgentSkill.PROMPT,
                                JsonNodeFactory.instance.objectNode().put("message", message),
                                Optional.of(agent.value()),
                                self.agentId(),
                                kept,
                                task.depth() + 1,
                                new TaskRequest.Options(
                                        true, key, true, TaskRequest.Priority.NORMAL, "")));
        try {
            Task accepted = handle.accepted().get();
            if (accepted.error() != null) {
                throw new IllegalStateException(
                        accepted.error().code() + ": " + accepted.error().message());
            }
            return accepted.id();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        }
    }

    private Optional<KnownAgent> known(AgentId agent) {
        return directory.find(agent.value());
    }
}
