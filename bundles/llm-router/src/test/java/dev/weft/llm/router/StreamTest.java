package dev.weft.llm.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.llm.ProviderException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams through the router: failover until the first piece, never after it. */
class StreamTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> parts = new CopyOnWriteArrayList<>();
    private ChatModelRouter router;

    @BeforeEach
    void start() {
        router =
                new ChatModelRouter(
                        TestConfig.of(Map.of("stall_seconds", 1, "retries", 0)),
                        null,
                        new Events() {
                            @Override
                            public void publish(String type, Object data) {}

                            @Override
                            public Subscription subscribe(long after, Consumer<Event> subscriber) {
                                throw new UnsupportedOperationException();
                            }
                        },
                        Clock.systemUTC());
    }

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
    }

    /** A provider that streams. */
    private interface Streaming extends ChatModel, StreamingChatModel {
        void pieces(StreamingChatResponseHandler handler);

        @Override
        default void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            pieces(handler);
        }

        @Override
        default ChatRequestParameters defaultRequestParameters() {
            return ChatRequestParameters.builder().build();
        }

        @Override
        default List<ChatModelListener> listeners() {
            return List.of();
        }

        @Override
        default ModelProvider provider() {
            return ModelProvider.OTHER;
        }

        @Override
        default Set<Capability> supportedCapabilities() {
            return Set.of();
        }
    }

    private void add(String id, ChatModel model) {
        router.addProvider(FakeReference.of(id), model);
    }

    private void add(String id, Streaming model) {
        add(id, (ChatModel) model);
    }

    private static ChatResponse answer(String text) {
        return ChatResponse.builder().aiMessage(AiMessage.from(text)).build();
    }

    private String ask() throws Exception {
        CompletableFuture<ChatResponse> done = new CompletableFuture<>();
        new RouterModel(router, "bundle:test", Set.of(), threads)
                .chat(
                        ChatRequest.builder().messages(UserMessage.from("x")).build(),
                        new StreamingChatResponseHandler() {
                            @Override
                            public void onPartialResponse(String part) {
                                parts.add(part);
                            }

                            @Override
                            public void onCompleteResponse(ChatResponse response) {
                                done.complete(response);
                            }

                            @Override
                            public void onError(Throwable failure) {
                                done.completeExceptionally(failure);
                            }
                        });
        return done.get(60, TimeUnit.SECONDS).aiMessage().text();
    }

    private static ProviderException failure() {
        return new ProviderException(ProviderException.Kind.RATE_LIMITED, "slow down", null, null);
    }

    @Test
    void pieces_pass_through() throws Exception {
        add(
                "a",
                handler -> {
                    handler.onPartialResponse("Hel");
                    handler.onPartialResponse("lo");
                    handler.onCompleteResponse(answer("Hello"));
                });
        assertEquals("Hello", ask());
        assertEquals(List.of("Hel", "lo"), parts);
    }

    @Test
    void before_the_first_piece_the_next_provider_takes_over() throws Exception {
        add("a", handler -> handler.onError(failure()));
        add(
                "b",
                handler -> {
                    handler.onPartialResponse("b");
                    handler.onCompleteResponse(answer("b"));
                });
        assertEquals("b", ask());
        assertEquals(List.of("b"), parts);
    }

    @Test
    void a_stall_before_the_first_piece_is_a_failure_and_late_pieces_are_not_heard()
            throws Exception {
        CompletableFuture<StreamingChatResponseHandler> late = new CompletableFuture<>();
        add("a", (Streaming) late::complete);
        add(
                "b",
                handler -> {
                    late.join().onPartialResponse("late");
                    handler.onPartialResponse("b");
                    handler.onCompleteResponse(answer("b"));
                });
        assertEquals("b", ask());
        assertEquals(List.of("b"), parts);
        assertTrue(router.providers().get(0).lastError().contains("nothing came for 1 s"));
    }

    @Test
    void after_the_first_piece_nobody_else_is_asked() {
        add(
                "a",
                handler -> {
                    handler.onPartialResponse("Hel");
                    handler.onError(failure());
                });
        add("b", handler -> handler.onCompleteResponse(answer("b")));
        ExecutionException failed = assertThrows(ExecutionException.class, this::ask);
        assertTrue(failed.getCause().getMessage().contains("broke off"), failed.toString());
        assertEquals(List.of("Hel"), parts);
    }

    @Test
    void a_provider_that_does_not_stream_answers_in_one_piece() throws Exception {
        add(
                "a",
                new ChatModel() {
                    @Override
                    public ChatResponse doChat(ChatRequest request) {
                        return answer("whole");
                    }
                });
        assertEquals("whole", ask());
        assertEquals(List.of("whole"), parts);
    }
}
