package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that meets a host in its first second waits until the host is there. */
class HostClientTest {
    private static final String STARTING =
            "{\"error\":\"starting\",\"detail\":\"this host is starting\"}";
    @TempDir Path folder;

    /** What the next requests are told to try again after; empty for none. */
    private final Queue<String> refusals = new ArrayDeque<>();

    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private HostClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::answer);
        server.start();
        client = HostClient.remote("http://127.0.0.1:" + server.getAddress().getPort(), "k");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(exchange.getRequestMethod() + " " + body);
        String refusal = refusals.poll();
        if (refusal != null && !refusal.isEmpty()) {
            exchange.getResponseHeaders().set("Retry-After", refusal);
        }
        boolean events =
                String.valueOf(exchange.getRequestHeaders().getFirst("Accept")).contains("event");
        byte[] bytes =
                (refusal != null
                                ? STARTING
                                : events ? "event: a\ndata: {\"ok\":1}\n\n" : "{\"ok\":1}")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(refusal != null ? 503 : 200, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Test
    void a_host_that_starts_is_asked_again() throws Exception {
        refusals.add("1");
        assertEquals(1, client.get("/api/hub/tasks/all").path("ok").asInt());
        refusals.add("1");
        assertEquals(
                1,
                client.post("/api/hub/tasks", Wire.object().put("skill", "disk"))
                        .path("ok")
                        .asInt());
        String post = "POST {\"skill\":\"disk\"}";
        assertEquals(List.of("GET ", "GET ", post, post), asked);
    }

    @Test
    void streams_and_files_wait_too() throws Exception {
        List<String> heard = new ArrayList<>();
        refusals.add("1");
        client.events(
                "GET",
                "/api/events",
                null,
                Duration.ofSeconds(10),
                () -> heard.add("open"),
                (type, data) -> heard.add(type + " " + data));
        assertEquals(List.of("open", "a {\"ok\":1}"), heard);
        refusals.add("1");
        Path file = Files.createFile(folder.resolve("backup"));
        client.download("/api/backup", file);
        assertEquals("{\"ok\":1}", Files.readString(file));
    }

    @Test
    void what_is_refused_for_good_or_for_long_is_said_at_once() {
        for (String after : List.of("", "3600", "Wed, 21 Oct 2015 07:28:00 GMT")) {
            refusals.add(after);
            HostException refused = assertThrows(HostException.class, () -> client.get("/"));
            assertTrue(refused.getMessage().contains("this host is starting"), refused::getMessage);
        }
        assertEquals(3, asked.size());
    }
}
