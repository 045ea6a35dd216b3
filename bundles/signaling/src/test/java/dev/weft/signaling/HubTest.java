package dev.weft.signaling;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import dev.weft.store.TestCluster;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HubTest {
    private static final ObjectMapper ANYTHING = new ObjectMapper();
    private Mesh mesh;
    private Hub hub;
    private Switchboard switchboard;

    @BeforeEach
    void open() {
        mesh = new Mesh();
        hub = mesh.hub(Mesh.Config.DEFAULT);
        switchboard = new Switchboard(hub, Mesh.admission(hub));
    }

    @AfterEach
    void close() throws Exception {
        hub.stop();
        mesh.close();
    }

    private final class Client implements Link {
        final AgentId id;
        final Queue<JsonNode> received = new ArrayDeque<>();
        final List<Consumer<Throwable>> unread = new ArrayList<>();
        final PeerSocket socket;
        boolean reads = true;
        volatile String closed = "";
        int pings;

        Client(AgentId id) {
            this(id, "");
        }

        Client(AgentId id, String instance) {
            this.id = id;
            this.socket = hub.open(Mesh.pass(id), instance, this);
        }

        Client registered() {
            say("{\"type\":\"register\",\"peer_id\":\"" + id + "\",\"payload\":{}}");
            return this;
        }

        void say(String frame) {
            switchboard.receive(socket, frame);
        }

        void offer(String target) {
            say(
                    "{\"type\":\"offer\",\"peer_id\":\""
                            + id
                            + "\",\"target_id\":\""
                            + target
                            + "\",\"payload\":{\"sdp\":\"v=0\"}}");
        }

        String next() {
            JsonNode frame = received.poll();
            return frame == null
                    ? "nothing"
                    : frame.path("type").asText()
                            + " "
                            + frame.path("peer_id").asText()
                            + " "
                            + frame.path("payload");
        }

        @Override
        public void send(String text, Consumer<Throwable> done) {
            if (reads) {
                received.add(read(text));
                done.accept(null);
            } else {
                unread.add(done);
            }
        }

        /** Takes what Weft would not: payloads pass unread. */
        private static JsonNode read(String text) {
            try {
                return ANYTHING.readTree(text);
            } catch (JsonProcessingException e) {
                throw new AssertionError(text, e);
            }
        }

        @Override
        public void ping() {
            pings++;
        }

        @Override
        public void close(int code, String reason) {
            closed = code + " " + reason;
            if (socket != null) {
                hub.closed(socket); // as Jetty does
            }
        }
    }

    @Test
    void a_newcomer_hears_who_is_here_and_messages_pass_unchanged() {
        Client a = new Client(Mesh.A).registered();
        assertEquals("peer_list registry {\"peers\":[]}", a.next());
        Client b = new Client(Mesh.B).registered();
        assertEquals("peer_list registry {\"peers\":[\"agent-a\"]}", b.next());
        b.say(
                "{\"type\":\"ice_candidate\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-a\",\"payload\":{\"candidate\":\"c\"},\"new\":1}");
        assertEquals(
                1, a.received.peek().path("new").asInt(), "members unknown here are passed on");
        assertEquals("ice_candidate agent-b {\"candidate\":\"c\"}", a.next());
        for (String type : List.of("offer", "answer", "relay")) {
            a.say(
                    "{\"type\":\""
                            + type
                            + "\",\"peer_id\":\"agent-a\",\"target_id\":\"agent-b\",\"payload\":{}}");
            assertEquals(type + " agent-a {}", b.next());
        }
    }

    @Test
    void nobody_speaks_for_another() {
        Client a = new Client(Mesh.A).registered();
        new Client(Mesh.B).registered();
        a.next();
        a.say(
                "{\"type\":\"offer\",\"peer_id\":\"agent-b\",\"target_id\":\"agent-c\",\"payload\":{}}");
        assertTrue(a.next().contains("\"code\":\"not_you\""));
        a.say("{\"type\":\"register\"}");
        assertTrue(a.next().contains("\"code\":\"not_you\""));
        assertEquals("", a.closed);
    }

    /** Reference defect 34. */
    @Test
    void who_cannot_be_reached_is_named_to_the_sender() {
        Client a = new Client(Mesh.A).registered();
        a.next();
        a.offer("agent-b");
        assertEquals(
                "error registry {\"code\":\"peer_unreachable\",\"message\":\"agent agent-b is not connected to this registry\","
                        + "\"ref\":{\"type\":\"offer\",\"target_id\":\"agent-b\"}}",
                a.next());
        Client b = new Client(Mesh.B);
        a.offer("agent-b");
        assertTrue(a.next().contains("peer_unreachable"), "not registered yet");
        b.registered();
        mesh.members.remove(Mesh.B);
        a.offer("agent-b");
        assertTrue(a.next().contains("peer_unreachable"), "no member any more");
        a.offer("Not An Id");
        assertTrue(a.next().contains("bad_target"));
    }

    /** Reference defect 34. */
    @Test
    void bad_frames_are_answered_and_close_nothing() {
        Client a = new Client(Mesh.A);
        a.offer("agent-b");
        assertTrue(a.next().contains("not_registered"));
        for (String bad :
                List.of(
                        "",
                        "{",
                        "[]",
                        "null",
                        "42",
                        "{\"type\":1,\"type\":2}",
                        "{\"peer_id\":\"agent-a\"}",
                        "[".repeat(1000))) {
            a.say(bad);
            String answer = a.next();
            assertTrue(answer.startsWith("error registry {\"code\":\"bad_"), bad + " -> " + answer);
        }
        a.say("x".repeat(Wire.MAX_SIGNAL_FRAME + 1));
        assertTrue(a.next().contains("too_large"));
        switchboard.binary(a.socket);
        assertTrue(a.next().contains("bad_json"));
        a.say("{\"type\":\"from_the_future\",\"peer_id\":\"agent-a\"}");
        assertEquals("nothing", a.next());
        assertEquals(1, switchboard.unknown());
        assertEquals("", a.closed);
        a.registered();
        assertTrue(a.next().startsWith("peer_list"));
    }

    /** Reference defect 2. */
    @Test
    void a_second_socket_replaces_the_first_whose_close_changes_nothing() {
        Client b = new Client(Mesh.B).registered();
        b.next();
        Client first = new Client(Mesh.A).registered();
        Client second = new Client(Mesh.A).registered();
        assertEquals("4000 replaced", first.closed);
        hub.closed(first.socket);
        b.offer("agent-a");
        assertTrue(second.next().startsWith("peer_list"));
        assertTrue(second.next().startsWith("offer agent-b"));
        assertEquals("nothing", b.next(), "nobody left");
        await().until(() -> mesh.heard.contains("agent-a open"));
        assertFalse(mesh.heard.contains("agent-a closed"));
    }

    /** Reference defect 2. */
    @Test
    void a_second_host_with_the_same_key_is_turned_away_while_the_first_lives() {
        Client b = new Client(Mesh.B).registered();
        b.next();
        Client first = new Client(Mesh.A, "one").registered();
        Client copy = new Client(Mesh.A, "two");
        assertEquals("4004 another host with the same key is connected", copy.closed);
        assertEquals(1, first.pings, "the first was asked whether it lives");
        first.socket.heard(System.nanoTime()); // its pong
        copy.registered();
        b.offer("agent-a");
        assertTrue(first.next().startsWith("peer_list"));
        assertTrue(first.next().startsWith("offer agent-b"));
        assertEquals("nothing", copy.next(), "what it sends counts for nothing");
        assertEquals("nothing", b.next(), "nobody left");
        Client again = new Client(Mesh.A, "one").registered();
        assertEquals("4000 replaced", first.closed, "its own new socket replaces its old one");
        assertEquals("", again.closed);
    }

    @Test
    void a_host_that_lost_power_gets_in_again_as_soon_as_its_dead_socket_is_found() {
        Client dead = new Client(Mesh.A, "one").registered();
        new Client(Mesh.A, "two");
        await("it is let go of once its place is free")
                .until(() -> mesh.heard.contains("agent-a closed"));
        assertEquals("4002 it did not answer", dead.closed);
        Client again = new Client(Mesh.A, "two").registered();
        assertEquals("", again.closed);
        assertTrue(again.next().startsWith("peer_list"));
    }

    @Test
    void a_replacement_that_never_registers_still_counts_as_leaving() {
        Client b = new Client(Mesh.B).registered();
        b.next();
        new Client(Mesh.A).registered();
        hub.closed(new Client(Mesh.A).socket);
        assertEquals(
                "peer_left registry {\"peer_id\":\"agent-a\",\"reason\":\"disconnected\"}",
                b.next());
    }

    @Test
    void disconnecting_is_told_once_and_reaches_the_registry_in_order() {
        Client b = new Client(Mesh.B).registered();
        Client a = new Client(Mesh.A).registered();
        b.next();
        await().until(() -> mesh.heard.contains("agent-a open"));
        hub.closed(a.socket);
        await().until(() -> mesh.heard.contains("agent-a closed"));
        hub.changed(Mesh.record(Mesh.A, false)); // the registry's echo
        assertEquals(
                "peer_left registry {\"peer_id\":\"agent-a\",\"reason\":\"disconnected\"}",
                b.next());
        assertEquals("nothing", b.next());
        hub.changed(Mesh.record(Mesh.A, false));
        assertTrue(
                b.next().startsWith("peer_joined registry {\"agent_id\":\"agent-a\""),
                "a later change is news");
    }

    @Test
    void changes_of_the_directory_are_pushed_to_the_others() {
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        Client c = new Client(Mesh.C).registered();
        mesh.members.remove(Mesh.C);
        List.of(a, b, c).forEach(client -> client.received.clear());
        hub.changed(Mesh.record(Mesh.A, true));
        assertTrue(b.next().startsWith("peer_joined registry {\"agent_id\":\"agent-a\""));
        hub.left(Mesh.A, "removed");
        assertEquals(
                "peer_left registry {\"peer_id\":\"agent-a\",\"reason\":\"removed\"}", b.next());
        assertEquals("nothing", a.next());
        assertEquals("nothing", c.next(), "only members hear of others");
    }

    @Test
    void what_is_said_against_a_skill_is_pushed_to_every_member() {
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        Client c = new Client(Mesh.C).registered();
        mesh.members.remove(Mesh.C);
        List.of(a, b, c).forEach(client -> client.received.clear());
        new StatementPush(hub)
                .stated("{\"signed\":{\"verb\":\"revoke\"}}".getBytes(StandardCharsets.UTF_8));
        String told = "statements registry {\"statements\":[{\"signed\":{\"verb\":\"revoke\"}}]}";
        assertEquals(told, a.next());
        assertEquals(told, b.next());
        assertEquals("nothing", c.next(), "who was shut out hears nothing");
    }

    /** Reference defect 25. */
    @Test
    void revoking_closes_the_socket_at_once_and_tells_the_others_once() {
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        b.next();
        mesh.members.remove(Mesh.A);
        hub.revoked(Mesh.A);
        hub.left(Mesh.A, "revoked");
        assertEquals("4001 revoked", a.closed);
        assertEquals(
                "peer_left registry {\"peer_id\":\"agent-a\",\"reason\":\"revoked\"}", b.next());
        assertEquals("nothing", b.next());
        assertEquals("4001 revoked", new Client(Mesh.A).closed);
    }

    /** Its links to them are to be cut, too. */
    @Test
    void who_was_away_hears_whom_the_mesh_shut_out() {
        mesh.members.remove(Mesh.A);
        mesh.revoked.add(Mesh.A);
        Client b = new Client(Mesh.B).registered();
        assertTrue(b.next().startsWith("peer_list"));
        assertEquals(
                "peers_changed registry {\"left\":[{\"peer_id\":\"agent-a\",\"reason\":\"revoked\"}]}",
                b.next());
    }

    /** What strangers could make of their socket: any text at all. */
    @Test
    void random_and_hostile_frames_are_answered_or_ignored_and_close_nothing() {
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        List.of(a, b).forEach(client -> client.received.clear());
        String good =
                "{\"type\":\"offer\",\"peer_id\":\"agent-a\",\"target_id\":\"agent-b\",\"payload\":{\"sdp\":\"v=0\",\"n\":[1,-2.5e3,true,null]}}";
        String[] pieces = {
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            "\u0000",
            "\ud800",
            "1e999",
            "null",
            "\"type\":",
            "\"renew\"",
            "\"payload\":{\"token\":",
            "\"peer_id\":\"agent-b\"",
            "\"register\"",
            "é😀",
            "agent-a"
        };
        Random random = new Random(4); // the same every time
        for (int i = 0; i < 20_000; i++) {
            StringBuilder frame = new StringBuilder(good);
            for (int change = random.nextInt(6); change >= 0; change--) {
                int at = random.nextInt(frame.length() + 1);
                int to = Math.min(frame.length(), at + random.nextInt(12));
                frame.replace(at, to, pieces[random.nextInt(pieces.length)]);
            }
            a.say(frame.toString());
            assertEquals("", a.closed, () -> frame.toString());
            a.received.clear();
            for (JsonNode passed : b.received) {
                assertEquals(
                        "agent-a",
                        passed.path("peer_id").asText(),
                        () -> "nobody speaks for another: " + frame);
            }
            b.received.clear();
        }
        a.offer("agent-b");
        assertEquals("offer agent-a {\"sdp\":\"v=0\"}", b.next());
    }

    /** Reference defect 25. */
    @Test
    void membership_is_checked_at_every_message() {
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        b.next();
        mesh.members.remove(Mesh.A);
        a.offer("agent-b");
        assertEquals("4001 revoked", a.closed);
        assertTrue(b.next().startsWith("peer_left"));
        assertEquals("nothing", b.next());
    }

    @Test
    void a_slow_reader_is_closed_and_the_sender_hears() {
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B);
        b.reads = false;
        b.registered();
        a.received.clear();
        int sent = 0;
        while (b.closed.isEmpty() && sent++ < 5000) {
            a.offer("agent-b");
        }
        assertEquals("4003 reads too slowly", b.closed);
        assertTrue(sent > 1000 && sent < 1100, "bounded: " + sent);
        assertTrue(
                a.received.stream()
                        .anyMatch(
                                frame ->
                                        frame.path("payload")
                                                .path("code")
                                                .asText()
                                                .equals("peer_unreachable")));
    }

    @Test
    void large_messages_are_bounded_by_size_and_go_on_when_read() {
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B);
        b.reads = false;
        b.registered();
        String big =
                "{\"type\":\"relay\",\"peer_id\":\"agent-a\",\"target_id\":\"agent-b\",\"payload\":\""
                        + "x".repeat(200_000)
                        + "\"}";
        for (int i = 0; i < 20; i++) {
            a.say(big);
        }
        assertEquals("", b.closed);
        b.reads = true;
        b.unread.get(0).accept(null);
        assertEquals(20, b.received.size());
        for (int i = 0; i < 50; i++) {
            a.say(big);
        }
        assertEquals(70, b.received.size());
        b.reads = false;
        for (int i = 0; i < 30; i++) {
            a.say(big);
        }
        assertEquals("4003 reads too slowly", b.closed);
    }

    /** Reference defect 34. */
    @Test
    void many_are_pinged_in_groups_and_who_speaks_is_not() {
        hub.stop();
        hub = mesh.hub(new Mesh.Config(20, 60, 500, 100));
        List<Client> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            AgentId id = new AgentId("agent-p" + i);
            mesh.members.add(id);
            all.add(new Client(id));
        }
        long later = System.nanoTime() + TimeUnit.SECONDS.toNanos(21);
        all.get(0).socket.heard(later);
        hub.look(later);
        assertEquals(16, all.stream().mapToInt(client -> client.pings).sum());
        for (int i = 0; i < 10; i++) {
            hub.look(later); // as it goes on by itself
        }
        assertEquals(99, all.stream().mapToInt(client -> client.pings).sum());
        assertEquals(0, all.get(0).pings);
    }

    @Test
    void silent_sockets_are_pinged_then_closed() {
        Client a = new Client(Mesh.A).registered();
        long now = System.nanoTime();
        a.socket.heard(now);
        hub.look(now + TimeUnit.SECONDS.toNanos(19));
        assertEquals(0, a.pings);
        hub.look(now + TimeUnit.SECONDS.toNanos(21));
        assertEquals(1, a.pings);
        a.socket.heard(now + TimeUnit.SECONDS.toNanos(30));
        hub.look(now + TimeUnit.SECONDS.toNanos(89));
        assertEquals("", a.closed);
        hub.look(now + TimeUnit.SECONDS.toNanos(91));
        assertTrue(a.closed.startsWith("4002 "), a.closed);
    }

    @Test
    void a_heartbeat_is_a_sign_of_life_for_the_registry() {
        new Client(Mesh.A).registered().say("{\"type\":\"heartbeat\",\"peer_id\":\"agent-a\"}");
        await().until(() -> mesh.heard.contains("heartbeat agent-a"));
    }

    @Test
    void the_registry_can_push_to_an_agent() {
        var message =
                new SignalMessage(
                        SignalMessage.TASKS_WAITING,
                        SignalMessage.REGISTRY,
                        "agent-a",
                        Wire.object());
        assertFalse(hub.send(Mesh.A, message));
        Client a = new Client(Mesh.A).registered();
        a.next();
        assertTrue(hub.send(Mesh.A, message));
        assertEquals("tasks_waiting registry {}", a.next());
    }

    /** Reference defect 34. */
    @Test
    void there_is_a_limit_to_sockets_but_not_to_reconnecting() {
        new Client(Mesh.A);
        new Client(Mesh.B);
        new Client(Mesh.C);
        mesh.members.add(new AgentId("agent-d"));
        assertTrue(new Client(new AgentId("agent-d")).closed.startsWith("1013 "));
        assertEquals("", new Client(Mesh.C).closed);
    }

    @Test
    void stopping_closes_all_sockets_and_tells_the_registry() {
        Client a = new Client(Mesh.A).registered();
        hub.stop();
        assertEquals("1001 the registry stops", a.closed);
        assertTrue(mesh.heard.contains("agent-a closed"));
        assertTrue(new Client(Mesh.B).closed.startsWith("1001 "));
    }

    @Test
    void a_busy_host_is_shown_and_caught_up() throws Exception {
        var full =
                new java.util.concurrent.ThreadPoolExecutor(
                        1, 1, 0, TimeUnit.SECONDS, new java.util.concurrent.SynchronousQueue<>());
        var release = new java.util.concurrent.CountDownLatch(1);
        try {
            full.execute(
                    () -> {
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
            Hub busy =
                    new Hub(
                            mesh,
                            mesh.pairing,
                            TestCluster.alone(),
                            full,
                            mesh.timer,
                            Mesh.Config.DEFAULT);
            busy.register(busy.open(Mesh.pass(Mesh.C), "", new NoLink()));
            assertFalse(busy.check().ok());
            release.countDown();
            await().until(
                            () -> {
                                busy.look(System.nanoTime());
                                return mesh.heard.contains("agent-c open");
                            });
            assertTrue(busy.check().ok());
            busy.stop();
        } finally {
            release.countDown();
            full.shutdownNow();
        }
    }

    private static final class NoLink implements Link {
        @Override
        public void send(String text, Consumer<Throwable> done) {
            done.accept(null);
        }

        @Override
        public void ping() {}

        @Override
        public void close(int code, String reason) {}
    }

    /** Reference defect 25. */
    @Test
    void a_socket_ends_with_its_token_unless_a_fresh_one_came() {
        Client a = new Client(Mesh.A).registered();
        Client b = new Client(Mesh.B).registered();
        List.of(a, b).forEach(client -> client.received.clear());
        long later = System.nanoTime() + TimeUnit.SECONDS.toNanos(250);
        a.socket.heard(later);
        b.socket.heard(later);
        hub.look(later);
        assertTrue(a.next().startsWith("renew registry {\"expires_in\":"), "asked in time");
        assertTrue(b.next().startsWith("renew registry"));
        hub.look(later + 1);
        assertEquals("nothing", a.next(), "not asked again at once");
        a.say(renewal("agent-a", TextTokens.until("agent-a", Instant.now().plusSeconds(900))));
        assertEquals("nothing", a.next());
        b.say(renewal("agent-b", TextTokens.until("agent-a", Instant.now().plusSeconds(900))));
        assertTrue(b.next().startsWith("error registry {\"code\":\"bad_token\""), "not its own");
        b.say(renewal("agent-b", TextTokens.until("agent-b", Instant.now().minusSeconds(1))));
        assertTrue(b.next().startsWith("error registry {\"code\":\"bad_token\""));
        b.say("{\"type\":\"renew\",\"peer_id\":\"agent-b\",\"payload\":{\"token\":1,\"token\":2}}");
        assertTrue(b.next().startsWith("error registry {\"code\":\"bad_json\""));
        long end = later + TimeUnit.SECONDS.toNanos(60);
        a.socket.heard(end);
        b.socket.heard(end);
        hub.look(end);
        assertEquals("", a.closed);
        assertEquals("4401 its token ended; come back with a fresh one", b.closed);
        a.offer("agent-b");
        assertTrue(
                a.received.stream()
                        .anyMatch(frame -> frame.toString().contains("peer_unreachable")));
    }

    private static String renewal(String id, String token) {
        return "{\"type\":\"renew\",\"peer_id\":\""
                + id
                + "\",\"payload\":{\"token\":\""
                + token
                + "\"}}";
    }
}
