package dev.weft.skill.mesh;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Messages to agents that have the skill {@code agent}. Each is a durable task: the engine delivers it, now or when the agent is
 * back, and has it done once.
 *
 * @param patience how long a message waits for a link before its caller is told that it is kept
 */
record Outbox(
        Tasks tasks, Mesh mesh, AgentDirectory directory, HostIdentity self, Duration patience) {
    private static final int WEEK = 168;
    private static final long LOOK_MILLIS = 250;
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** How long a message is kept.
     * @throws IllegalArgumentException if it is not 1 to 168 hours */
    static Duration hours(int hours) {
        if (hours < 1 || hours > WEEK) {
            throw new IllegalArgumentException("hours must be 1 to " + WEEK + ", got " + hours);
        }
        return Duration.ofHours(hours);
    }

    /** Whether an agent takes messages as tasks. */
    boolean reaches(AgentId agent) {
        return known(agent).filter(one -> one.card().offers(AgentSkill.ID)).isPresent();
    }

    /** Sends a message.
     * @return its task, which is safe from a crash by now
     * @throws IllegalStateException if it cannot be kept; says why */
    TaskHandle send(AgentId agent, String message, Duration kept, TaskContext task)
            throws InterruptedException {
        Questions.check(message);
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
            return handle;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** Waits for the answer while its agent can be reached and the call has time.
     * @return the final task; empty if it goes on without us
     * @throws InterruptedException if the answer is no longer wanted; the task is canceled then */
    Optional<Task> await(TaskHandle sent, AgentId agent, TaskContext task)
            throws InterruptedException {
        CompletableFuture<Task> done = sent.done().copy();
        long unlinked = isAway(agent) ? System.nanoTime() - patience.toNanos() : System.nanoTime();
        try {
            while (true) {
                try {
                    return Optional.of(done.get(LOOK_MILLIS, TimeUnit.MILLISECONDS));
                } catch (TimeoutException notYet) {
                    if (mesh.peer(agent).isPresent()) {
                        unlinked = System.nanoTime();
                    }
                }
                if (System.nanoTime() - unlinked > patience.toNanos()
                        || Questions.left(task).compareTo(MARGIN) <= 0) {
                    return Optional.empty();
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            tasks.cancel(sent.task().id());
            throw e;
        } finally {
            done.cancel(false);
        }
    }

    private boolean isAway(AgentId agent) {
        return known(agent).filter(one -> one.health().equals("offline")).isPresent();
    }

    private Optional<KnownAgent> known(AgentId agent) {
        return directory.find(agent.value());
    }
}
