package dev.weft.llm.provider;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.llm.Llm;
import dev.weft.api.llm.ProviderException;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderTest {
    private final ScriptedServer server = new ScriptedServer();
    private final Kind kind =
            new Kind(
                    "test",
                    "https://api.example.com",
                    "small",
                    "TEST_API_KEY",
                    "http://localhost:1234",
                    key -> Map.of("Authorization", "Bearer " + key),
                    ProviderTest::models);

    @TempDir Path folder;

    @AfterEach
    void stop() {
        server.close();
    }

    /** A wire of one line: the answer is the body. */
    private static Models models(Settings settings) {
        ChatModel chat =
                new ChatModel() {
                    @Override
                    public ChatResponse doChat(ChatRequest request) {
                        return ChatResponse.builder()
                                .aiMessage(AiMessage.from(get(settings, "/chat")))
                                .build();
                    }
                };
        return new Models(
                chat,
                new StreamingChatModel() {},
                () -> List.of(get(settings, "/models").split(",")));
    }

    private static String get(Settings settings, String path) {
        return settings.http()
                .build()
                .execute(
                        HttpRequest.builder()
                                .method(HttpMethod.GET)
                                .url(settings.server() + path)
                                .build())
                .body();
    }

    private TestProvider start(Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(values);
        all.putIfAbsent("base_url", server.address());
        all.putIfAbsent("probe_seconds", 0);
        return new TestProvider(kind, all, name -> null);
    }

    @Test
    void what_is_wrong_is_said_with_the_key_and_an_example() {
        assertWrong(Map.of("id", "Not An Id"), "id 'Not An Id'");
        assertWrong(Map.of("base_url", "localhost:1234"), "http://localhost:1234");
        assertWrong(Map.of("base_url", "http://me:pw@host"), "base_url");
        assertWrong(Map.of("temperature", "warm"), "temperature");
        assertWrong(Map.of("input_price", "-1"), "input_price");
    }

    private void assertWrong(Map<String, Object> values, String part) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> start(values).close())
                        .getMessage();
        assertTrue(message.startsWith("dev.weft.llm.test") && message.contains(part), message);
    }

    @Test
    void limits_and_prices_are_the_services_properties() {
        try (TestProvider provider =
                start(Map.of("id", "one", "max_concurrent", 3, "input_price", "0.25"))) {
            Map<String, Object> properties = provider.model().properties();
            assertEquals("one", properties.get(Llm.PROVIDER));
            assertEquals("small", properties.get(Llm.MODEL));
            assertEquals(3, properties.get(Llm.MAX_CONCURRENT));
            assertEquals(0.25, properties.get(Llm.INPUT_PRICE));
        }
    }

    @Test
    void a_change_is_a_new_model_beside_the_old_and_a_wrong_one_changes_nothing() {
        try (TestProvider provider = start(Map.of())) {
            Object before = provider.model().object();
            assertThrows(
                    IllegalArgumentException.class,
                    () -> provider.modify(Map.of("base_url", "nonsense")));
            assertEquals(before, provider.model().object());
            provider.modify(Map.of("base_url", server.address(), "model", "large"));
            assertEquals("large", provider.model().properties().get(Llm.MODEL));
            assertEquals(1, provider.models().size());
            server.reply(ScriptedServer.Reply.of(200, "still here"));
            assertEquals("still here", ((ChatModel) before).chat("x"));
        }
    }

    @Test
    void a_key_file_is_read_for_each_request() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "first\n");
        server.reply(ScriptedServer.Reply.of(200, "ok"));
        try (TestProvider provider = start(Map.of("api_key_file", file.toString()))) {
            provider.chat().chat("x");
            Files.writeString(file, "second");
            provider.chat().chat("x");
        }
        assertEquals(
                List.of("Bearer first", "Bearer second"),
                server.requests().stream()
                        .map(request -> request.headers().get("Authorization").get(0))
                        .toList());
    }

    @Test
    void without_a_key_nothing_is_sent_and_health_says_what_to_do() {
        try (TestProvider provider = start(Map.of("base_url", "https://api.example.com"))) {
            ProviderException failure =
                    assertThrows(ProviderException.class, () -> provider.chat().chat("x"));
            assertEquals(ProviderException.Kind.NOT_ALLOWED, failure.kind());
            assertTrue(failure.getMessage().contains("TEST_API_KEY"), failure.getMessage());
            assertTrue(provider.health().check().detail().contains("TEST_API_KEY"));
            assertEquals("llm-test", provider.health().name());
        }
    }

    @Test
    void the_probe_tells_health_what_the_server_says() {
        server.reply(ScriptedServer.Reply.of(503, "down"));
        try (TestProvider provider = start(Map.of("probe_seconds", 1))) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> provider.health().check().detail().contains("503"));
            server.reply(ScriptedServer.Reply.of(200, "b,a"));
            await().atMost(Duration.ofSeconds(30)).until(() -> provider.health().check().ok());
            assertEquals("a", provider.catalog().listModels().get(0).name());
        }
    }

    @Test
    void retry_after_in_every_shape() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertEquals(Duration.ofSeconds(3), after("Retry-After", "3", now));
        assertEquals(Duration.ofMillis(250), after("retry-after-ms", "250", now));
        assertEquals(
                Duration.ofSeconds(90), after("Retry-After", "Thu, 1 Jan 2026 00:01:30 GMT", now));
        assertEquals(Duration.ZERO, after("Retry-After", "Wed, 1 Jan 2025 00:01:30 GMT", now));
        assertEquals(Duration.ofHours(1), after("Retry-After", "999999999", now));
        assertNull(after("Retry-After", "soon", now));
        assertNull(after("X", "1", now));
    }

    private static Duration after(String name, String value, Instant now) {
        return HttpFailure.retryAfter(
                HttpHeaders.of(Map.of(name, List.of(value)), (one, two) -> true), now);
    }
}
