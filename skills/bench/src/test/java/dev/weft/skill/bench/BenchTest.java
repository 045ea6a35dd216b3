package dev.weft.skill.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.task.TaskException;
import dev.weft.skill.testing.SkillHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchTest {
    private final List<String> asked = new ArrayList<>();
    private final Models models = new Models(model("router"));
    private final SkillHarness bench = SkillHarness.of(new Bench(null, null, null, models));

    BenchTest() {
        models.addProvider(model("alone"), Map.of("weft.llm.provider", "alone"));
    }

    private ChatModel model(String name) {
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                asked.add(name + " " + request.modelName());
                if ("route:broken".equals(request.modelName())) {
                    throw new IllegalStateException("broken");
                }
                return ChatResponse.builder().aiMessage(AiMessage.from("pong")).build();
            }
        };
    }

    @Test
    void every_call_is_timed_and_one_that_fails_is_marked() {
        assertEquals(3, bench.call("tool_calls", Map.of("way", "METHOD", "calls", 3)).size());
        JsonNode failed =
                bench.call(
                        "model_calls",
                        Map.of("model", "route:broken", "calls", 2, "per_second", 0));
        assertEquals(-1, failed.get(1).asDouble());
    }

    @Test
    void calls_begin_at_the_rate_that_is_wanted() {
        long start = System.nanoTime();
        bench.call("model_calls", Map.of("model", "route:x", "calls", 11, "per_second", 100));
        assertTrue(System.nanoTime() - start >= 100_000_000, "ten pauses of 10 ms");
        assertEquals(11, asked.size());
    }

    @Test
    void the_router_or_a_provider_is_asked() {
        bench.call("ask_model", Map.of("model", "route:fast"));
        bench.call("ask_model", Map.of("model", "provider:alone"));
        assertEquals("router route:fast", asked.get(0));
        assertTrue(asked.get(1).startsWith("alone"), asked.toString());
        assertTrue(
                assertThrows(
                                TaskException.class,
                                () -> bench.call("ask_model", Map.of("model", "provider:none")))
                        .getMessage()
                        .contains("alone"));
    }
}
