package dev.weft.llm.router;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.llm.ProviderException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Prints what the router costs: run its main method. Not a test: figures depend on the machine. */
final class RouterFigures {
    private static final int CALLS = 5000;
    private static final long PACE = TimeUnit.SECONDS.toNanos(1) / 500;

    private RouterFigures() {}

    private static ChatModel model(String text) {
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return ChatResponse.builder().aiMessage(AiMessage.from(text)).build();
            }
        };
    }

    private static ChatModelRouter router(String... routes) {
        return new ChatModelRouter(
                TestConfig.of(Map.of("routes", routes)),
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

    /** Times paced calls.
     * @return microseconds, sorted */
    private static double[] time(Runnable call, int calls, long pace) {
        double[] micros = new double[calls];
        long next = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            next += pace;
            long start = System.nanoTime();
            call.run();
            micros[i] = (System.nanoTime() - start) / 1000.0;
        }
        Arrays.sort(micros);
        return micros;
    }

    private static String line(double[] sorted) {
        return "p50 %.1f us, p95 %.1f us, p99 %.1f us"
                .formatted(
                        sorted[sorted.length / 2],
                        sorted[sorted.length * 95 / 100],
                        sorted[sorted.length * 99 / 100]);
    }

    public static void main(String[] arguments) throws Exception {
        ChatModel bare = model("x");
        ChatModelRouter router = router("default=a");
        router.addProvider(FakeReference.of("a"), bare);
        ExecutorService threads = Executors.newCachedThreadPool();
        RouterModel routed = new RouterModel(router, "bundle:figures", threads);
        time(() -> bare.chat("x"), 2000, 0);
        time(() -> routed.chat("x"), 2000, 0);
        System.out.println(
                "bare call at 500/s:   " + line(time(() -> bare.chat("x"), CALLS, PACE)));
        System.out.println(
                "routed call at 500/s: " + line(time(() -> routed.chat("x"), CALLS, PACE)));
        System.out.println("failover after a 429: " + line(failovers()));
        System.out.println(swaps(threads));
        threads.shutdownNow();
    }

    private static double[] failovers() {
        double[] micros = new double[200];
        for (int i = 0; i < micros.length; i++) {
            ChatModelRouter router = router("default=a,b");
            router.addProvider(
                    FakeReference.of("a"),
                    new ChatModel() {
                        @Override
                        public ChatResponse doChat(ChatRequest request) {
                            throw new ProviderException(
                                    ProviderException.Kind.RATE_LIMITED, "slow down", null, null);
                        }
                    });
            router.addProvider(FakeReference.of("b"), model("b"));
            RouterModel routed = new RouterModel(router, "bundle:figures", Runnable::run);
            long start = System.nanoTime();
            routed.chat("x");
            micros[i] = (System.nanoTime() - start) / 1000.0;
        }
        Arrays.sort(micros);
        return micros;
    }

    private static String swaps(ExecutorService threads) throws Exception {
        ChatModelRouter router = router("default=a");
        router.addProvider(FakeReference.of("a"), model("a"));
        router.addProvider(FakeReference.of("b"), model("b"));
        RouterModel routed = new RouterModel(router, "bundle:figures", threads);
        AtomicInteger failed = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        var calls =
                threads.submit(
                        () ->
                                time(
                                        () -> {
                                            try {
                                                routed.chat("x");
                                                done.incrementAndGet();
                                            } catch (RuntimeException e) {
                                                failed.incrementAndGet();
                                            }
                                        },
                                        2000,
                                        TimeUnit.SECONDS.toNanos(1) / 200));
        for (int swap = 0; swap < 100; swap++) {
            int before = done.get();
            while (done.get() < before + 15 && !calls.isDone()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            router.use("default", List.of(swap % 2 == 0 ? "b" : "a"));
        }
        calls.get(60, TimeUnit.SECONDS);
        return "100 swaps under 200 calls/s: "
                + done.get()
                + " calls answered, "
                + failed.get()
                + " failed";
    }
}
