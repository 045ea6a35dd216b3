package dev.weft.llm.router;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.llm.Llm;
import dev.weft.api.llm.ProviderException;
import dev.weft.api.task.TaskException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits, rests, budgets, cache and accounts of calls. */
class CallsTest {
    private final List<String> published = new CopyOnWriteArrayList<>();
    private final Events events =
            new Events() {
                @Override
                public void publish(String type, Object data) {
                    published.add(type + " " + data);
                }

                @Override
                public Subscription subscribe(long after, Consumer<Event> subscriber) {
                    throw new UnsupportedOperationException();
                }
            };
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ChatModelRouter router;

    @TempDir Path folder;

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
    }

    private RouterModel start(Map<String, Object> config) {
        router = new ChatModelRouter(TestConfig.of(config), folder, events, Clock.systemUTC());
        return new RouterModel(router, "skill:test", Set.of("test"), threads);
    }

    private interface Answering {
        String answer() throws Exception;
    }

    private void add(String id, Map<String, Object> properties, Answering answering) {
        router.addProvider(
                new FakeReference(id, properties),
                new ChatModel() {
                    @Override
                    public ChatResponse doChat(ChatRequest request) {
                        try {
                            return ChatResponse.builder()
                                    .aiMessage(AiMessage.from(answering.answer()))
                                    .tokenUsage(new TokenUsage(10, 20))
                                    .build();
                        } catch (RuntimeException e) {
                            throw e;
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }
                });
    }

    private static ProviderException failure(ProviderException.Kind kind, Duration retryAfter) {
        return new ProviderException(kind, kind.name(), retryAfter, null);
    }

    @Test
    void a_server_that_asks_for_a_rest_gets_it_and_the_next_answers() {
        RouterModel model = start(Map.of("routes", new String[] {"default=a,b"}));
        AtomicInteger asked = new AtomicInteger();
        add(
                "a",
                Map.of(),
                () -> {
                    asked.incrementAndGet();
                    throw failure(ProviderException.Kind.RATE_LIMITED, Duration.ofMinutes(5));
                });
        add("b", Map.of(), () -> "b");
        for (int i = 0; i < 5; i++) {
            assertEquals("b", model.chat("x"));
        }
        assertEquals(1, asked.get());
        assertEquals("resting", router.providers().get(0).state());
    }

    @Test
    void alone_it_is_asked_again_after_its_rest() {
        RouterModel model = start(Map.of());
        AtomicInteger asked = new AtomicInteger();
        add(
                "a",
                Map.of(),
                () -> {
                    if (asked.incrementAndGet() == 1) {
                        throw failure(ProviderException.Kind.RATE_LIMITED, Duration.ofMillis(50));
                    }
                    return "a";
                });
        assertEquals("a", model.chat("x"));
        assertEquals(2, asked.get());
    }

    @Test
    void a_refusal_is_not_repeated() {
        RouterModel model = start(Map.of());
        AtomicInteger asked = new AtomicInteger();
        add(
                "a",
                Map.of(),
                () -> {
                    asked.incrementAndGet();
                    throw failure(ProviderException.Kind.REFUSED, null);
                });
        assertThrows(IllegalStateException.class, () -> model.chat("x"));
        assertEquals(1, asked.get());
        assertFalse(router.recent().get(0).error().isEmpty());
    }

    @Test
    void after_failures_in_a_row_the_breaker_opens_and_says_so() {
        RouterModel model = start(Map.of("retries", 0, "wait_seconds", 0));
        AtomicInteger asked = new AtomicInteger();
        add(
                "a",
                Map.of(),
                () -> {
                    asked.incrementAndGet();
                    throw failure(ProviderException.Kind.UNAVAILABLE, null);
                });
        for (int i = 0; i < 6; i++) {
            assertThrows(IllegalStateException.class, () -> model.chat("x"));
        }
        assertEquals(3, asked.get());
        String message =
                assertThrows(IllegalStateException.class, () -> model.chat("x")).getMessage();
        assertTrue(message.contains("rests for"), message);
    }

    @Test
    void after_the_rest_one_call_tries() {
        Breaker breaker = new Breaker();
        long now = 0;
        for (int i = 0; i < 3; i++) {
            assertEquals(0, breaker.enter(now));
            breaker.failed(failure(ProviderException.Kind.TIMEOUT, null), now);
        }
        assertTrue(breaker.enter(now) > 0);
        now += Duration.ofSeconds(6).toNanos();
        assertEquals(0, breaker.enter(now));
        assertTrue(breaker.enter(now) > 0, "the second waits for the first one's outcome");
        breaker.failed(failure(ProviderException.Kind.TIMEOUT, null), now);
        assertTrue(breaker.enter(now + Duration.ofSeconds(6).toNanos()) > 0, "the rest doubles");
        assertEquals(0, breaker.enter(now + Duration.ofSeconds(11).toNanos()));
        breaker.worked();
        assertEquals(0, breaker.enter(now));
        assertEquals(0, breaker.enter(now));
    }

    @Test
    void no_more_calls_at_once_than_allowed_and_none_is_lost() throws Exception {
        RouterModel model = start(Map.of());
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(2);
        add(
                "a",
                Map.of(Llm.MAX_CONCURRENT, 2),
                () -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    full.countDown();
                    full.await(60, TimeUnit.SECONDS);
                    inside.decrementAndGet();
                    return "a";
                });
        List<CompletableFuture<String>> calls =
                java.util.stream.IntStream.range(0, 20)
                        .mapToObj(
                                i -> CompletableFuture.supplyAsync(() -> model.chat("x"), threads))
                        .toList();
        for (CompletableFuture<String> call : calls) {
            assertEquals("a", call.get(60, TimeUnit.SECONDS));
        }
        assertEquals(2, most.get());
    }

    @Test
    void calls_a_minute_are_counted_exactly() {
        Gate gate = new Gate(0, 2);
        assertTrue(gate.enter(0));
        assertTrue(gate.enter(1));
        gate.leave();
        assertFalse(gate.enter(2));
        assertFalse(gate.enter(TimeUnit.SECONDS.toNanos(59)));
        assertTrue(gate.enter(TimeUnit.SECONDS.toNanos(60)));
        assertFalse(gate.enter(TimeUnit.SECONDS.toNanos(60)));
    }

    @Test
    void a_budget_is_never_overshot_by_calls_at_once() throws Exception {
        RouterModel model =
                start(
                        Map.of(
                                "budgets",
                                new String[] {"route:default tokens=1000 per=total"},
                                "approval_seconds",
                                0,
                                "budget_output_tokens",
                                100));
        add("a", Map.of(), () -> "a");
        List<CompletableFuture<String>> calls =
                java.util.stream.IntStream.range(0, 200)
                        .mapToObj(
                                i -> CompletableFuture.supplyAsync(() -> model.chat("x"), threads))
                        .toList();
        int answered = 0;
        for (CompletableFuture<String> call : calls) {
            try {
                call.get(60, TimeUnit.SECONDS);
                answered++;
            } catch (ExecutionException e) {
                assertTrue(e.getCause().getMessage().contains("weft llm raise"), e.toString());
            }
        }
        Llm.Budget budget = router.budgets().get(0);
        assertEquals(30L * answered, budget.tokens());
        assertEquals(0, budget.reservedTokens());
        assertTrue(budget.tokens() <= 1000 && answered > 0, budget.toString());
    }

    @Test
    void a_call_over_budget_waits_until_it_is_raised() throws Exception {
        RouterModel model = start(Map.of("budgets", new String[] {"skill:* money=0.0001 per=day"}));
        add("a", Map.of(Llm.INPUT_PRICE, 1.0, Llm.OUTPUT_PRICE, 10.0), () -> "a");
        CompletableFuture<String> call =
                CompletableFuture.supplyAsync(() -> model.chat("x"), threads);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> router.budgets().size() == 2 && budget("skill:test").waiting() == 1);
        assertEquals(0, budget("skill:*").money());
        assertTrue(published.stream().anyMatch(event -> event.contains("state=waiting")));
        assertFalse(call.isDone());
        router.raise("skill:test", 0, 1);
        assertEquals("a", call.get(60, TimeUnit.SECONDS));
        assertEquals(0.00021, budget("skill:test").money(), 1e-9);
        assertThrows(IllegalArgumentException.class, () -> router.raise("skill:none", 1, 0));
        assertThrows(IllegalArgumentException.class, () -> router.raise("skill:test", 0, 0));
    }

    @Test
    void what_a_budget_used_survives_a_restart_and_a_failed_call_costs_nothing() {
        Map<String, Object> config =
                Map.of("budgets", new String[] {"skill:test tokens=100000 per=total"});
        RouterModel model = start(config);
        add("a", Map.of(), () -> "a");
        model.chat("x");
        router.stop();
        model = start(config);
        assertEquals(30, router.budgets().get(0).tokens());
        add(
                "a",
                Map.of(),
                () -> {
                    throw failure(ProviderException.Kind.REFUSED, null);
                });
        RouterModel failing = model;
        assertThrows(IllegalStateException.class, () -> failing.chat("x"));
        assertEquals(30, router.budgets().get(0).tokens());
        assertEquals(0, router.budgets().get(0).reservedTokens());
    }

    /** Not every call writes: what is on disk is ahead by up to one percent of the limit. */
    @Test
    void after_a_kill_no_less_than_what_was_used_counts_as_used() {
        Map<String, Object> config =
                Map.of(
                        "budgets",
                        new String[] {"skill:test tokens=100000 per=total", "skill:* tokens=1000"});
        RouterModel model = start(config);
        add("a", Map.of(), () -> "a");
        for (int i = 0; i < 20; i++) {
            model.chat("x");
        }
        ask("skill:other");
        start(config); // nobody stopped the one before
        long used = budget("skill:test").tokens();
        assertTrue(used >= 600 && used <= 600 + 4096 + 100 + 1000, "used: " + used);
        router.stop();
        start(config);
        add("a", Map.of(), () -> "a");
        assertEquals(used, budget("skill:test").tokens(), "a restart changes nothing");
        router.limit("route:none", "day", 1, 0);
        router.stop();
        start(config);
        add("a", Map.of(), () -> "a");
        ask("skill:other");
        assertTrue(
                budget("skill:other").tokens() >= 60,
                "what another skill used is kept while nobody asks: " + router.budgets());
    }

    @Test
    void a_budget_is_set_at_once_kept_and_taken_back() throws Exception {
        Map<String, Object> config =
                Map.of("budgets", new String[] {"skill:test tokens=5000 per=total"});
        RouterModel model = start(config);
        add("a", Map.of(), () -> "a");
        Llm.Budget set = router.limit("skill:test", "total", 10, 0);
        assertEquals(10, set.tokenLimit());
        CompletableFuture<String> call =
                CompletableFuture.supplyAsync(() -> model.chat("x"), threads);
        await().atMost(Duration.ofSeconds(30)).until(() -> budget("skill:test").waiting() == 1);
        router.limit("skill:test", "total", 0, 0);
        assertEquals("a", call.get(60, TimeUnit.SECONDS), "no limit lets it go on");
        router.limit("skill:*", "hour", 7, 1.5);
        router.stop();
        start(config);
        assertEquals(0, budget("skill:test").tokenLimit(), "what was set is kept");
        assertEquals("hour", budget("skill:*").per());
        assertTrue(router.unlimit("skill:test"));
        assertFalse(router.unlimit("skill:test"));
        assertEquals(5000, budget("skill:test").tokenLimit());
        for (String wrong : List.of("test", "skill:", "plan:x", "skill:a b")) {
            assertThrows(
                    IllegalArgumentException.class, () -> router.limit(wrong, "day", 1, 0), wrong);
        }
        assertThrows(IllegalArgumentException.class, () -> router.limit("skill:a", "week", 1, 0));
        assertThrows(IllegalArgumentException.class, () -> router.limit("skill:a", "day", -1, 0));
    }

    /** A call that may use some 200 tokens. */
    private void ask(String caller) {
        new RouterModel(router, caller, Set.of(), threads)
                .chat(
                        ChatRequest.builder()
                                .messages(UserMessage.from("x"))
                                .maxOutputTokens(100)
                                .build());
    }

    private Llm.Budget budget(String name) {
        return router.budgets().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + router.budgets()));
    }

    @Test
    void usage_is_put_down_to_provider_route_and_caller() {
        RouterModel model = start(Map.of());
        add("a", Map.of(Llm.INPUT_PRICE, 1.0, Llm.OUTPUT_PRICE, 2.0), () -> "a");
        model.chat("x");
        model.chat("y");
        for (String subject : List.of("provider:a", "route:default", "skill:test")) {
            Llm.Usage usage = router.usage().get(subject);
            assertEquals(2, usage.calls());
            assertEquals(20, usage.inputTokens());
            assertEquals(40, usage.outputTokens());
            assertEquals(0.0001, usage.cost(), 1e-12);
        }
        assertEquals("skill:test", router.recent().get(0).caller());
    }

    private static String look(RouterModel model, String route) {
        return model.chat(
                        ChatRequest.builder()
                                .messages(
                                        UserMessage.from(
                                                TextContent.from("what is this?"),
                                                ImageContent.from("iVBORw0KGgo=", "image/png")))
                                .modelName(route)
                                .build())
                .aiMessage()
                .text();
    }

    @Test
    void images_go_to_models_that_take_them_and_to_the_route_vision_if_the_default_one_has_none() {
        RouterModel model =
                start(
                        Map.of(
                                "routes",
                                new String[] {"default=blind,seer", "fast=blind", "vision=seer"}));
        add("blind", Map.of(Llm.IMAGES, false), () -> "blind");
        add("seer", Map.of(), () -> "seer");
        assertEquals("seer", look(model, null));
        assertEquals("blind", model.chat("and words?"));
        router.use("default", List.of("blind"));
        assertEquals("seer", look(model, null));
        assertEquals("vision", router.recent().get(0).route());
        assertEquals("seer", look(model, "route:default;for=agent-b2"));

        TaskException refused = assertThrows(TaskException.class, () -> look(model, "route:fast"));
        assertEquals("no_images", refused.error().code());
        assertTrue(refused.getMessage().contains("route fast takes images (blind)"));
        router.use("vision", List.of("blind"));
        assertEquals(
                "no_images",
                assertThrows(TaskException.class, () -> look(model, null)).error().code());
        assertEquals("blind", model.chat("still words?"));
    }

    @Test
    void a_request_with_an_image_is_too_large_to_be_cached() {
        RouterModel model =
                start(
                        Map.of(
                                "routes",
                                new String[] {"default=a"},
                                "cache",
                                new String[] {"default=600"}));
        AtomicInteger asked = new AtomicInteger();
        add("a", Map.of(), () -> "answer " + asked.incrementAndGet());
        assertEquals("answer 1", look(model, null));
        assertEquals("answer 2", look(model, null));
        assertEquals("answer 3", model.chat("words"));
        assertEquals("answer 3", model.chat("words"));
    }

    @Test
    void a_route_that_asks_for_it_is_cached() {
        RouterModel model =
                start(
                        Map.of(
                                "cache",
                                new String[] {"fast=60"},
                                "routes",
                                new String[] {"fast=a", "default=a"}));
        AtomicInteger asked = new AtomicInteger();
        add("a", Map.of(), () -> "answer " + asked.incrementAndGet());
        ChatRequest fast =
                ChatRequest.builder()
                        .messages(UserMessage.from("x"))
                        .modelName("route:fast")
                        .build();
        assertEquals("answer 1", model.chat(fast).aiMessage().text());
        assertEquals("answer 1", model.chat(fast).aiMessage().text());
        assertEquals("answer 2", model.chat("x"));
        assertEquals("answer 3", model.chat("x"));
        assertEquals(1, router.usage().get("route:fast").cached());
    }

    @Test
    void only_the_agent_may_call_for_someone_else() {
        assertEquals(
                new Way("fast", "agent:edge-7"), Way.of("route:fast;for=edge-7", "agent:alpha"));
        assertEquals(new Way("fast", "skill:x"), Way.of("route:fast;for=edge-7", "skill:x"));
        assertEquals(new Way("default", "skill:x"), Way.of("gpt-4o", "skill:x"));
    }

    @Test
    void a_changed_configuration_counts_at_once_and_ends_no_call() throws Exception {
        RouterModel model = start(Map.of("routes", new String[] {"default=slow"}));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        add(
                "slow",
                Map.of(),
                () -> {
                    entered.countDown();
                    go.await(60, TimeUnit.SECONDS);
                    return "slow";
                });
        add("quick", Map.of(), () -> "quick");
        CompletableFuture<String> running =
                CompletableFuture.supplyAsync(() -> model.chat("x"), threads);
        assertTrue(entered.await(60, TimeUnit.SECONDS));
        router.modify(TestConfig.of(Map.of("routes", new String[] {"default=quick"})));
        assertEquals("quick", model.chat("x"));
        go.countDown();
        assertEquals("slow", running.get(60, TimeUnit.SECONDS));
    }
}
