package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How soon a skill that is dropped can be called, here and from another host, what a call costs, and whether replacing it under load breaks one. */
final class SkillsBenchmark implements Benchmark {
    private static final String CALL =
            "{\"skill\":\"text.statistics\",\"target_agent_id\":\"%s\",\"payload\":{\"text\":\"one two three\"},\"ttl\":60,\"wait\":60}";

    /** One that fails at once: what a host took to keep waits for a skill that has just gone. */
    private static final String PROBE =
            "{\"skill\":\"text.statistics\",\"target_agent_id\":\"%s\",\"payload\":{\"text\":\"one two three\"},\"durable\":false,\"ttl\":2,\"wait\":5}";

    @Override
    public String name() {
        return "skills";
    }

    @Override
    public void run(Figures figures, double scale) throws Exception {
        SkillJar jar = new SkillJar("text");
        figures.step("starting two hosts");
        try (BenchHost here = new BenchHost("bench-here", "");
                BenchHost there = BenchHost.joining(here, "bench-there");
                PlainHttp http = new PlainHttp(here.port(), here.key())) {
            figures.step("dropping skills");
            int drops = Math.max(3, (int) (50 * scale));
            Samples local = dropped(jar, here, http, "", drops);
            figures.add("dropped to callable here p50", local.millis(0.5), "ms");
            figures.add("dropped to callable here p95", local.millis(0.95), "ms");
            Samples remote = dropped(jar, there, http, "bench-there", drops);
            figures.add("dropped to callable from another host p50", remote.millis(0.5), "ms");
            figures.add("dropped to callable from another host p95", remote.millis(0.95), "ms");

            figures.step("calling");
            jar.drop(here.deploy(), "1.0.0");
            callable(http, "", System.nanoTime());
            calls(figures, http, Math.max(100, (int) (5000 * scale)));
            inside(figures, new InsideHost(here, http), Math.max(100, (int) (5000 * scale)));

            figures.step("replacing under load");
            CallLoad load = new CallLoad(here, String.format(CALL, ""), 200);
            try (load) {
                replace(jar, here, http, Math.max(3, (int) (100 * scale)));
            }
            figures.add("replaced under load", Math.max(3, (int) (100 * scale)), "versions");
            load.addTo(figures);
        }
    }

    private static Samples dropped(
            SkillJar jar, BenchHost host, PlainHttp http, String target, int times)
            throws Exception {
        Samples samples = new Samples(times);
        for (int i = -1; i < times; i++) { // the first one loads classes
            long start = System.nanoTime();
            jar.drop(host.deploy(), "1.0." + (i + 1));
            long nanos = callable(http, target, start);
            if (i >= 0) {
                samples.add(nanos);
            }
            jar.remove(host.deploy());
            Waiting.until("the skill to go", () -> !completes(http, target));
        }
        return samples;
    }

    private static long callable(PlainHttp http, String target, long start) throws Exception {
        Waiting.until("the skill", () -> completes(http, target));
        return System.nanoTime() - start;
    }

    private static boolean completes(PlainHttp http, String target) throws IOException {
        JsonNode task = http.tryCall("POST", "/api/hub/tasks", String.format(PROBE, target));
        return task.path("state").asText().equals("completed");
    }

    /** The baseline is a request that needs no skill: what remains is what the task engine, its journal and the skill runtime cost. */
    private static void calls(Figures figures, PlainHttp http, int count) throws IOException {
        Samples ours = null;
        Samples bare = null;
        for (int round = 0; round < 2; round++) { // the second one counts: by then the code is warm
            ours = new Samples(count);
            bare = new Samples(count);
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                http.call("POST", "/api/hub/tasks", String.format(CALL, ""));
                ours.add(System.nanoTime() - start);
                start = System.nanoTime();
                http.call("GET", "/api/llm", null);
                bare.add(System.nanoTime() - start);
            }
        }
        figures.add(
                "local tool call over REST p50 (baseline: GET /api/llm)",
                ours.millis(0.5),
                "ms",
                bare.millis(0.5));
        figures.add(
                "local tool call over REST p99 (baseline: GET /api/llm)",
                ours.millis(0.99),
                "ms",
                bare.millis(0.99));
    }

    /** The baseline is the bare Java method, called by the same code on the same thread. */
    private static void inside(Figures figures, InsideHost inside, int count) throws IOException {
        Map<String, Samples> all = new HashMap<>();
        for (int round = 0; round < 2; round++) { // the second one counts
            for (String way : List.of("METHOD", "RUNTIME", "TASK", "DURABLE")) {
                all.put(way, inside.toolCalls(way, count));
            }
        }
        double bare = all.get("METHOD").millis(0.5) * 1000;
        figures.add(
                "local tool call by the skill runtime p50 (baseline: the bare method)",
                all.get("RUNTIME").millis(0.5) * 1000,
                "µs",
                bare);
        figures.add(
                "local tool call as a task p50 (baseline: the bare method)",
                all.get("TASK").millis(0.5) * 1000,
                "µs",
                bare);
        figures.add(
                "local tool call as a journaled task p50 (baseline: the bare method)",
                all.get("DURABLE").millis(0.5) * 1000,
                "µs",
                bare);
    }

    private static void replace(SkillJar jar, BenchHost host, PlainHttp http, int times)
            throws Exception {
        for (int i = 1; i <= times; i++) {
            String version = "1.1." + i;
            jar.drop(host.deploy(), version);
            Waiting.until(
                    "version " + version,
                    () -> {
                        for (JsonNode skill : http.tryCall("GET", "/api/skills", null)) {
                            if (skill.path("id").asText().equals("text")
                                    && skill.path("version").asText().equals(version)) {
                                return true;
                            }
                        }
                        return false;
                    });
        }
    }
}
