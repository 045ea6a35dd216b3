package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.Role;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EventStreamTest {
    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private static HttpResponse<InputStream> open(TestHost host, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(host.uri("/api/events"))
                        .header("X-API-Key", host.roleKeys.get(Role.VIEWER));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return host.http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static String next(BufferedReader in) throws Exception {
        StringBuilder frame = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty() && frame.toString().contains("event: ")) {
                return frame.toString();
            }
            if (line.startsWith("id: ")
                    || line.startsWith("event: ")
                    || line.startsWith("data: ")) {
                frame.append(line).append('\n');
            }
        }
        return null;
    }

    private static BufferedReader reader(HttpResponse<InputStream> response) {
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    @Test
    void events_arrive_as_they_happen_and_resume_after_the_last_one_seen() throws Exception {
        try (TestHost host = new TestHost()) {
            host.journal.publish("skill.installed", Map.of("id", "old"));
            HttpResponse<InputStream> response = open(host);
            assertEquals(
                    "text/event-stream",
                    response.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", ""));
            try (BufferedReader in = reader(response)) {
                await().until(() -> host.journal.subscribers.size() == 1);
                host.journal.publish("agent.joined", Map.of("name", "zoë\nx"));
                assertEquals(
                        "id: 2\nevent: agent.joined\ndata: {\"name\":\"zoë\\nx\"}\n", next(in));
                host.journal.publish("agent.left", Map.of());
                assertTrue(next(in).startsWith("id: 3\n"));
            }
            try (BufferedReader in = reader(open(host, "Last-Event-ID", "1"))) {
                assertTrue(next(in).startsWith("id: 2\nevent: agent.joined"));
                assertTrue(next(in).startsWith("id: 3\n"));
            }
        }
    }

    @Test
    void a_stream_ends_with_its_credential_and_a_client_that_left_is_noticed() throws Exception {
        try (TestHost host = new TestHost(1000, 2, 1)) {
            HttpResponse<InputStream> gone = open(host);
            await().until(() -> host.journal.subscribers.size() == 1);
            gone.body().close();
            await().until(() -> host.journal.subscribers.isEmpty());
            try (BufferedReader in = reader(open(host))) {
                await().until(() -> host.journal.subscribers.size() == 1);
                host.keys.byKey.remove(host.roleKeys.get(Role.VIEWER));
                assertNull(next(in));
            }
            await().until(() -> host.journal.subscribers.isEmpty());
        }
    }

    @Test
    void streams_are_limited_and_given_back() throws Exception {
        try (TestHost host = new TestHost(1000, 2, 1)) {
            HttpResponse<InputStream> first = open(host);
            HttpResponse<InputStream> second = open(host);
            HttpResponse<InputStream> third = open(host);
            assertEquals(503, third.statusCode());
            assertTrue(
                    new String(third.body().readAllBytes(), StandardCharsets.UTF_8)
                            .contains("too_many_streams"));
            first.body().close();
            second.body().close();
            await().until(() -> host.journal.subscribers.isEmpty());
            // The place is given back a moment after the subscription ends.
            await().until(
                            () -> {
                                HttpResponse<InputStream> again = open(host);
                                again.body().close();
                                return again.statusCode() == 200;
                            });
        }
    }

    @Test
    void a_reader_that_does_not_read_is_dropped() throws Exception {
        try (TestHost host = new TestHost();
                Socket socket = new Socket(host.uri("/").getHost(), host.uri("/").getPort())) {
            socket.getOutputStream()
                    .write(
                            ("GET /api/events HTTP/1.1\r\nHost: x\r\nX-API-Key: "
                                            + host.roleKeys.get(Role.VIEWER)
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
            await().until(() -> host.journal.subscribers.size() == 1);
            String large = "x".repeat(100_000);
            for (int i = 0; i < 400 && !host.journal.subscribers.isEmpty(); i++) {
                host.journal.publish("task.chunk", Map.of("text", large));
            }
            await().until(() -> host.journal.subscribers.isEmpty());
        }
    }

    @Test
    void leaving_an_answer_in_the_middle_stops_the_work() throws Exception {
        try (TestHost host = new TestHost(1000, 2, 1)) {
            String body = "{\"prompt\":\"wait\"}";
            try (Socket socket = new Socket(host.uri("/").getHost(), host.uri("/").getPort())) {
                socket.getOutputStream()
                        .write(
                                ("POST /api/ask HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: "
                                                + body.length()
                                                + "\r\nX-API-Key: "
                                                + host.roleKeys.get(Role.ADMIN)
                                                + "\r\n\r\n"
                                                + body)
                                        .getBytes(StandardCharsets.UTF_8));
                await().until(() -> host.agent.last != null);
            }
            await().until(() -> host.agent.last.isCancelled());
        }
    }
}
