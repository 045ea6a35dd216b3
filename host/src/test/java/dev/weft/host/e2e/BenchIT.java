package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks work, in small; how fast Weft is they say only in full. */
@Tag("once")
class BenchIT {
    @TempDir Path folder;

    @Test
    void the_registry_is_measured_and_told_as_the_document_that_scripts_read() {
        JsonNode all = Program.json(folder, "bench", "registry", "--scale", "0.005", "--json");
        assertTrue(all.path("machine").path("cores").asInt() > 0);
        Map<String, JsonNode> figures = new HashMap<>();
        all.path("figures").forEach(one -> figures.put(one.path("name").asText(), one));
        assertEquals(50, figures.get("agents registered").path("value").asInt());
        JsonNode route = figures.get("route p99");
        assertEquals("ms", route.path("unit").asText());
        assertTrue(route.path("value").asDouble() > 0 && route.path("baseline").asDouble() > 0);
        assertTrue(route.path("ratio").asDouble() > 0);
        assertTrue(figures.get("registrations").path("baseline").isNull());
        assertTrue(figures.get("signaling relayed").path("value").asDouble() > 0);
        assertTrue(figures.get("task submitted to pushed p50").path("value").asDouble() > 0);
    }

    @Test
    void the_mesh_is_measured_beside_a_raw_channel() {
        JsonNode all = Program.json(folder, "bench", "mesh", "--scale", "0.01", "--json");
        Map<String, JsonNode> figures = new HashMap<>();
        all.path("figures").forEach(one -> figures.put(one.path("name").asText(), one));
        JsonNode bulk = figures.get("16 MiB results (baseline: raw DataChannel)");
        assertEquals("MB/s", bulk.path("unit").asText());
        assertTrue(bulk.path("value").asDouble() > 0 && bulk.path("baseline").asDouble() > 0);
        JsonNode cold = figures.get("first result of a new peer, by relay, p50");
        assertTrue(cold.path("value").asDouble() > 0, figures.keySet().toString());
        assertTrue(figures.containsKey("3 hosts of one process, all linked"));
        assertEquals(16, figures.size(), figures.keySet().toString());
    }

    /** Versions replaced while calls come at 200 a second: none may fail. */
    @Test
    void skills_are_measured_and_no_call_fails_while_they_are_replaced() {
        JsonNode all = Program.json(folder, "bench", "skills", "--scale", "0.06", "--json");
        Map<String, JsonNode> figures = new HashMap<>();
        all.path("figures").forEach(one -> figures.put(one.path("name").asText(), one));
        assertTrue(figures.get("dropped to callable here p50").path("value").asDouble() > 0);
        assertTrue(
                figures.get("dropped to callable from another host p50").path("value").asDouble()
                        > 0);
        JsonNode bare =
                figures.get("local tool call by the skill runtime p50 (baseline: the bare method)");
        assertTrue(bare.path("value").asDouble() > 0 && bare.path("ratio").asDouble() > 1);
        assertEquals(6, figures.get("replaced under load").path("value").asInt());
        assertTrue(figures.get("calls during that").path("value").asInt() > 10);
        assertEquals(
                0,
                figures.get("calls during that which failed").path("value").asInt(),
                all::toString);
    }

    @Test
    void the_router_is_measured_and_no_call_fails_while_its_routes_change() {
        JsonNode all = Program.json(folder, "bench", "llm", "--scale", "0.06", "--json");
        Map<String, JsonNode> figures = new HashMap<>();
        all.path("figures").forEach(one -> figures.put(one.path("name").asText(), one));
        JsonNode call =
                figures.get("model call p50 (routed at 500/s, baseline: the provider alone)");
        assertEquals("µs", call.path("unit").asText());
        assertTrue(call.path("value").asDouble() > 0 && call.path("baseline").asDouble() > 0);
        assertTrue(figures.containsKey("a 429 adds p50") && figures.containsKey("a 503 adds p50"));
        assertEquals(6, figures.get("routes swapped under load").path("value").asInt());
        assertTrue(figures.get("calls during that").path("value").asInt() > 10);
        assertEquals(
                0,
                figures.get("calls during that which failed").path("value").asInt(),
                all::toString);
    }

    @Test
    void the_catalog_is_measured_with_a_signed_repository() {
        JsonNode all = Program.json(folder, "bench", "catalog", "--scale", "0.05", "--json");
        Map<String, JsonNode> figures = new HashMap<>();
        all.path("figures").forEach(one -> figures.put(one.path("name").asText(), one));
        assertEquals(801, figures.get("skills").path("value").asInt());
        for (String figure :
                List.of(
                        "refresh, one publisher changed p50",
                        "search over REST p95",
                        "plan of a skill and a library p95")) {
            assertTrue(figures.get(figure).path("value").asDouble() > 0, all::toString);
        }
    }

    @Test
    void a_benchmark_that_there_is_none_of_is_named() {
        Program.Result wrong = Program.run(folder, "bench", "warp");
        assertEquals(2, wrong.exit());
        assertTrue(wrong.text().contains("registry"), wrong.text());
    }
}
