package dev.weft.skill.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.weft.api.task.TaskException;
import dev.weft.skill.testing.SkillFramework;
import dev.weft.skill.testing.SkillHarness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bundle in a framework, against servers on loopback. */
@Timeout(120)
class HttpTest {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private HttpServer other;
    private SkillFramework framework;
    private SkillHarness http;
    private String base;

    @BeforeEach
    void start() throws IOException {
        server = serve();
        other = serve();
        base = url(server);
        framework =
                SkillFramework.of(Path.of("target/classes"))
                        .configured(
                                "dev.weft.skill.http",
                                Map.of(
                                        "allow", new String[] {"127.0.0.1/32"},
                                        "tokens", new String[] {base + "=t0ken"}))
                        .start();
        http = framework.skill("http");
    }

    @AfterEach
    void stop() {
        framework.close();
        server.stop(0);
        other.stop(0);
    }

    private HttpServer serve() throws IOException {
        HttpServer one =
                HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        one.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        String body =
                                new String(
                                        exchange.getRequestBody().readAllBytes(),
                                        StandardCharsets.UTF_8);
                        seen.add(
                                exchange.getRequestMethod()
                                        + " "
                                        + exchange.getRequestURI()
                                        + " "
                                        + exchange.getRequestHeaders().getFirst("Content-Type")
                                        + " "
                                        + exchange.getRequestHeaders().getFirst("Authorization")
                                        + " "
                                        + body);
                        String path = exchange.getRequestURI().getPath();
                        if (path.equals("/away")) {
                            exchange.getResponseHeaders().set("Location", url(other) + "/there");
                            exchange.sendResponseHeaders(302, -1);
                        } else if (path.equals("/inside")) {
                            exchange.getResponseHeaders().set("Location", "http://127.0.0.2/");
                            exchange.sendResponseHeaders(302, -1);
                        } else {
                            byte[] answer = "{\"n\":1}".getBytes(StandardCharsets.UTF_8);
                            exchange.getResponseHeaders().set("Content-Type", "application/json");
                            boolean head = exchange.getRequestMethod().equals("HEAD");
                            exchange.sendResponseHeaders(
                                    path.equals("/bad") ? 422 : 200, head ? -1 : answer.length);
                            if (!head) {
                                exchange.getResponseBody().write(answer);
                            }
                        }
                    }
                });
        one.start();
        return one;
    }

    private static String url(HttpServer of) {
        return "http://127.0.0.1:" + of.getAddress().getPort();
    }

    @Test
    void sends_json_and_reads_json_whatever_the_status() {
        JsonNode answer =
                http.call(
                        "request",
                        Map.of("url", base + "/bad", "method", "POST", "json", Map.of("a", "ä")));
        assertEquals(422, answer.path("status").asInt());
        assertEquals(1, answer.at("/json/n").asInt());
        assertFalse(answer.has("text"));
        assertEquals("POST /bad application/json Bearer t0ken {\"a\":\"ä\"}", seen.get(0));
    }

    @Test
    void every_method_works() {
        for (String method : List.of("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")) {
            assertEquals(
                    200,
                    http.call("request", Map.of("url", base + "/x?y=z", "method", method))
                            .path("status")
                            .asInt(),
                    method);
        }
        assertEquals(6, seen.size());
    }

    @Test
    void a_token_and_what_the_caller_sent_stay_at_their_origin() {
        http.call(
                "request",
                Map.of("url", base + "/away", "headers", Map.of("Authorization", "Basic mine")));
        assertEquals("GET /away null Basic mine ", seen.get(0));
        assertEquals("GET /there null null ", seen.get(1));
        assertEquals(
                302,
                http.call("request", Map.of("url", base + "/away", "method", "POST"))
                        .path("status")
                        .asInt());
    }

    @Test
    void what_is_behind_the_fence_stays_there() {
        for (String url :
                List.of(
                        base + "/inside",
                        "http://127.0.0.2/",
                        "http://[::1]/",
                        "http://10.0.0.1/")) {
            assertTrue(error(Map.of("url", url)).contains("not allowed"), url);
        }
        assertTrue(error(Map.of("url", "file:///etc/passwd")).contains("only http and https"));
    }

    @Test
    void no_header_breaks_out_of_its_line() {
        for (Map<String, String> headers :
                List.of(
                        Map.of("X", "a\r\nHost: evil"),
                        Map.of("X: y\r\nZ", "a"),
                        Map.of("Host", "evil"),
                        Map.of("Transfer-Encoding", "chunked"))) {
            String problem = error(Map.of("url", base, "headers", headers));
            assertTrue(problem.contains("header"), problem);
        }
        assertEquals(List.of(), seen);
    }

    private String error(Map<String, ?> arguments) {
        return assertThrows(TaskException.class, () -> http.call("request", arguments))
                .getMessage();
    }
}
