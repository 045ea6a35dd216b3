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
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
                    10,
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
            assertTrue(entered.await(10, TimeUnit.SECONDS));
            llm.use("default", List.of("quick"));
            assertEquals("quick", router.chat("hello"));
            slow.unregister();
            assertEquals("quick", router.chat("hello"));
            go.countDown();
            assertEquals("slow", running.get(10, TimeUnit.SECONDS));
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
                    10,
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
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
