package dev.weft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.agent.Agent;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PromptHandlerTest {
    private static final Agent AGENT =
            new Agent() {
                @Override
                public CompletableFuture<Answer> ask(Question question, Listener listener) {
                    assertEquals("agent-a", question.caller().value());
                    return answer(question);
                }

                @Override
                public boolean forget(String conversation) {
                    return false;
                }
            };

    private final PromptHandler handler = new PromptHandler(AGENT);
    private final List<JsonNode> replies = new ArrayList<>();

    private JsonNode ask(String prompt) {
        MeshMessage message =
                new MeshMessage(
                        "agent_prompt",
                        "1",
                        "agent-a",
                        "agent-b",
                        Wire.object().put("message", prompt));
        handler.handle(
                new AgentId("agent-a"),
                message,
                (type, payload) -> {
                    assertEquals(MeshMessage.AGENT_RESPONSE, type);
                    return replies.add(payload);
                });
        return replies.isEmpty() ? null : replies.remove(0);
    }

    private static CompletableFuture<Agent.Answer> answer(Agent.Question question) {
        String prompt = question.prompt();
        return prompt.equals("fail")
                ? CompletableFuture.failedFuture(new TaskException("busy", "too much to do"))
                : CompletableFuture.completedFuture(
                        new Agent.Answer("you said " + prompt, "m", List.of()));
    }

    @Test
    void the_agent_answers_or_its_error_is_told() {
        assertEquals("you said hello", ask("hello").path("text").asText());
        assertEquals("busy", ask("fail").path("code").asText());
        assertEquals("bad_prompt", ask(" ").path("code").asText());
        assertEquals("bad_prompt", ask("x".repeat(70_000)).path("code").asText());
    }
}
