package dev.weft.skill.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.api.mesh.Mesh;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.skill.TaskContext;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Questions to the agents of other hosts, asked within one call. */
record Questions(Mesh mesh, TaskContext task) {
    private static final int MOST = 64 << 10;

    /** Sends a question.
     * @return the answer's text; fails with what went wrong */
    CompletableFuture<String> ask(AgentId agent, String message) {
        check(message);
        CompletableFuture<MeshMessage> asked =
                mesh.request(
                        agent,
                        MeshMessage.AGENT_PROMPT,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("message", message)
                                .put("depth", Math.max(1, task.depth()))
                                .put("timeout_ms", left(task).toMillis()),
                        left(task),
                        null);
        CompletableFuture<String> answer = asked.thenApply(Questions::text);
        answer.whenComplete((text, failure) -> asked.cancel(false)); // matters if it is given up
        return answer;
    }

    /** Checks what is sent.
     * @throws IllegalArgumentException if it is empty or too long */
    static void check(String message) {
        if (message.isBlank() || message.length() > MOST) {
            throw new IllegalArgumentException("a message has 1 to " + MOST + " characters");
        }
    }

    /** Waits.
     * @throws IllegalStateException with what went wrong
     * @throws InterruptedException if the answer is no longer wanted */
    static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } finally {
            answer.cancel(false);
        }
    }

    /** The time that a call has left, a second at least. */
    static Duration left(TaskContext task) {
        Duration left = Duration.between(Instant.now(), task.deadline());
        return left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left;
    }

    private static String text(MeshMessage answer) {
        JsonNode payload = answer.payload();
        if (payload.hasNonNull("error")) {
            throw new IllegalStateException(
                    payload.path("code").asText("agent_failed")
                            + ": "
                            + payload.path("error").asText());
        }
        return payload.path("text").asText();
    }
}
