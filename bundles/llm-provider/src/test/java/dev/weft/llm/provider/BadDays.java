package dev.weft.llm.provider;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.weft.api.llm.ProviderException;
import dev.weft.llm.provider.ScriptedServer.End;
import dev.weft.llm.provider.ScriptedServer.Reply;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a provider makes of what its server does on a bad day: one table, the same for all, for whole answers and for streams. */
public abstract class BadDays {
    static final String KEY = "very-secret-key-123";
    private static final int LATE_MILLIS = 300;
    private static final ToolSpecification DISK =
            ToolSpecification.builder()
                    .name("disk_usage")
                    .description("free bytes")
                    .parameters(
                            JsonObjectSchema.builder()
                                    .addStringProperty("path")
                                    .required("path")
                                    .build())
                    .build();

    private final ScriptedServer server = new ScriptedServer();
    private TestProvider provider;

    /** What the server does. */
    enum Day {
        LIMITED_WITH_RETRY_AFTER,
        ERROR_500,
        CUT_SHORT,
        MALFORMED_JSON,
        SLOW_FIRST_TOKEN,
        FIRST_TOKEN_NEVER,
        UNKNOWN_MEMBERS,
        TOOL_CALL_WITH_BAD_ARGUMENTS
    }

    /** How the answer is asked for. */
    enum Manner {
        WHOLE,
        STREAMED
    }

    /** What is tested.
     * @return the kind */
    protected abstract Kind kind();

    /** Path of the API.
     * @return appended to the server's address */
    protected abstract String path();

    /** An answer as this wire writes it, with a member that nobody knows.
     * @param text what the model says
     * @return JSON */
    protected abstract String answer(String text);

    /** The first part of a stream that says "Hel" and no more.
     * @return as this wire writes it */
    protected abstract String cutStream();

    /** A tool call with arguments that are no JSON.
     * @return JSON */
    protected abstract String badToolCall();

    /** The same in pieces, if the wire has another form for that.
     * @return the answer to a request for a stream */
    protected abstract String badToolStream();

    /** A whole stream as this wire writes it, with members that nobody knows.
     * @param text what the model says, in one piece
     * @return the answer to a request for a stream */
    protected abstract String stream(String text);

    /** Stops what a test started. */
    @AfterEach
    public void stop() {
        if (provider != null) {
            provider.close();
        }
        server.close();
    }

    ScriptedServer server() {
        return server;
    }

    TestProvider provider() {
        return provider;
    }

    TestProvider scripted(int timeout, Reply reply) {
        server.reply(reply);
        return start(server.address() + path(), timeout);
    }

    TestProvider start(String url, int timeout) {
        provider =
                new TestProvider(
                        kind(),
                        Map.of(
                                "base_url",
                                url,
                                "model",
                                "test-model",
                                "api_key_env",
                                "TEST_KEY",
                                "timeout_seconds",
                                timeout,
                                "probe_seconds",
                                0),
                        name -> name.equals("TEST_KEY") ? KEY : null);
        return provider;
    }

    static ChatRequest request(ChatMessage... messages) {
        return ChatRequest.builder().messages(messages).toolSpecifications(DISK).build();
    }

    static ChatRequest plain(String text) {
        return ChatRequest.builder().messages(UserMessage.from(text)).build();
    }

    ProviderException failure(ChatRequest request) {
        return assertThrows(ProviderException.class, () -> provider.chat().chat(request));
    }

    /** The outcome of a stream. */
    static final class Heard implements StreamingChatResponseHandler {
        final List<String> parts = new CopyOnWriteArrayList<>();
        final CompletableFuture<ChatResponse> done = new CompletableFuture<>();

        @Override
        public void onPartialResponse(String part) {
            parts.add(part);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            done.complete(response);
        }

        @Override
        public void onError(Throwable error) {
            done.completeExceptionally(error);
        }

        ChatResponse answer() throws Exception {
            return done.get(90, TimeUnit.SECONDS);
        }

        ProviderException failure() {
            ExecutionException failed =
                    assertThrows(ExecutionException.class, () -> done.get(90, TimeUnit.SECONDS));
            return (ProviderException) failed.getCause();
        }
    }

    Heard stream(ChatRequest request) {
        Heard heard = new Heard();
        provider.streaming().chat(request, heard);
        return heard;
    }

