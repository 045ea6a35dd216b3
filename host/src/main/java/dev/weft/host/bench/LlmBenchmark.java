package dev.weft.host.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** What the router adds to a call of a provider, how long a failover takes, and whether changing a route under load breaks a call: on a whole host, over HTTP. */
final class LlmBenchmark implements Benchmark {
    private static final int CALLS_PER_SECOND = 500;
    private static final int LOAD_PER_SECOND = 200;
    private static final int ROUNDS = 10;
    private static final int FAILOVERS_PER_SECOND = 50;
    private static final long BETWEEN_SWAPS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String ASK =
            "{\"skill\":\"bench.ask_model\",\"target_agent_id\":\"\",\"payload\":{\"model\":\"route:swapped\"},\"ttl\":60,\"wait\":60,\"durable\":false}";

    @Override
    public String name() {
        return "llm";
    }

    @Override
    public void run(Figures figures, double scale) throws Exception {
        figures.step("starting a host");
        try (ModelServer server = new ModelServer();
                BenchHost host = new BenchHost("bench-llm", configuration(server));
                PlainHttp http = new PlainHttp(host.port(), host.key())) {
            InsideHost inside = new InsideHost(host, http);
            Waiting.until(
                    "the providers",
                    () ->
                            http.tryCall("GET", "/api/llm", null)
                                    .path("providers")
                                    .findValuesAsText("id")
                                    .containsAll(
                                            List.of(
                                                    "good", "limited", "broken", "slow-a",
                                                    "slow-b")));
            figures.step("calling");
            overhead(figures, inside, Math.max(20, (int) (500 * scale)));
            figures.step("failing over");
            failover(figures, inside, Math.max(10, (int) (200 * scale)));
            figures.step("swapping under load");
            swaps(figures, host, http, Math.max(3, (int) (100 * scale)));
        }
    }

    /** The bare provider and the router take turns, so that a machine that gets slower does so for both. */
    private static void overhead(Figures figures, InsideHost inside, int calls) throws Exception {
        Samples bare = new Samples(calls * ROUNDS);
        Samples routed = new Samples(calls * ROUNDS);
        Samples budget = new Samples(calls * ROUNDS);
        for (int round = -2; round < ROUNDS; round++) { // the first ones warm up
            Samples one = inside.modelCalls("provider:good", calls, CALLS_PER_SECOND);
            Samples two = inside.modelCalls("route:good", calls, CALLS_PER_SECOND);
            Samples three = inside.modelCalls("route:limited-by-budget", calls, CALLS_PER_SECOND);
            if (round >= 0) {
                bare.addAll(one);
                routed.addAll(two);
                budget.addAll(three);
            }
        }
        String at = " at " + CALLS_PER_SECOND + "/s, baseline: the provider alone)";
        figures.add("model call p50 (routed" + at, micros(routed, 0.5), "µs", micros(bare, 0.5));
        figures.add("model call p99 (routed" + at, micros(routed, 0.99), "µs", micros(bare, 0.99));
        figures.add("the router adds p50", micros(routed, 0.5) - micros(bare, 0.5), "µs");
        figures.add(
                "the router with a budget adds p50", micros(budget, 0.5) - micros(bare, 0.5), "µs");
    }

    private static void failover(Figures figures, InsideHost inside, int calls) throws Exception {
        Samples bare = inside.modelCalls("provider:good", calls, FAILOVERS_PER_SECOND);
        Samples limited = inside.modelCalls("route:after-429", calls, FAILOVERS_PER_SECOND);
        figures.add("a 429 adds p50", limited.millis(0.5) - bare.millis(0.5), "ms");
        figures.add("a 429 adds p99", limited.millis(0.99) - bare.millis(0.5), "ms");
        // Every other call meets a 503: the slower half.
        Samples broken = inside.modelCalls("route:after-503", 2 * calls, FAILOVERS_PER_SECOND);
        figures.add("a 503 adds p50", broken.millis(0.75) - bare.millis(0.5), "ms");
        figures.add("a 503 adds p99", broken.millis(0.995) - bare.millis(0.5), "ms");
    }

    private static void swaps(Figures figures, BenchHost host, PlainHttp http, int times)
            throws Exception {
        CallLoad load = new CallLoad(host, ASK, LOAD_PER_SECOND);
        try (load) {
            for (int i = 0; i < times; i++) {
                LockSupport.parkNanos(BETWEEN_SWAPS);
                http.call(
                        "PUT",
                        "/api/llm/routes/swapped",
                        "{\"providers\":[\"" + (i % 2 == 0 ? "slow-b" : "slow-a") + "\"]}");
            }
        }
        figures.add("routes swapped under load", times, "swaps");
        load.addTo(figures);
    }

    private static double micros(Samples samples, double part) {
        return samples.millis(part) * 1000;
    }

    private static String configuration(ModelServer server) {
        Map<String, String> providers =
                new TreeMap<>(
                        Map.of(
                                "good", "good",
                                "limited", "limited",
                                "broken", "broken",
                                "slow-a", "slow",
                                "slow-b", "slow"));
        return providers.entrySet().stream()
                .map(
                        one ->
                                "\"dev.weft.llm.openai~%s\":{\"id\":\"%s\",\"base_url\":\"%s\",\"model\":\"bench\",\"probe_seconds\":0}"
                                        .formatted(
                                                one.getKey(),
                                                one.getKey(),
                                                server.url(one.getValue())))
                .collect(
                        Collectors.joining(
                                ",",
                                "{",
                                ",\"dev.weft.llm.router\":{\"routes\":[\"good=good\",\"limited-by-budget=good\",\"after-429=limited,good\",\"after-503=broken,good\",\"swapped=slow-a\"],\"budgets\":[\"route:limited-by-budget tokens=1000000000 per=total\"]}}"));
    }
}
