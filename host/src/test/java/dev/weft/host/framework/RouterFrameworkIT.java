package dev.weft.host.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.llm.Llm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.ops4j.pax.exam.util.Filter;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The router in the composed distribution: providers come, go and fail while it works. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class RouterFrameworkIT {
    @Inject
    @Filter("(!(weft.llm.provider=*))")
    private ChatModel router;

    @Inject private Llm llm;

    @Inject private org.osgi.service.cm.ConfigurationAdmin admin;

    @Inject private BundleContext context;

    @Configuration
    public Option[] configuration() throws Exception {
        return new Option[] {
            Composition.of("agent", Path.of("target/framework-test/router/data").toAbsolutePath())
        };
    }

    @Test
    public void route_is_swapped_at_once_and_the_call_in_flight_finishes_where_it_is()
            throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ServiceRegistration<ChatModel> slow =
                provide(
                        "slow",
                        request -> {
                            entered.countDown();
                            waitFor(go);
                            return "slow";
                        });
        ServiceRegistration<ChatModel> quick = provide("quick", request -> "quick");
        try {
            Await.until(
                    "the condition",
                    () ->
                            llm.providers().stream()
                                            .filter(
                                                    provider ->
                                                            List.of("slow", "quick")
                                                                    .contains(provider.id()))
                                            .count()
                                    == 2);
            llm.use("default", List.of("slow"));
            CompletableFuture<String> running =
                    CompletableFuture.supplyAsync(() -> router.chat("hello"));
            assertTrue(entered.await(60, TimeUnit.SECONDS));
            llm.use("default", List.of("quick"));
            assertEquals("quick", router.chat("hello"));
            slow.unregister();
            assertEquals("quick", router.chat("hello"));
            go.countDown();
            assertEquals("slow", running.get(60, TimeUnit.SECONDS));
        } finally {
            go.countDown();
            quick.unregister();
            llm.use("default", List.of("rules"));
        }
    }

    @Test
    public void next_provider_of_the_route_answers_when_the_first_fails() throws Exception {
        ServiceRegistration<ChatModel> broken =
                provide(
                        "broken",
                        request -> {
                            throw new IllegalStateException("no such host");
                        });
        ServiceRegistration<ChatModel> good = provide("good", request -> "good");
        try {
            Await.until(
                    "the condition",
                    () ->
                            llm.providers().stream()
                                            .filter(
                                                    provider ->
                                                            List.of("broken", "good")
                                                                    .contains(provider.id()))
                                            .count()
                                    == 2);
            llm.use("default", List.of("broken", "good"));
            assertEquals("good", router.chat("hello"));
            Llm.Provider failed =
                    llm.providers().stream()
                            .filter(provider -> provider.id().equals("broken"))
                            .findFirst()
                            .orElseThrow();
            assertEquals(1, failed.failures());
            assertTrue(failed.lastError(), failed.lastError().contains("no such host"));
        } finally {
            broken.unregister();
            good.unregister();
            llm.use("default", List.of("rules"));
        }
    }

    /** Routes are pointed elsewhere and providers replaced, again and again, while others call: not one call fails. */
    @Test
    public void swaps_under_load_fail_no_call() throws Exception {
        ServiceRegistration<ChatModel> one = provide("one", request -> "one");
        ServiceRegistration<ChatModel> two = provide("two", request -> "two");
        await("one", "two");
        llm.use("default", List.of("one"));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        List<Throwable> failed = new CopyOnWriteArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread caller =
                    new Thread(
                            () -> {
                                while (!stop.get()) {
                                    try {
                                        router.chat("hello");
                                        answered.incrementAndGet();
                                    } catch (RuntimeException e) {
                                        failed.add(e);
                                    }
                                }
                            });
            callers.add(caller);
            caller.start();
        }
        try {
            for (int swap = 0; swap < 100; swap++) {
                int before = answered.get();
                Await.until("calls between two swaps", () -> answered.get() > before);
                llm.use("default", List.of(swap % 2 == 0 ? "two" : "one"));
                // the one that is not in use is replaced: the new one is there before the old one
                // goes
                ServiceRegistration<ChatModel> fresh =
                        provide(swap % 2 == 0 ? "one" : "two", request -> "fresh");
                (swap % 2 == 0 ? one : two).unregister();
                if (swap % 2 == 0) {
                    one = fresh;
                } else {
                    two = fresh;
                }
            }
        } finally {
            stop.set(true);
            for (Thread caller : callers) {
                caller.join(TimeUnit.SECONDS.toMillis(30));
            }
            llm.use("default", List.of("rules"));
            one.unregister();
            two.unregister();
        }
        assertEquals(List.of(), failed);
        assertTrue(answered.get() >= 100);
    }

    /** A changed configuration of a real provider bundle is a new provider beside the old one: no call fails meanwhile. */
    @Test
    public void a_provider_by_configuration_changes_under_calls() throws Exception {
        com.sun.net.httpserver.HttpServer server =
                com.sun.net.httpserver.HttpServer.create(
                        new java.net.InetSocketAddress(
                                java.net.InetAddress.getLoopbackAddress(), 0),
                        0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    byte[] answer =
                            ("{\"id\":\"1\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                                            + "\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"hi\"}}]}")
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
        org.osgi.service.cm.Configuration configuration =
                admin.getFactoryConfiguration("dev.weft.llm.openai", "it", "?");
        try {
            configuration.update(settings(server.getAddress().getPort(), "m0"));
            await("it");
            llm.use("default", List.of("it"));
            for (int change = 1; change <= 20; change++) {
                configuration.update(settings(server.getAddress().getPort(), "m" + change));
                String model = "m" + change;
                Await.until(
                        model,
                        () -> {
                            assertEquals("hi", router.chat("hello"));
                            return llm.providers().stream()
                                    .anyMatch(it -> it.model().equals(model));
                        });
                assertEquals("hi", router.chat("hello"));
            }
        } finally {
            llm.use("default", List.of("rules"));
            configuration.delete();
            server.stop(0);
        }
    }

    private static Hashtable<String, Object> settings(int port, String model) {
        Hashtable<String, Object> settings = new Hashtable<>();
        settings.put("id", "it");
        settings.put("base_url", "http://127.0.0.1:" + port + "/v1");
        settings.put("model", model);
        settings.put("probe_seconds", 0);
        return settings;
    }

    private void await(String... ids) throws Exception {
        Await.until(
                "providers " + List.of(ids),
                () ->
                        llm.providers().stream()
                                .map(Llm.Provider::id)
                                .toList()
                                .containsAll(List.of(ids)));
    }

    @Test
    public void offline_default_says_what_it_is() {
        llm.use("default", List.of("rules"));
        String answer =
                router.chat(
                                ChatRequest.builder()
                                        .messages(UserMessage.from("write me a poem"))
                                        .build())
                        .aiMessage()
                        .text();
        assertTrue(answer, answer.toLowerCase(java.util.Locale.ROOT).contains("rule"));
    }

    private interface Reply {
        String to(ChatRequest request);
    }

    private ServiceRegistration<ChatModel> provide(String id, Reply reply) {
        ChatModel model =
                new ChatModel() {
                    @Override
                    public ChatResponse doChat(ChatRequest request) {
                        return ChatResponse.builder()
                                .aiMessage(AiMessage.from(reply.to(request)))
                                .build();
                    }
                };
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Llm.PROVIDER, id);
        properties.put(Llm.TYPE, "test");
        properties.put(Llm.MODEL, id);
        return context.registerService(ChatModel.class, model, properties);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertTrue(latch.await(240, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
