package dev.weft.signaling.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.health.HealthCheck.Status;
import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.InboxListener;
import dev.weft.api.signaling.SignalListener;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SignalingClientTest {
    private static final AgentId FRIEND = new AgentId("agent-friend");

    /** What a host says as soon as it is connected. */
    private static final List<String> FIRST =
            List.of(
                    "POST /api/registry/agents",
                    "GET /api/registry/agents",
                    "GET /api/config",
                    "POST /api/hub/heartbeat");

    private final TestHost host = new TestHost();
    private TestRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = new TestRegistry();
    }

    @AfterEach
    void stop() throws IOException {
        host.close();
        registry.close();
    }

    private SignalingClient connected() {
        SignalingClient client = host.connect(registry.uri() + "/");
        await().until(
                        () ->
                                client.isConnected()
                                        && FIRST.stream().allMatch(line -> registry.count(line) > 0)
                                        && host.news.contains("connected []"));
        return client;
    }

    private static JsonNode agent(String id, String health) {
        return Wire.object()
                .put("agent_id", id)
                .put("name", "label-of-" + id)
                .put("health", health)
                .put("connected", true);
    }

    @Test
    void it_registers_posts_its_card_and_fills_directory_and_ice_servers() {
        registry.peerList = "[\"agent-friend\",\"agent-me\",\"BAD ID\",7]";
        registry.answers.put(
                "GET /api/registry/agents",
                "[" + agent("agent-friend", "active") + ",{\"agent_id\":\"..\"},null]");
        registry.answers.put("GET /api/registry/agents next", "<?limit=2&cursor=x>; rel=\"next\"");
        registry.answers.put(
                "GET /api/config",
                "{\"iceServers\":[{\"urls\":[\"stun:s\"]},{\"urls\":[]},{\"urls\":7},null,{\"urls\":\"stun:t\"}]}");
        SignalingClient client = host.connect(registry.uri().toString());
        await().until(() -> host.news.contains("connected [agent-friend]"));
        await().until(
                        () ->
                                registry.requests.stream()
                                        .anyMatch(
                                                line ->
                                                        line.startsWith(
                                                                        "POST /api/registry/agents {")
                                                                && line.contains(
                                                                        "\"room\":\"lab\"")));
        await().until(
                        () ->
                                host.directory.find("label-of-agent-friend").isPresent()
                                        && client.iceServers().size() == 2);
        assertTrue(registry.requests.contains("device token dt_secret"));
        await().until(() -> registry.requests.stream().anyMatch(line -> line.contains("cursor=x")));
        assertEquals("register", registry.frames.get(0).type());
        assertEquals("agent-me", registry.frames.get(0).peerId());
        await().until(() -> client.check().equals(Status.OK));
    }

    @Test
    void a_lost_socket_is_opened_again_and_all_is_registered_anew() {
        SignalingClient client = connected();
        for (int round = 1; round <= 4; round++) {
            registry.peer().cut();
            int times = round + 1;
            await().until(
                            () ->
                                    registry.peers.size() == times
                                            && client.isConnected()
                                            && registry.count("POST /api/registry/agents")
                                                    >= times);
        }
        assertEquals(
                List.of("connected []", "disconnected", "connected []"), host.news.subList(0, 3));
        assertEquals(
                registry.peers.size(), registry.tokens.get(), "each connection gets a new token");
    }

    @Test
    void while_the_registry_is_away_the_directory_stays_and_when_it_is_back_so_is_the_host()
            throws IOException {
        registry.answers.put(
                "GET /api/registry/agents", "[" + agent("agent-friend", "active") + "]");
        SignalingClient client = connected();
        await().until(() -> host.directory.find("agent-friend").isPresent());
        registry.leave();
        await().until(
                        () ->
                                !client.isConnected()
                                        && host.news.contains("disconnected")
                                        && client.check().detail().contains("no connection"));
        assertFalse(client.send("offer", FRIEND, Wire.object()));
        assertTrue(host.directory.find("agent-friend").isPresent());
        long cards = registry.count("POST /api/registry/agents");
        registry.comeBack();
        await().until(
                        () ->
                                client.isConnected()
                                        && registry.count("POST /api/registry/agents") > cards);
        assertEquals(Status.OK, client.check());
    }

    @Test
    void a_token_that_is_not_taken_any_more_is_renewed() {
        SignalingClient client = connected();
        registry.acceptsAnyToken = false;
        registry.goodToken = "t" + (registry.tokens.get() + 1);
        host.skills = List.of(new SkillCard("disk", "1.0.0", "", "", List.of()));
        host.card.changed();
        await().until(
                        () ->
                                registry.tokens.get() == 2
                                        && registry.count("POST /api/registry/agents") >= 3);
        assertTrue(client.isConnected());
    }

    @Test
    void a_handshake_that_is_refused_is_tried_once_more_with_a_new_token() {
        registry.acceptsAnyToken = false;
        registry.goodToken = "t2";
        SignalingClient client = host.connect(registry.uri().toString());
        await().until(client::isConnected);
        assertEquals(2, registry.handshakes.get());
    }

    @Test
    void a_revoked_host_says_so_and_does_not_hammer() {
        registry.tokenStatus = 401;
        SignalingClient client = host.connect(registry.uri().toString());
        await().until(
                        () ->
                                client.check()
                                        .detail()
                                        .contains("membership revoked or unknown: pair again"));
        await().during(Duration.ofMillis(700))
                .atMost(Duration.ofSeconds(60))
                .until(() -> registry.count("POST /api/token") == 1);
        assertFalse(client.check().blocking());
    }

    @Test
    void a_socket_closed_for_revocation_or_for_a_double_is_not_opened_again_soon() {
        SignalingClient client = connected();
        registry.peer().closeWith(4000);
        await().until(
                        () ->
                                client.check()
                                        .detail()
                                        .contains("another host took the place of agent-me"));
        await().during(Duration.ofMillis(700))
                .atMost(Duration.ofSeconds(60))
                .until(() -> registry.peers.size() == 1);
    }

    @Test
    void a_host_turned_away_as_a_copy_says_what_to_do_and_tries_again() {
        SignalingClient client = connected();
        registry.registers = false; // what is wrong stays to be seen until it is let in again
        registry.peer().closeWith(4004);
        await().until(
                        () ->
                                client.check()
                                        .detail()
                                        .contains(
                                                "another host with the key of agent-me is connected"));
        await().until(() -> registry.peers.size() == 2);
        registry.peer().push(SignalMessage.PEER_LIST, Wire.tree("{\"peers\":[]}"));
        await().until(() -> client.check().ok());
    }

    @Test
    void a_registry_that_knows_this_host_under_another_id_is_refused() {
        registry.peerId = "agent-other";
        SignalingClient client = host.connect(registry.uri().toString());
        await().until(() -> client.check().detail().contains("agent-other"));
        assertEquals(0, registry.handshakes.get());
    }

    /** Reference defect 37. */
    @Test
    void a_host_that_is_not_paired_is_told_what_to_run() {
        host.deviceToken = java.util.Optional.empty();
        SignalingClient client = host.connect(registry.uri().toString());
        assertEquals(
                Status.warning("not paired: run weft pair CODE --registry " + registry.uri()),
                client.check());
        assertFalse(client.send("offer", FRIEND, Wire.object()));
        assertTrue(registry.requests.isEmpty());
    }

    @Test
    void a_host_without_a_registry_is_told_how_to_get_one() {
        SignalingClient client = host.connect("");
        assertEquals(
                Status.warning("no registry is set: run weft pair CODE --registry URL"),
                client.check());
    }

    @Test
    void what_is_no_url_is_named_and_nothing_breaks() {
        for (String bad :
                List.of(
                        "nonsense",
                        "ftp://x",
                        "http://",
                        "http://a b",
                        "http://u:p@h",
                        "http:\n//x",
                        "wss://h")) {
            SignalingClient client = host.connect(bad);
            assertTrue(
                    client.check().blocking() && client.check().detail().contains("is not a URL"),
                    bad);
            assertThrows(
                    ExecutionException.class, () -> client.report("t", "completed", "", "").get());
            client.close();
        }
    }

    @Test
    void files_of_the_registry_are_read_with_the_hosts_token() throws Exception {
        registry.acceptsAnyToken = false;
        registry.goodToken = "t1";
        registry.answers.put("GET /repository/snapshot.json", "the snapshot");
        registry.answers.put("GET /repository/gone.json", "404 {}");
        registry.answers.put("GET /repository/broken.json", "500 {}");
        SignalingClient client = connected();
        byte[] bytes = client.read("/repository/snapshot.json", 12).get();
        assertEquals("the snapshot", new String(bytes, StandardCharsets.UTF_8));
        registry.goodToken = "t2"; // the one that is held is not taken any more
        assertEquals(12, client.read("/repository/snapshot.json", 12).get().length);
        assertEquals(NoSuchFileException.class, failure(client, "gone.json", 12).getClass());
        String broken = failure(client, "broken.json", 12).getMessage();
        assertTrue(broken.contains("status 500"), broken);
        String large = failure(client, "snapshot.json", 11).getMessage();
        assertTrue(large.contains("longer than 11 bytes"), large);
    }

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[900_000];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private List<String> parts() {
        return registry.requests.stream().filter(line -> line.startsWith("the ")).toList();
    }

    @Test
    void a_file_goes_on_where_its_connection_was_cut_also_with_a_new_token() throws Exception {
        registry.acceptsAnyToken = false;
        registry.goodToken = "t1";
        SignalingClient client = connected();
        registry.file = bytes(1);
        registry.cuts.set(2);
        registry.goodToken = "t2"; // the one that is held is not taken any more
        assertArrayEquals(bytes(1), client.read("/file", 900_000).get());
        assertEquals(List.of("the whole", "the rest", "the rest"), parts());
    }

    @Test
    void a_file_that_cannot_go_on_begins_anew_and_one_that_gets_no_further_ends() throws Exception {
        SignalingClient client = connected();
        registry.file = bytes(1);
        registry.resumes = false;
        registry.cuts.set(1);
        assertArrayEquals(bytes(1), client.read("/file", 900_000).get());
        assertEquals(List.of("the whole", "the whole"), parts());
        registry.requests.clear();
        registry.cuts.set(Integer.MAX_VALUE);
        String why =
                assertThrows(ExecutionException.class, () -> client.read("/file", 900_000).get())
                        .getMessage();
        assertTrue(why.contains("the registry did not give /file"), why);
        assertTrue(parts().size() <= 21, parts().toString());
        registry.requests.clear();
        assertThrows(ExecutionException.class, () -> client.read("/file", 1000).get());
        assertEquals(1, parts().size(), "what is too large is not asked for again");
    }

    private static Throwable failure(SignalingClient client, String file, long most) {
        return assertThrows(
                        ExecutionException.class,
                        () -> client.read("/repository/" + file, most).get())
                .getCause();
    }

    @Test
    void hostile_frames_harm_nothing() {
        connected();
        TestRegistry.Peer peer = registry.peer();
        for (String bad :
                List.of(
                        "",
                        "{",
                        "null",
                        "[1]",
                        "7",
                        "{\"type\":7}",
                        "{\"type\":\"x\",\"type\":\"y\"}",
                        "[".repeat(5000),
                        "{\"type\":\"offer\",\"peer_id\":\"NOT AN ID\",\"payload\":{}}",
                        "{\"type\":\"" + "t".repeat(100) + "\"}",
                        "{\"type\":\"peer_joined\",\"peer_id\":\"registry\",\"payload\":[]}",
                        "{\"type\":\"peer_joined\",\"peer_id\":\"registry\"}",
                        "{\"type\":\"peer_left\",\"peer_id\":\"registry\"}")) {
            peer.text(bad);
        }
        peer.frame(0x82, new byte[1000]);
        peer.frame(0x89, new byte[5]);
        peer.text(
                Wire.write(
                        new SignalMessage(
                                "peer_joined",
                                "agent-evil",
                                null,
                                agent("agent-forged", "active"))));
        peer.text(
                Wire.write(new SignalMessage("offer", "agent-friend", "agent-me", Wire.object())));
        await().until(() -> host.news.contains("offer from agent-friend"));
        assertTrue(
                host.directory.find("agent-forged").isEmpty(),
                "only the registry tells who joined");
        assertEquals(1, registry.peers.size());
        assertTrue(host.news.stream().noneMatch(line -> line.contains("NOT")));
    }

    /** A host's socket does not flap whenever a token ends. */
    @Test
    void a_token_that_ends_is_renewed_on_the_open_socket() {
        connected();
        long first = registry.count("POST /api/token");
        registry.tokenStatus = 503;
        registry.peer()
                .text(
                        "{\"type\":\"renew\",\"peer_id\":\"registry\",\"payload\":{\"expires_in\":60}}");
        await().until(() -> registry.count("POST /api/token") > first);
        registry.tokenStatus = 200;
        registry.peer()
                .text(
                        "{\"type\":\"renew\",\"peer_id\":\"agent-evil\",\"payload\":{\"expires_in\":9}}");
        registry.peer()
                .text(
                        "{\"type\":\"renew\",\"peer_id\":\"registry\",\"payload\":{\"expires_in\":45}}");
        await().until(() -> renewals().size() == 1);
        assertEquals("agent-me", renewals().get(0).peerId());
        assertEquals(
                "t" + registry.tokens.get(), renewals().get(0).payload().path("token").asText());
        assertEquals(1, registry.peers.size(), "the same socket");
    }

    private List<SignalMessage> renewals() {
        return registry.frames.stream().filter(frame -> frame.type().equals("renew")).toList();
    }

    @Test
    void changes_that_come_together_are_taken_one_by_one() {
        connected();
        var payload = Wire.object();
        payload.putArray("joined")
                .add(agent("agent-one", "active"))
                .add(7)
                .add(agent("agent-two", "active"));
        payload.putArray("left")
                .addObject()
                .put("peer_id", "agent-two")
                .put("reason", "disconnected");
        registry.peer()
                .text(Wire.write(new SignalMessage("peers_changed", "registry", null, payload)));
        await().until(
                        () ->
                                host.directory
                                        .find("agent-two")
                                        .filter(agent -> agent.health().equals("stale"))
                                        .isPresent());
        assertEquals("active", host.directory.find("agent-one").orElseThrow().health());
        await().until(() -> host.news.contains("peer_left from registry"));
    }

    @Test
    void a_frame_in_parts_is_joined_and_one_that_is_too_long_is_dropped() {
        connected();
        TestRegistry.Peer peer = registry.peer();
        byte[] frame =
                Wire.write(
                                new SignalMessage(
                                        "offer",
                                        "agent-parts",
                                        "agent-me",
                                        Wire.object().put("sdp", "é".repeat(50_000))))
                        .getBytes(StandardCharsets.UTF_8);
        peer.frame(0x01, java.util.Arrays.copyOf(frame, 33_333));
        peer.frame(0x80, java.util.Arrays.copyOfRange(frame, 33_333, frame.length));
        await().until(() -> host.news.contains("offer from agent-parts"));
        byte[] part = "x".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        peer.frame(0x01, part);
        for (int i = 0; i < 50; i++) {
            peer.frame(0x00, part);
        }
        peer.frame(0x80, part);
        peer.text(Wire.write(new SignalMessage("offer", "agent-after", "agent-me", Wire.object())));
        await().until(() -> host.news.contains("offer from agent-after"));
        assertEquals(1, registry.peers.size(), "the socket still works and stays");
    }

    @Test
    void frames_of_many_threads_leave_whole() throws InterruptedException {
        SignalingClient client = connected();
        List<Thread> threads =
                IntStream.range(0, 8)
                        .mapToObj(
                                t ->
                                        new Thread(
                                                () ->
                                                        IntStream.range(0, 100)
                                                                .forEach(
                                                                        n ->
                                                                                assertTrue(
                                                                                        client.send(
                                                                                                "offer",
                                                                                                FRIEND,
                                                                                                Wire
                                                                                                        .object()
                                                                                                        .put(
                                                                                                                "sdp",
                                                                                                                "x"
                                                                                                                        .repeat(
                                                                                                                                n
                                                                                                                                        * 20))
                                                                                                        .put(
                                                                                                                "t",
                                                                                                                t)
                                                                                                        .put(
                                                                                                                "n",
                                                                                                                n))))))
                        .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        await().until(() -> registry.frames.size() == 801);
        int[] next = new int[8];
        registry.frames.stream()
                .skip(1)
                .forEach(
                        frame ->
                                assertEquals(
                                        next[frame.payload().path("t").asInt()]++,
                                        frame.payload().path("n").asInt()));
        assertFalse(
                client.send("offer", FRIEND, Wire.object().put("sdp", "é".repeat(140_000))),
                "longer than a frame may be");
    }

    @Test
    void a_registry_that_does_not_read_fills_the_queue_and_no_more() {
        SignalingClient client = connected();
        registry.reads = false;
        JsonNode payload = Wire.object().put("sdp", "x".repeat(20_000));
        int sent = 0;
        while (sent < 10_000 && client.send("offer", FRIEND, payload)) {
            sent++;
        }
        assertTrue(sent >= SignalSocket.QUEUE && sent < 5_000, "sent " + sent);
        registry.reads = true;
        int expected = sent;
        await().until(() -> registry.frames.size() == expected + 1);
    }

    /** Reference defect 6. */
    @Test
    void a_new_skill_reaches_the_registry_at_once_and_a_burst_of_changes_as_few_posts() {
        connected();
        CountDownLatch taken = new CountDownLatch(1);
        registry.cards = taken;
        host.skills = List.of(new SkillCard("disk", "1.0.0", "", "", List.of()));
        host.card.changed();
        await("no heartbeat brings it")
                .until(
                        () ->
                                registry.requests.stream()
                                        .anyMatch(line -> line.contains("\"id\":\"disk\"")));
        for (int i = 0; i < 100; i++) {
            host.card.changed();
        }
        taken.countDown();
        await().until(() -> registry.count("POST /api/registry/agents") >= 3);
        await().during(Duration.ofMillis(200))
                .until(() -> registry.count("POST /api/registry/agents") <= 4);
        await().until(() -> host.events.contains("agent.changed"));
    }

    @Test
    void a_card_that_is_refused_is_a_warning() {
        registry.answers.put(
                "POST /api/registry/agents", "409 {\"detail\":\"the name me is taken\"}");
        SignalingClient client = host.connect(registry.uri().toString());
        await().until(() -> client.check().detail().contains("the name me is taken"));
        assertTrue(client.isConnected());
    }

    @Test
    void waiting_tasks_are_handed_over_and_reported() throws Exception {
        List<Inbox.Entry> taken = new CopyOnWriteArrayList<>();
        SignalingClient client = connected();
        client.addInbox(Services.of((InboxListener) taken::addAll, Map.of()));
        registry.answers.put(
                "POST /api/hub/heartbeat",
                "{\"status\":\"ok\",\"pending_tasks\":[{\"id\":\"t1\",\"skill\":\"disk\",\"payload\":{\"a\":1},\"ttl\":60,\"new\":true},7,{\"ttl\":\"soon\"}]}");
        registry.peer().push(SignalMessage.TASKS_WAITING, Wire.object());
        await().until(() -> taken.size() == 1);
        assertEquals("disk", taken.get(0).skill());
        client.report("t1", "completed", "done", "").get();
        assertEquals(
                1,
                registry.count(
                        "POST /api/hub/tasks/t1 {\"state\":\"completed\",\"result\":\"done\",\"error\":\"\"}"));
        registry.answers.put("POST /api/hub/tasks/t2", "403 {\"detail\":\"not yours\"}");
        Throwable refused =
                assertThrows(
                                ExecutionException.class,
                                () -> client.report("t2", "completed", "", "").get())
                        .getCause();
        assertTrue(refused.getMessage().contains("not yours"), refused.getMessage());
    }

    /** They are this host's now: the registry does not send them again before their lease is over. */
    @Test
    void tasks_that_come_before_their_taker_wait_for_it() {
        registry.answers.put(
                "POST /api/hub/heartbeat",
                "{\"status\":\"ok\",\"pending_tasks\":[{\"id\":\"t1\",\"skill\":\"disk\",\"ttl\":60}]}");
        SignalingClient client = connected();
        registry.answers.put("POST /api/hub/heartbeat", "{\"status\":\"ok\"}");
        // a beat that comes after the answer to the first was dealt with
        long before = registry.count("POST /api/hub/heartbeat");
        registry.peer().push(SignalMessage.TASKS_WAITING, Wire.object());
        await().until(() -> registry.count("POST /api/hub/heartbeat") > before);
        List<Inbox.Entry> taken = new CopyOnWriteArrayList<>();
        client.addInbox(Services.of((InboxListener) taken::addAll, Map.of()));
        await().until(() -> taken.stream().anyMatch(task -> task.id().equals("t1")));
    }

    @Test
    void a_silent_registry_is_given_up_and_called_again() {
        host.keepalive = 1;
        registry.pongs = false;
        SignalingClient client = connected();
        await().until(() -> registry.peers.size() >= 2 && client.isConnected());
        assertTrue(host.news.contains("disconnected"));
    }

    @Test
    void a_registry_that_answers_pings_keeps_its_socket() {
        host.keepalive = 2;
        connected();
        await().during(Duration.ofMillis(6_200))
                .atMost(Duration.ofSeconds(60))
                .until(() -> registry.peers.size() == 1);
    }

    @Test
    void a_probe_keeps_a_socket_that_answers_and_replaces_one_that_does_not() {
        host.keepalive = 3_600;
        SignalingClient client = connected();
        client.probe();
        client.probe(); // one more within two seconds is none
        await().until(() -> registry.pings.get() == 1);
        await().during(Duration.ofMillis(2_500))
                .atMost(Duration.ofSeconds(60))
                .until(() -> registry.peers.size() == 1 && client.isConnected());
        assertEquals(1, registry.pings.get());
        registry.pongs = false;
        client.probe();
        await().until(() -> registry.peers.size() == 2 && client.isConnected());
        assertTrue(host.news.contains("disconnected"));
    }

    @Test
    void stopping_takes_the_host_off_the_list_and_closes_the_socket() {
        SignalingClient client = connected();
        client.close();
        await().until(() -> registry.count("DELETE /api/registry/agents/agent-me") == 1);
        await().until(() -> registry.closeCodes.equals(List.of(1000)));
        assertFalse(client.isConnected());
    }

    @Test
    void stopping_does_not_wait_for_a_registry_that_hangs() {
        SignalingClient client = connected();
        registry.hangsOnDelete = true;
        long began = System.nanoTime();
        client.close();
        assertTrue(System.nanoTime() - began < 9_000_000_000L, "before the request times out");
        await().until(() -> registry.closeCodes.equals(List.of(1000)));
    }

    @Test
    void a_listener_that_comes_while_the_socket_opens_hears_of_it_once() {
        registry.registers = false;
        SignalingClient client = host.connect(registry.uri().toString());
        await().until(() -> registry.frames.size() == 1);
        List<List<AgentId>> heard = new CopyOnWriteArrayList<>();
        host.late = Thread.currentThread();
        client.addListener(
                Services.of(
                        new SignalListener() {
                            @Override
                            public void received(SignalMessage message) {
                                // of no concern here
                            }

                            @Override
                            public void connected(List<AgentId> peers) {
                                heard.add(peers);
                            }
                        },
                        Map.of()));
        host.late = null;
        registry.peer().push(SignalMessage.PEER_LIST, Wire.tree("{\"peers\":[]}"));
        await().until(() -> heard.size() == 1);
        assertEquals(1, host.held.size());
        host.held.remove().run();
        assertEquals(1, heard.size());
    }

    @Test
    void a_listener_that_comes_late_hears_that_the_socket_is_open() {
        registry.peerList = "[\"agent-friend\"]";
        SignalingClient client = host.connect(registry.uri().toString());
        await().until(client::isConnected);
        List<AgentId> heard = new CopyOnWriteArrayList<>();
        client.addListener(
                Services.of(
                        new SignalListener() {
                            @Override
                            public void received(SignalMessage message) {
                                throw new IllegalStateException("a listener that fails");
                            }

                            @Override
                            public void connected(List<AgentId> peers) {
                                heard.addAll(peers);
                            }
                        },
                        Map.of()));
        await().until(() -> heard.equals(List.of(FRIEND)));
        registry.peer()
                .text(
                        Wire.write(
                                new SignalMessage(
                                        "offer", "agent-friend", "agent-me", Wire.object())));
        registry.peer()
                .text(
                        Wire.write(
                                new SignalMessage(
                                        "answer", "agent-friend", "agent-me", Wire.object())));
        await().until(() -> host.news.contains("answer from agent-friend"));
    }

    @Test
    void a_host_that_is_its_own_registry_connects_as_soon_as_it_answers_http() {
        registry.acceptsAnyToken = false;
        registry.goodToken = "local-agent-me-AGENT";
        SignalingClient client = host.connect("local");
        assertTrue(client.check().detail().length() > 0 && !client.check().blocking());
        host.http(registry.uri());
        await().until(client::isConnected);
        assertEquals(0, registry.tokens.get());
        client.close();
        assertEquals(0, registry.count("DELETE"), "its own list goes with it");
    }

    @Test
    void the_port_is_bound_before_the_socket_answers() throws IOException {
        registry.leave();
        SignalingClient client = host.connect("local");
        host.http(registry.uri());
        await().until(() -> client.check().detail().contains("no connection"));
        registry.comeBack();
        await().until(client::isConnected);
    }

    @Test
    void of_a_registry_that_is_two_hosts_the_other_one_is_taken_when_one_goes() throws Exception {
        TestRegistry other = new TestRegistry();
        try {
            SignalingClient client = host.connect(registry.uri() + ", " + other.uri() + "/");
            await().until(client::isConnected);
            assertEquals(1, registry.handshakes.get());
            registry.leave();
            await().until(() -> other.handshakes.get() == 1 && client.isConnected());
            registry.comeBack();
            other.leave();
            await().until(() -> registry.handshakes.get() == 2 && client.isConnected());
        } finally {
            other.close();
        }
    }
}
