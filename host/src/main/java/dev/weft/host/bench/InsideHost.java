package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.util.Map;

/** The skill {@code bench}, dropped into a host of a benchmark: it measures what cannot be seen from outside. */
final class InsideHost {
    private final PlainHttp http;

    /** Drops the skill and waits until it can be called.
     * @param host of the benchmark
     * @param http a connection to it */
    InsideHost(BenchHost host, PlainHttp http) throws Exception {
        this.http = http;
        new SkillJar("bench").drop(host.deploy(), "1.0.0");
        Waiting.until("the skill bench", () -> completes("bench.echo", Map.of("text", "ready")));
    }

    /** Times calls of a tool.
     * @param way {@code METHOD}, {@code RUNTIME}, {@code TASK} or {@code DURABLE} */
    Samples toolCalls(String way, int calls) throws IOException {
        return samples("bench.tool_calls", Map.of("way", way, "calls", calls), calls);
    }

    /** Times calls of a model at an even rate; one that fails ends the benchmark.
     * @param model {@code route:NAME} or {@code provider:ID} */
    Samples modelCalls(String model, int calls, int perSecond) throws IOException {
        return samples(
                "bench.model_calls",
                Map.of("model", model, "calls", calls, "per_second", perSecond),
                calls);
    }

    private Samples samples(String tool, Map<String, Object> input, int calls) throws IOException {
        JsonNode task = call(tool, input);
        JsonNode micros = task.path("result");
        if (!task.path("state").asText().equals("completed") || micros.size() != calls) {
            throw new HostException(HostException.FAILED, tool + " failed: " + task);
        }
        Samples samples = new Samples(calls);
        for (JsonNode one : micros) {
            if (one.asDouble() < 0) {
                throw new HostException(HostException.FAILED, tool + ": a call failed: " + input);
            }
            samples.add((long) (one.asDouble() * 1000));
        }
        return samples;
    }

    private boolean completes(String tool, Map<String, Object> input) throws IOException {
        return call(tool, input).path("state").asText().equals("completed");
    }

    private JsonNode call(String tool, Map<String, Object> input) throws IOException {
        return http.tryCall(
                "POST",
                "/api/hub/tasks",
                Wire.write(
                        Wire.node(
                                Map.of(
                                        "skill",
                                        tool,
                                        "target_agent_id",
                                        "",
                                        "payload",
                                        input,
                                        "ttl",
                                        300,
                                        "wait",
                                        59,
                                        "durable",
                                        false))));
    }
}
