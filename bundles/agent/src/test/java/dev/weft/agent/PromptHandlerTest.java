package dev.weft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.agent.Agent;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PromptHandlerTest {
    private static final Agent AGENT =
            new Agent() {
                @Override
                public CompletableFuture<Answer> ask(Question question, Listener listener) {
                    assertEquals("agent-a", question.caller().value());
                    ASKED.set(question);
                    if (question.prompt().equals("slow")) {
                        return SLOW;
                    }
                    if (listener != null) {
                        listener.onText("you ");
                        listener.onStep(STEP);
                    }
                    return answer(question);
                }

                @Override
                public boolean forget(String conversation) {
                    return false;
                }
            };

    private static final CompletableFuture<Agent.Answer> SLOW = new CompletableFuture<>();
    private static final AtomicReference<Agent.Question> ASKED = new AtomicReference<>();
    private static final Agent.Step STEP =
            new Agent.Step("disk.usage", "here", Wire.object(), Wire.object(), null, 1);

    private final PromptHandler handler = new PromptHandler(AGENT);

    private JsonNode ask(String prompt) {
        JsonNode reply = null;
        for (Said said : ask("agent-a", Wire.object().put("message", prompt))) {
            assertEquals(MeshMessage.AGENT_RESPONSE, said.type());
            reply = said.payload();
        }
        return reply;
    }

    private record Said(String type, JsonNode payload) {}

    private List<Said> ask(String peer, JsonNode payload) {
        List<Said> replies = new ArrayList<>();
        MeshMessage message = new MeshMessage("agent_prompt", "1", peer, "agent-b", payload);
        handler.handle(
                new AgentId(peer), message, (type, sent) -> replies.add(new Said(type, sent)));
        return replies;
    }

    private static CompletableFuture<Agent.Answer> answer(Agent.Question question) {
        String prompt = question.prompt();
        return prompt.equals("fail")
                ? CompletableFuture.failedFuture(new TaskException("busy", "too much to do"))
                : CompletableFuture.completedFuture(
                        new Agent.Answer("you said " + prompt, "m", List.of(STEP)));
    }

    @Test
    void the_agent_answers_or_its_error_is_told() {
        assertEquals("you said hello", ask("hello").path("text").asText());
        assertEquals("busy", ask("fail").path("code").asText());
        assertEquals("bad_prompt", ask(" ").path("code").asText());
        assertEquals("bad_prompt", ask("x".repeat(70_000)).path("code").asText());
    }

    @Test
    void a_peer_that_asks_for_it_hears_words_and_steps_and_then_the_answer() {
        List<Said> said =
                ask(
                        "agent-a",
                        Wire.object()
                                .put("message", "hello")
                                .put("stream", true)
                                .put("trace", true)
                                .put("timeout_ms", 5000));
        assertEquals(
                List.of(
                        MeshMessage.AGENT_STREAM_CHUNK,
                        MeshMessage.AGENT_STREAM_CHUNK,
                        MeshMessage.AGENT_STREAM_CHUNK,
                        MeshMessage.AGENT_RESPONSE),
                said.stream().map(Said::type).toList());
        assertEquals("you ", said.get(0).payload().path("text").asText());
        assertEquals("disk.usage", said.get(1).payload().path("step").path("tool").asText());
        assertTrue(said.get(2).payload().path("done").asBoolean());
        assertEquals("you said hello", said.get(3).payload().path("text").asText());
        assertEquals(1, said.get(3).payload().path("steps").size());
        assertEquals(Duration.ofSeconds(5), ASKED.get().timeout());
    }

    @Test
    void a_peer_s_conversation_is_the_same_again_and_nobody_else_s() {
        String first = conversation("mine");
        assertEquals(first, conversation("mine"));
        assertNotEquals(first, conversation("other"));
        assertNotEquals("mine", first);
        assertTrue(first.matches("[a-z0-9][a-z0-9._-]{0,63}"), first);
        assertEquals("", conversation(""));
        assertEquals(
                "bad_prompt",
                ask("agent-a", prompt("x".repeat(65))).get(0).payload().path("code").asText());
    }

    private String conversation(String name) {
        ask("agent-a", prompt(name));
        return ASKED.get().conversation();
    }

    private static JsonNode prompt(String conversation) {
        return Wire.object().put("message", "hello").put("conversation", conversation);
    }

    @Test
    void a_prompt_that_its_peer_gives_up_is_stopped_and_not_answered_and_no_other_peer_can_do_so() {
        List<Said> replies = new ArrayList<>();
        CompletableFuture<Agent.Answer> work = new CompletableFuture<>();
        PromptHandler mine =
                new PromptHandler(
                        new Agent() {
                            @Override
                            public CompletableFuture<Answer> ask(
                                    Question asked, Listener listener) {
                                return work;
                            }

                            @Override
                            public boolean forget(String conversation) {
                                return false;
                            }
                        });
        for (String peer : List.of("agent-a", "agent-c", "agent-a")) {
            String type =
                    replies.isEmpty() && !mine.needs(new AgentId("agent-a"))
                            ? MeshMessage.AGENT_PROMPT
                            : MeshMessage.AGENT_CANCEL;
            assertFalse(work.isDone());
            mine.handle(
                    new AgentId(peer),
                    new MeshMessage(
                            type, "7", peer, "agent-b", Wire.object().put("message", "hello")),
                    (kind, sent) -> replies.add(new Said(kind, sent)));
        }
        assertTrue(work.isCancelled());
        assertFalse(mine.needs(new AgentId("agent-a")));
        assertEquals(List.of(), replies);
    }

    @Test
    void the_link_to_a_peer_is_needed_until_it_has_its_answer() {
        AgentId peer = new AgentId("agent-a");
        assertFalse(handler.needs(peer));
        assertNull(ask("slow"));
        assertTrue(handler.needs(peer));
        SLOW.complete(new Agent.Answer("at last", "m", List.of()));
        assertFalse(handler.needs(peer));
    }
}
