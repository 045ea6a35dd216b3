package dev.weft.llm.router;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatModelRouterTest {
    @TempDir Path folder;

    private final List<String> published = new ArrayList<>();
    private final Events events =
            new Events() {
                @Override
                public synchronized void publish(String type, Object data) {
                    published.add(type);
                }

                @Override
                public Subscription subscribe(long after, Consumer<Event> subscriber) {
                    throw new UnsupportedOperationException();
                }
            };
    private ChatModelRouter router;
    private Path file;

    @BeforeEach
    void begin() {
        file = folder.resolve("data/llm-routes.json");
        router = start();
    }

    private ChatModelRouter start(String... routes) {
        return new ChatModelRouter(
                TestConfig.of(java.util.Map.of("routes", routes)),
                folder.resolve("data"),
                events,
                java.time.Clock.systemUTC());
    }

    private RouterModel model() {
        return new RouterModel(router, "bundle:test", Set.of(), Runnable::run);
    }

    private static ChatModel says(String text) {
        return model(request -> text);
    }

    private interface Answering {
        String answer(ChatRequest request);
    }

    private static ChatModel model(Answering answering) {
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return ChatResponse.builder()
                        .aiMessage(AiMessage.from(answering.answer(request)))
                        .build();
            }
        };
    }

    private FakeReference add(String id, ChatModel model) {
        FakeReference reference = FakeReference.of(id);
        router.addProvider(reference, model);
        return reference;
    }

    private String ask() {
        return model().chat("hi");
    }

    private String ask(String route) {
        return model().chat(
                        ChatRequest.builder()
                                .messages(UserMessage.from("hi"))
                                .modelName("route:" + route)
                                .build())
                .aiMessage()
                .text();
    }

    @Test
    void unconfigured_default_asks_models_by_id_and_rules_last() {
        add("rules", says("rules"));
        assertEquals("rules", ask());
        add("b", says("b"));
        add("a", says("a"));
        assertEquals("a", ask());
        assertEquals(Map.of("default", List.of("a", "b", "rules")), router.routes());
    }

    @Test
    void configured_route_is_taken_and_its_name_is_not_passed_on() {
        router = start("default=a", "fast = b , a", "nonsense", "Bad Name=a", "empty=");
        AtomicReference<String> model = new AtomicReference<>("unset");
        add("a", says("a"));
        add(
                "b",
                model(
                        request -> {
                            model.set(request.modelName());
                            return "b";
                        }));
        assertEquals("a", ask());
        assertEquals("b", ask("fast"));
        assertNull(model.get());
        assertEquals(List.of("default", "fast"), List.copyOf(router.routes().keySet()));
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> ask("slow"))
                        .getMessage()
                        .contains("default, fast"));
    }

    @Test
    void fails_over_and_counts() {
        add(
                "a",
                model(
                        request -> {
                            throw new IllegalStateException("quota exceeded");
                        }));
        add("rules", says("from rules"));
        assertEquals("from rules", ask());
        assertEquals(1, router.providers().get(0).calls());
        assertEquals(1, router.providers().get(0).failures());
        assertTrue(router.providers().get(0).lastError().contains("quota exceeded"));
        assertEquals(0, router.providers().get(1).failures());
        assertTrue(
                router.check().detail().contains("quota exceeded") && !router.check().blocking());
    }

    @Test
    void a_provider_whose_bundle_is_half_gone_fails_over() {
        add(
                "a",
                model(
                        request -> {
                            throw new NoClassDefFoundError("dev/weft/Gone");
                        }));
        add("b", says("b"));
        assertEquals("b", ask());
    }

    @Test
    void last_failure_names_every_cause() {
        add(
                "a",
                model(
                        request -> {
                            throw new IllegalStateException("no quota");
                        }));
        add(
                "b",
                model(
                        request -> {
                            throw new IllegalArgumentException("no such model");
                        }));
        IllegalStateException failure = assertThrows(IllegalStateException.class, this::ask);
        assertTrue(
                failure.getMessage().contains("no quota")
                        && failure.getMessage().contains("no such model"),
                failure.getMessage());
        assertEquals("no quota", failure.getCause().getMessage());
        assertEquals("no such model", failure.getSuppressed()[0].getMessage());
    }

    @Test
    void an_interrupted_call_asks_no_other_provider() {
        AtomicBoolean asked = new AtomicBoolean();
        add(
                "a",
                model(
                        request -> {
                            throw new IllegalStateException(new InterruptedException());
                        }));
        add(
                "b",
                model(
                        request -> {
                            asked.set(true);
                            return "b";
                        }));
        assertThrows(IllegalStateException.class, this::ask);
        assertFalse(asked.get());
    }

    @Test
    void without_providers_it_says_so() {
        assertTrue(
                assertThrows(IllegalStateException.class, this::ask)
                        .getMessage()
                        .contains("there is no LLM provider"));
        assertFalse(router.check().ok());
        add("rules", says("x"));
        assertTrue(router.check().ok());
    }

    @Test
    void use_survives_a_restart_and_beats_the_configuration() {
        add("a", says("a"));
        add("b", says("b"));
        router.use("default", List.of("b", "a"));
        assertEquals("b", ask());
        router = start("default=a");
        add("a", says("a"));
        add("b", says("b"));
        assertEquals("b", ask());
        assertTrue(published.stream().allMatch("llm.changed"::equals) && published.size() == 5);
    }

    @Test
    void a_cache_that_was_set_survives_a_restart_and_beats_the_configuration() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        router = cached("fast=60");
        add("a", model(request -> "answer " + asked.incrementAndGet()));
        assertEquals(Map.of("fast", 60L), router.caches());
        router.cache("default", 60);
        assertEquals("answer 1", ask());
        assertEquals("answer 1", ask());
        router.cache("fast", 0);
        assertEquals(Map.of("default", 60L), router.caches());
        assertThrows(IllegalArgumentException.class, () -> router.cache("none", 5));
        assertThrows(IllegalArgumentException.class, () -> router.cache("fast", 10_000_000));

        router = cached("fast=60");
        assertEquals(Map.of("default", 60L), router.caches());

        Files.writeString(folder.resolve("data/llm-caches.json"), "{\"default\":");
        router = cached("fast=60");
        assertEquals(Map.of("fast", 60L), router.caches());
    }

    private ChatModelRouter cached(String... cache) {
        return new ChatModelRouter(
                TestConfig.of(
                        Map.of("routes", new String[] {"default=a", "fast=a"}, "cache", cache)),
                folder.resolve("data"),
                events,
                java.time.Clock.systemUTC());
    }

    @Test
    void use_refuses_what_it_does_not_know() {
        add("a", says("a"));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> router.use("default", List.of("a", "z")))
                        .getMessage();
        assertTrue(message.contains("'z'") && message.contains("there are: a"), message);
        assertThrows(IllegalArgumentException.class, () -> router.use("default", List.of()));
        assertThrows(IllegalArgumentException.class, () -> router.use("Not A Route", List.of("a")));
        assertFalse(Files.exists(file));
    }

    @Test
    void a_broken_file_of_routes_is_left_alone_and_changes_nothing() throws Exception {
        Files.createDirectories(file.getParent());
        for (String broken :
                List.of(
                        "{",
                        "[]",
                        "null",
                        "{\"default\":null}",
                        "{\"default\":[null]}",
                        "{\"default\":\"a\"}",
                        "")) {
            Files.writeString(file, broken);
            router = start();
            add("a", says("a"));
            assertEquals("a", ask());
        }
    }

    @Test
    void a_route_that_cannot_be_kept_is_not_changed() throws Exception {
        Files.writeString(folder.resolve("data"), "a file where the folder should be");
        add("a", says("a"));
        add("b", says("b"));
        assertThrows(UncheckedIOException.class, () -> router.use("default", List.of("b")));
        assertEquals("a", ask());
    }

    @Test
    void of_two_with_one_id_the_higher_ranking_counts_and_the_other_stays() {
        FakeReference low = new FakeReference("a", "openai", 1);
        FakeReference high = new FakeReference("a", "openai", 2);
        router.addProvider(low, says("low"));
        router.addProvider(high, says("high"));
        assertEquals("high", ask());
        router.removeProvider(high);
        assertEquals("low", ask());
    }

    @Test
    void a_leaving_provider_finishes_its_call_and_gets_no_other() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        FakeReference a =
                add(
                        "a",
                        model(
                                request -> {
                                    entered.countDown();
                                    try {
                                        assertTrue(leave.await(60, TimeUnit.SECONDS));
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    return "a";
                                }));
        add("b", says("b"));
        CompletableFuture<String> running = CompletableFuture.supplyAsync(this::ask);
        assertTrue(entered.await(60, TimeUnit.SECONDS));
        router.removeProvider(a);
        assertEquals("b", ask());
        leave.countDown();
        assertEquals("a", running.get(60, TimeUnit.SECONDS));
    }

    @Test
    void swaps_under_load_without_one_failed_request() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        FakeReference current = add("p0", says("p0"));
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> callers = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                callers.add(
                        pool.submit(
                                (Callable<Void>)
                                        () -> {
                                            while (!stop.get()) {
                                                assertTrue(ask().startsWith("p"));
                                                answered.incrementAndGet();
                                            }
                                            return null;
                                        }));
            }
            for (int swap = 1; swap <= 300; swap++) {
                String id = "p" + swap;
                FakeReference next = add(id, says(id));
                if (swap % 2 == 0) {
                    router.use("default", List.of(id));
                } else if (router.routes().get("default").size() == 1) {
                    router.use("default", List.of(id));
                }
                router.removeProvider(current);
                current = next;
            }
            int before = answered.get();
            await().atMost(60, TimeUnit.SECONDS).until(() -> answered.get() > before + 1000);
            stop.set(true);
            for (Future<?> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }
            assertEquals("p300", ask());
            assertEquals(0, router.providers().get(0).failures());
        } finally {
            stop.set(true);
            pool.shutdownNow();
            assertTrue(pool.awaitTermination(60, TimeUnit.SECONDS));
        }
    }
}
