package dev.weft.llm.gemini;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.weft.llm.provider.ScriptedServer;
import dev.weft.llm.provider.TestProvider;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Two tool calls at once, as the real server writes them. */
class GeminiToolsTest {
    private static final String CALLS =
            """
            {"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"disk_usage","args":{"path":"/a"}}},
             {"functionCall":{"name":"disk_usage","args":{"path":"/b"}}}]},"finishReason":"STOP","index":0}],
             "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5},"modelVersion":"m"}""";

    @Test
    void parallel_tool_calls_whole_and_streamed() throws Exception {
        try (ScriptedServer server = new ScriptedServer();
                TestProvider provider =
                        new TestProvider(
                                GeminiProvider.KIND,
                                Map.of(
                                        "base_url",
                                        server.address() + "/v1beta",
                                        "probe_seconds",
                                        0),
                                name -> null)) {
            server.reply(ScriptedServer.Reply.of(200, CALLS));
            assertCalls(provider.chat().chat(UserMessage.from("two disks")).aiMessage());
            server.reply(ScriptedServer.Reply.of(200, "data: " + CALLS.replace("\n", "") + "\n\n"));
            CompletableFuture<ChatResponse> done = new CompletableFuture<>();
            provider.streaming()
                    .chat(
                            ChatRequest.builder().messages(UserMessage.from("two disks")).build(),
                            new StreamingChatResponseHandler() {
                                @Override
                                public void onCompleteResponse(ChatResponse response) {
                                    done.complete(response);
                                }

                                @Override
                                public void onError(Throwable failure) {
                                    done.completeExceptionally(failure);
                                }
                            });
            assertCalls(done.get(30, TimeUnit.SECONDS).aiMessage());
        }
    }

    private static void assertCalls(AiMessage message) {
        assertEquals(2, message.toolExecutionRequests().size());
        assertEquals("disk_usage", message.toolExecutionRequests().get(0).name());
        assertEquals(
                "{\"path\":\"/b\"}",
                message.toolExecutionRequests().get(1).arguments().replaceAll("\\s", ""));
    }
}
