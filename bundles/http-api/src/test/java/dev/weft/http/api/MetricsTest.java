package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.health.Histogram;
import dev.weft.api.health.Measures;
import dev.weft.api.health.Measures.Measure;
import dev.weft.api.identity.Role;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private TestHost host;

    @BeforeEach
    void start() throws Exception {
        host = new TestHost();
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private List<String> scrape() throws Exception {
        TestHost.Answer answer = host.as(Role.VIEWER, "GET", "/metrics", null);
        assertEquals(200, answer.status());
        assertEquals(
                Exposition.TYPE.replace(" ", ""), answer.header("Content-Type").replace(" ", ""));
        return answer.response().body().lines().toList();
    }

    private static final class Times implements Measures {
        @Override
        public List<Measure> measure() {
            return List.of();
        }

        @Override
        public List<Histogram> histograms() {
            Histogram times =
                    new Histogram("weft_y_seconds", "Of a room.", Map.of("outcome", "failed"));
            times.add(0.25);
            times.add(0.25001);
            times.add(1000);
            return List.of(times);
        }
    }

    @Test
    void requests_agents_tasks_and_rooms_are_counted() throws Exception {
        host.rooms.measures =
                List.of(
                        new Times(),
                        () ->
                                List.of(
                                        new Measure(
                                                "weft_x",
                                                "Of a room.",
                                                true,
                                                Map.of("a", "q\"\\\n"),
                                                2.5)),
                        () -> {
                            throw new IllegalStateException("on purpose");
                        });
        host.as(Role.OPERATOR, "POST", "/api/hub/tasks", "{\"skill\":\"text\"}");
        host.as(Role.OPERATOR, "POST", "/api/hub/tasks", "{\"skill\":\"slow\"}");
        host.as(Role.VIEWER, "GET", "/api/hub/tasks/nothing", null);
        host.send(host.request("GET", "/api/no/such/path", null));
        host.send(host.request("GET", "/api/agents", null));
        List<String> lines = scrape();
        for (String expected :
                List.of(
                        "weft_agents{health=\"active\"} 1",
                        "weft_tasks{state=\"completed\"} 1",
                        "weft_tasks{state=\"working\"} 1",
                        "weft_http_requests_total{method=\"POST\",route=\"/api/hub/tasks\",status=\"200\"} 2",
                        "weft_http_requests_total{method=\"GET\",route=\"/api/hub/tasks/{id}\",status=\"404\"} 1",
                        "weft_http_requests_total{method=\"GET\",route=\"/api/agents\",status=\"401\"} 1",
                        "weft_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1",
                        "weft_http_request_seconds_bucket{le=\"+Inf\",method=\"POST\",route=\"/api/hub/tasks\"} 2",
                        "weft_http_request_seconds_count{method=\"POST\",route=\"/api/hub/tasks\"} 2",
                        "weft_http_rate_limited_total 0",
                        "weft_y_seconds_bucket{le=\"0.25\",outcome=\"failed\"} 1",
                        "weft_y_seconds_bucket{le=\"0.5\",outcome=\"failed\"} 2",
                        "weft_y_seconds_bucket{le=\"+Inf\",outcome=\"failed\"} 3",
                        "weft_y_seconds_sum{outcome=\"failed\"} 1000.50001",
                        "weft_y_seconds_count{outcome=\"failed\"} 3",
                        "# TYPE weft_y_seconds histogram",
                        "weft_x{a=\"q\\\"\\\\\\n\"} 2.5",
                        "# TYPE weft_x counter",
                        "# TYPE weft_http_request_seconds histogram")) {
            assertTrue(
                    lines.contains(expected), expected + " is not in\n" + String.join("\n", lines));
        }
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("jvm_threads ")));
    }

    @Test
    void the_format_holds_line_by_line_and_families_stay_together() throws Exception {
        host.as(Role.ADMIN, "GET", "/api/agents", null);
        host.as(Role.ADMIN, "GET", "/api/peers", null);
        Set<String> closed = new HashSet<>();
        String open = "";
        for (String line : scrape()) {
            if (line.startsWith("# HELP ")) {
                closed.add(open);
                open = line.split(" ")[2];
                assertFalse(closed.contains(open), open + " comes twice");
            } else if (!line.startsWith("# TYPE " + open)) {
                assertTrue(
                        line.matches(
                                "[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? [-+0-9.eE]+|.*weft_build_info.*"),
                        line);
                assertTrue(line.startsWith(open), line + " is not of " + open);
            }
        }
    }

    @Test
    void a_key_may_come_as_a_bearer_token_and_nobody_else_may_look() throws Exception {
        assertEquals(
                200,
                host.send(
                                host.request("GET", "/metrics", null)
                                        .header(
                                                "Authorization",
                                                "Bearer " + host.roleKeys.get(Role.VIEWER)))
                        .status());
        assertEquals(401, host.send(host.request("GET", "/metrics", null)).status());
        assertEquals(403, host.as(Role.AGENT, "GET", "/metrics", null).status());
    }
}
