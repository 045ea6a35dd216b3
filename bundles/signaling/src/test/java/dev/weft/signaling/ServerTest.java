package dev.weft.signaling;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.identity.Principal;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.server.config.JettyWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The servlet in a real Jetty, with real WebSocket clients. */
class ServerTest {
    private final Mesh mesh = new Mesh();
    private final Server server = new Server();
    private HttpClient http = HttpClient.newHttpClient();
    private String scheme = "ws";
    private Hub hub;
    private int port;

    private SignalingServlet servlet;

    private void start(Mesh.Config config) throws Exception {
        start(config, new ServerConnector(server, 1, 1));
    }

    private void start(Mesh.Config config, ServerConnector connector) throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        hub = mesh.hub(config);
        ServletContextHandler context = new ServletContextHandler("/");
        servlet = new SignalingServlet(new TextTokens(), hub, mesh.timer, config);
        context.addServlet(new ServletHolder(servlet), "/ws");
        JettyWebSocketServletContainerInitializer.configure(context, null);
        server.setHandler(context);
        server.start();
        port = connector.getLocalPort();
    }

    @AfterEach
    void stop() throws Exception {
        hub.stop();
        server.stop();
        mesh.close();
    }

    private final class Client implements WebSocket.Listener {
        final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        final CompletableFuture<String> closed = new CompletableFuture<>();
        final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final String id;
        private final WebSocket socket;

        Client(AgentId id) {
            this(id, "one");
        }

        Client(AgentId id, String instance) {
            this(id, instance, "agent:" + id);
        }

        Client(AgentId id, String instance, String token) {
            this.id = id.value();
            this.socket =
                    http.newWebSocketBuilder()
                            .header("Authorization", "Bearer " + token)
                            .header("X-Weft-Instance", instance)
                            .buildAsync(URI.create(scheme + "://127.0.0.1:" + port + "/ws"), this)
                            .orTimeout(30, TimeUnit.SECONDS)
                            .join();
        }

        Client registered() throws InterruptedException {
            say("{\"type\":\"register\",\"peer_id\":\"" + id + "\"}");
            assertTrue(next().contains("peer_list"));
            return this;
        }

        void say(String frame) {
            socket.sendText(frame, true).orTimeout(30, TimeUnit.SECONDS).join();
        }

        String next() throws InterruptedException {
            return String.valueOf(frames.poll(30, TimeUnit.SECONDS));
        }

        String closed() {
            return closed.orTimeout(30, TimeUnit.SECONDS).join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                frames.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
            pongs.add("pong " + message.remaining());
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }
    }

    private int status(String... headers) {
        var builder = http.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        var refused =
                assertThrows(
                        CompletionException.class,
                        () ->
                                builder.buildAsync(
                                                URI.create("ws://127.0.0.1:" + port + "/ws"),
                                                new WebSocket.Listener() {})
                                        .orTimeout(30, TimeUnit.SECONDS)
                                        .join());
        return ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode();
    }

    @Test
    void only_members_with_an_agent_token_get_in() throws Exception {
        start(Mesh.Config.DEFAULT);
        assertEquals(401, status());
        assertEquals(401, status("Authorization", "Bearer nonsense"));
        assertEquals(401, status("Authorization", "Basic agent:agent-a"));
        assertEquals(401, status("Authorization", "Bearer admin:agent-a"));
        assertEquals(401, status("Authorization", "Bearer agent:Not An Id"));
        mesh.members.remove(Mesh.A);
        assertEquals(401, status("Authorization", "Bearer agent:agent-a"));
    }

    @Test
    void a_token_in_the_url_is_taken_only_where_the_reference_is_let_in() throws Exception {
        start(Mesh.Config.DEFAULT);
        URI url = URI.create("ws://127.0.0.1:" + port + "/ws?token=agent:agent-a");
        var refused =
                assertThrows(
                        CompletionException.class,
                        () -> http.newWebSocketBuilder().buildAsync(url, new Quiet()).join());
        assertEquals(
                401, ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode());
        servlet.legacy = new NoKeys();
        http.newWebSocketBuilder().buildAsync(url, new Quiet()).join().abort();
        assertEquals(401, status("Authorization", "Bearer nonsense"));
        mesh.members.remove(Mesh.A);
        assertThrows(
                CompletionException.class,
                () -> http.newWebSocketBuilder().buildAsync(url, new Quiet()).join());
    }

    private static final class Quiet implements WebSocket.Listener {}

    private static final class NoKeys implements LegacyAccess {
        @Override
        public Optional<Principal> verify(String key) {
            return Optional.empty();
        }

        @Override
        public boolean admits(AgentId id) {
            return false;
        }

        @Override
        public boolean speaksFor(String subject, AgentId agent) {
            return false;
        }

        @Override
        public boolean claim(String subject, AgentId agent) {
            return false;
        }
    }

    @Test
    void frames_pass_between_two_members_and_bad_ones_close_nothing() throws Exception {
        start(Mesh.Config.DEFAULT);
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        String offer =
                "{\"type\":\"offer\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-a\",\"payload\":{\"sdp\":\""
                        + "x".repeat(200_000)
                        + "\"}}";
        b.say(offer);
        assertEquals(offer, a.next());
        b.say("{");
        assertTrue(b.next().contains("bad_json"));
        b.say("x".repeat(Wire.MAX_SIGNAL_FRAME + 1));
        assertTrue(b.next().contains("too_large"));
        b.socket.sendBinary(ByteBuffer.wrap(new byte[10]), true).join();
        assertTrue(b.next().contains("bad_json"));
        b.socket.sendPing(ByteBuffer.wrap(new byte[3])).join();
        assertEquals("pong 3", b.pongs.poll(30, TimeUnit.SECONDS));
        b.say(offer);
        assertEquals(offer, a.next());
    }

    @Test
    void a_message_in_fragments_is_one_and_a_bad_one_closes_its_socket_only() throws Exception {
        start(Mesh.Config.DEFAULT);
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        String relay =
                "{\"type\":\"relay\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-a\",\"payload\":\"\u00fc \ufffd\"}";
        b.socket.sendText(relay.substring(0, 10), false).join();
        b.socket.sendPing(ByteBuffer.wrap(new byte[3])).join();
        b.socket.sendText(relay.substring(10, 20), false).join();
        b.socket.sendText(relay.substring(20), true).join();
        assertEquals("pong 3", b.pongs.poll(30, TimeUnit.SECONDS));
        assertEquals(relay, a.next());
        for (int i = 0; i < 5; i++) { // four are as much as is read
            // the last is short: a socket that is closed while it is written to may forget why
            b.socket.sendText(i == 4 ? "x" : "x".repeat(Wire.MAX_SIGNAL_FRAME), i == 4).join();
        }
        assertTrue(b.closed().startsWith("1009 "), b.closed());
        assertTrue(a.next().contains("peer_left"));
        try (RawSocket raw = new RawSocket(port, "agent:agent-b")) {
            raw.text((byte) '"', (byte) 0xc0, (byte) 0x80, (byte) '"');
            assertEquals(1007, raw.closed());
        }
        assertTrue(hub.reach(Mesh.A).isPresent());
    }

    @Test
    void frames_pass_over_tls(@TempDir Path folder) throws Exception {
        String file = folder.resolve("keys.p12").toString();
        String options =
                "-genkeypair -alias a -keyalg EC -dname CN=registry -ext san=ip:127.0.0.1 -storepass changeit -keystore ";
        List<String> command = new ArrayList<>(List.of((options + file).split(" ")));
        command.add(0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        assertEquals(0, new ProcessBuilder(command).start().waitFor());
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(file);
        tls.setKeyStorePassword("changeit");
        KeyStore keys = KeyStore.getInstance(Path.of(file).toFile(), "changeit".toCharArray());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        http = HttpClient.newBuilder().sslContext(trusting).build();
        scheme = "wss";
        start(
                Mesh.Config.DEFAULT,
                new ServerConnector(
                        server,
                        1,
                        1,
                        AbstractConnectionFactory.getFactories(tls, new HttpConnectionFactory())));
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        for (int i = 0; i < 100; i++) {
            String relay =
                    "{\"type\":\"relay\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-a\",\"payload\":\""
                            + "x".repeat(i * 1_000)
                            + "\"}";
            b.say(relay);
            assertEquals(relay, a.next());
        }
    }

    @Test
    void a_burst_is_read_to_its_end() throws Exception {
        int many = 20_000;
        start(new Mesh.Config(20, 60, 1_000_000, 3));
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        for (int i = 0; i < many; i++) {
            b.say(
                    "{\"type\":\"relay\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-a\",\"payload\":"
                            + i
                            + "}");
        }
        for (int i = 0; i < many; i++) {
            assertEquals(i, Wire.tree(a.next()).path("payload").asInt());
        }
    }

    @Test
    void a_second_socket_replaces_the_first() throws Exception {
        start(Mesh.Config.DEFAULT);
        Client b = new Client(Mesh.B).registered();
        Client first = new Client(Mesh.A).registered();
        Client second = new Client(Mesh.A).registered();
        assertEquals("4000 replaced", first.closed());
        b.say(
                "{\"type\":\"relay\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-a\",\"payload\":{}}");
        assertTrue(second.next().contains("relay"));
    }

    @Test
    void a_copy_of_a_living_host_is_turned_away() throws Exception {
        start(Mesh.Config.DEFAULT);
        Client b = new Client(Mesh.B).registered();
        Client first = new Client(Mesh.A).registered();
        Client copy = new Client(Mesh.A, "two");
        assertEquals("4004 another host with the same key is connected", copy.closed());
        b.say(
                "{\"type\":\"relay\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-a\",\"payload\":{}}");
        assertTrue(first.next().contains("relay"));
        await().during(java.time.Duration.ofSeconds(4))
                .atMost(java.time.Duration.ofSeconds(60))
                .until(() -> !first.closed.isDone()); // it answered the probe
    }

    @Test
    void revoking_and_stopping_close_with_their_codes() throws Exception {
        start(Mesh.Config.DEFAULT);
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        mesh.members.remove(Mesh.A);
        hub.revoked(Mesh.A);
        assertEquals("4001 revoked", a.closed());
        assertTrue(b.next().contains("peer_left"));
        hub.stop();
        assertEquals("1001 the registry stops", b.closed());
    }

    @Test
    void a_client_that_vanishes_leaves() throws Exception {
        start(Mesh.Config.DEFAULT);
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        a.socket.abort();
        assertTrue(b.next().contains("\"reason\":\"disconnected\""));
        await().until(() -> mesh.heard.contains("agent-a closed"));
    }

    @Test
    void pings_keep_an_idle_socket_open() throws Exception {
        start(new Mesh.Config(1, 60, 500, 3));
        Client a = new Client(Mesh.A).registered();
        PeerSocket socket = hub.reach(Mesh.A).orElseThrow();
        for (int round = 0; round < 3; round++) {
            long now = System.nanoTime();
            await("a says nothing, and answers a ping").until(() -> socket.isHeardSince(now));
        }
        assertFalse(a.closed.isDone());
    }

    @Test
    void a_fast_sender_is_slowed_down_and_loses_nothing() throws Exception {
        start(new Mesh.Config(20, 60, 100, 3));
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        long start = System.nanoTime();
        for (int i = 0; i < 150; i++) {
            b.say(
                    "{\"type\":\"relay\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-a\",\"payload\":"
                            + i
                            + "}");
        }
        for (int i = 0; i < 150; i++) {
            assertEquals(i, Wire.tree(a.next()).path("payload").asInt());
        }
        assertTrue(
                System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(400),
                "150 messages at 100 a second with 100 at once take half a second");
    }

    /** Reference defect 25: an agent that does not know how to renew is closed and comes back. */
    @Test
    void a_socket_lives_as_long_as_its_tokens() throws Exception {
        start(Mesh.Config.DEFAULT);
        new Client(Mesh.C).registered(); // the first one takes longest
        Instant soon = Instant.now().plusSeconds(6);
        Client b = new Client(Mesh.B, "two", TextTokens.until("agent-b", soon)).registered();
        Client a = new Client(Mesh.A, "one", TextTokens.until("agent-a", soon)).registered();
        for (String frame = a.next(); !frame.contains("\"renew\""); frame = a.next()) {
            assertTrue(!frame.equals("null"), "it is asked for a fresh token");
        }
        a.say(
                "{\"type\":\"renew\",\"peer_id\":\"agent-a\",\"payload\":{\"token\":\"agent:agent-a\"}}");
        assertTrue(b.closed().startsWith("4401 "), b.closed());
        assertTrue(Instant.now().isAfter(soon.minusMillis(1)), "not before its time");
        new Client(Mesh.B, "two").registered();
        a.say(
                "{\"type\":\"relay\",\"peer_id\":\"agent-a\",\"target_id\":\"agent-a\",\"payload\":1}");
        for (String frame = a.next(); !frame.contains("relay"); frame = a.next()) {
            assertTrue(!frame.equals("null"), "the one that renewed is served on");
        }
    }
}
