package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What callers do who mean no good, and that others are served meanwhile. */
class EdgesTest {
    @Test
    void a_caller_that_is_too_fast_is_told_when_to_try_again_and_others_are_not_held_up()
            throws Exception {
        try (TestHost host = new TestHost(1000, 2, 15, 1)) {
            for (int left = 7; left >= 0; left--) {
                TestHost.Answer answer = host.as(Role.VIEWER, "GET", "/api/agents", null);
                assertEquals(200, answer.status());
                assertEquals("8", answer.header("X-RateLimit-Limit"));
                assertEquals(String.valueOf(left), answer.header("X-RateLimit-Remaining"));
            }
            TestHost.Answer refused = host.as(Role.VIEWER, "GET", "/api/agents", null);
            assertEquals("429 too_many_requests", refused.status() + " " + refused.error());
            assertEquals("1", refused.header("Retry-After"));
            assertEquals("4", refused.header("X-RateLimit-Reset"));
            assertEquals(200, host.as(Role.ADMIN, "GET", "/api/agents", null).status());
            assertEquals(200, host.send(host.request("GET", "/api/health", null)).status());
            host.clock.move(Duration.ofMillis(1500));
            for (int i = 0; i < 3; i++) {
                assertEquals(200, host.as(Role.VIEWER, "GET", "/api/agents", null).status());
            }
            assertEquals(429, host.as(Role.VIEWER, "GET", "/api/agents", null).status());
        }
    }

    @Test
    void strangers_share_the_bucket_of_their_address_whatever_they_show() throws Exception {
        try (TestHost host = new TestHost(1000, 2, 15, 1)) {
            for (int i = 0; i < 4; i++) {
                assertEquals(
                        401,
                        host.send(
                                        host.request("GET", "/api/agents", null)
                                                .header("X-API-Key", "wk_guess" + i))
                                .status());
            }
            assertEquals(429, host.send(host.request("GET", "/api/no/such", null)).status());
            assertEquals(200, host.as(Role.VIEWER, "GET", "/api/agents", null).status());
            assertTrue(
                    host.as(Role.VIEWER, "GET", "/metrics", null)
                            .response()
                            .body()
                            .contains("weft_http_rate_limited_total 1"));
        }
    }

    @Test
    void upgrades_without_a_good_token_are_limited_by_address_and_hosts_behind_it_still_get_in()
            throws Exception {
        try (TestHost host = new TestHost(1000, 2, 15, 1)) {
            for (int i = 0; i < 4; i++) {
                assertEquals(401, host.send(host.request("GET", "/ws", null)).status());
            }
            TestHost.Answer refused = host.send(host.request("GET", "/ws", null));
            assertEquals("429 too_many_requests", refused.status() + " " + refused.error());
            assertEquals("1", refused.header("Retry-After"));
            assertEquals(
                    200,
                    host.send(host.request("GET", "/ws", null).header("Authorization", "good"))
                            .status());
            assertTrue(
                    host.as(Role.VIEWER, "GET", "/metrics", null)
                            .response()
                            .body()
                            .contains("weft_signaling_rate_limited_total 1"));
            host.clock.move(Duration.ofSeconds(1));
            assertEquals(401, host.send(host.request("GET", "/ws", null)).status());
        }
    }

    @Test
    void a_thousand_half_open_sockets_and_slow_senders_hold_up_nobody() throws Exception {
        try (TestHost host = new TestHost()) {
            URI uri = host.uri("/");
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < 1000; i++) {
                    Socket socket = new Socket(uri.getHost(), uri.getPort());
                    sockets.add(socket);
                    String part =
                            switch (i % 4) {
                                case 0 -> "";
                                case 1 -> "GET /api/hea";
                                case 2 -> "GET /api/health HTTP/1.1\r\nHost: x\r\nX-A: ";
                                default ->
                                        "POST /api/pairing/pair HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
                            };
                    socket.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
                }
                HttpClient fresh =
                        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(60)).build();
                for (int i = 0; i < 20; i++) {
                    HttpResponse<String> answer =
                            fresh.send(
                                    HttpRequest.newBuilder(host.uri("/api/agents"))
                                            .timeout(Duration.ofSeconds(60))
                                            .header("X-API-Key", host.roleKeys.get(Role.VIEWER))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString());
                    assertEquals(200, answer.statusCode());
                }
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void giant_headers_and_request_lines_are_refused_without_a_trace() throws Exception {
        try (TestHost host = new TestHost()) {
            for (String request :
                    List.of(
                            "GET /api/health HTTP/1.1\r\nHost: x\r\nX-A: "
                                    + "a".repeat(100_000)
                                    + "\r\n\r\n",
                            "GET /api/" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                            "GET /api/health HTTP/1.1\r\n" + "A: b\r\n".repeat(20_000) + "\r\n")) {
                String answer = raw(host, request);
                assertTrue(
                        answer.matches("(?s)HTTP/1.1 4(31|14|00).*"),
                        answer.lines().findFirst().orElse("nothing"));
                assertFalse(answer.contains("at org.eclipse"), answer);
            }
            assertEquals(200, host.send(host.request("GET", "/api/health", null)).status());
        }
    }

    private static String raw(TestHost host, String request) throws IOException {
        URI uri = host.uri("/");
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(60_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closedEarly) {
                // the answer may be there all the same
            }
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                InputStream in = socket.getInputStream();
                for (int b = in.read(); b >= 0 && answer.size() < 2000; b = in.read()) {
                    answer.write(b);
                }
            } catch (SocketException reset) {
                // the server closed without having read all: what it said before counts
            }
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