    static Stream<Arguments> table() {
        return Arrays.stream(Day.values())
                .flatMap(day -> Arrays.stream(Manner.values()).map(how -> Arguments.of(day, how)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("table")
    void a_bad_day(Day day, Manner how) throws Exception {
        boolean streamed = how == Manner.STREAMED;
        scripted(day == Day.FIRST_TOKEN_NEVER ? 1 : 60, reply(day, streamed));
        ChatRequest request =
                day == Day.TOOL_CALL_WITH_BAD_ARGUMENTS
                        ? request(UserMessage.from("x"))
                        : plain("x");
        Heard heard = streamed ? stream(request) : whole(request);
        switch (day) {
            case LIMITED_WITH_RETRY_AFTER -> {
                ProviderException failure = heard.failure();
                assertEquals(ProviderException.Kind.RATE_LIMITED, failure.kind());
                assertEquals(Optional.of(Duration.ofSeconds(7)), failure.retryAfter());
            }
            case ERROR_500 ->
                    assertEquals(ProviderException.Kind.UNAVAILABLE, heard.failure().kind());
            case CUT_SHORT -> {
                assertTrue(heard.failure().kind().isPassing());
                assertEquals(streamed ? "Hel" : "", String.join("", heard.parts));
            }
            case MALFORMED_JSON -> {
                assertTrue(heard.failure().kind().isPassing());
                assertEquals("", String.join("", heard.parts));
            }
            case FIRST_TOKEN_NEVER ->
                    assertEquals(ProviderException.Kind.TIMEOUT, heard.failure().kind());
            case SLOW_FIRST_TOKEN, UNKNOWN_MEMBERS ->
                    assertEquals("fine", heard.answer().aiMessage().text());
            case TOOL_CALL_WITH_BAD_ARGUMENTS -> handedOnOrRefused(heard);
        }
        // The server may notice what it was sent after the client gave up waiting for an answer.
        await().atMost(Duration.ofSeconds(30)).until(() -> !server.requests().isEmpty());
        assertEquals(1, server.requests().size(), "the router retries, not the provider");
    }

    /** The agent tells the model of arguments that are no JSON; some libraries look first. */
    private static void handedOnOrRefused(Heard heard) throws Exception {
        try {
            heard.done.get(90, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            assertEquals(
                    ProviderException.Kind.BAD_ANSWER,
                    ((ProviderException) refused.getCause()).kind());
            return;
        }
        assertEquals(
                "disk_usage", heard.answer().aiMessage().toolExecutionRequests().get(0).name());
    }

    private Reply reply(Day day, boolean streamed) {
        String good = streamed ? stream("fine") : answer("fine");
        return switch (day) {
            case LIMITED_WITH_RETRY_AFTER ->
                    new Reply(
                            429,
                            Map.of("Retry-After", "7"),
                            "{\"error\":{\"message\":\"slow\"}}",
                            End.WHOLE,
                            0);
            case ERROR_500 -> Reply.of(500, "{\"error\":{\"message\":\"out of order\"}}");
            case CUT_SHORT ->
                    new Reply(
                            200,
                            Map.of(),
                            streamed ? cutStream() : good.substring(0, good.length() / 2),
                            End.CUT,
                            0);
            case MALFORMED_JSON ->
                    Reply.of(200, streamed ? malformed(cutStream()) : "{\"choices\":[{");
            case SLOW_FIRST_TOKEN -> new Reply(200, Map.of(), good, End.WHOLE, LATE_MILLIS);
            case FIRST_TOKEN_NEVER -> new Reply(200, Map.of(), "", End.NEVER, 0);
            case UNKNOWN_MEMBERS -> Reply.of(200, good);
            case TOOL_CALL_WITH_BAD_ARGUMENTS ->
                    Reply.of(200, streamed ? badToolStream() : badToolCall());
        };
    }

    /** The last document of a stream without its last brackets. */
    private static String malformed(String stream) {
        String text = stream.stripTrailing();
        return text.substring(0, text.length() - 2) + "\n\n";
    }

    private Heard whole(ChatRequest request) {
        Heard heard = new Heard();
        try {
            heard.onCompleteResponse(provider.chat().chat(request));
        } catch (ProviderException e) {
            heard.onError(e);
        }
        return heard;
    }
}
