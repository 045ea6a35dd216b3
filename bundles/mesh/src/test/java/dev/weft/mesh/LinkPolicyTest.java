package dev.weft.mesh;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.LinkUser;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which links come up by themselves, which go, and what carries the first message. */
class LinkPolicyTest {
    private final Net net = new Net();

    @AfterEach
    void stop() {
        net.close();
    }

    private static AgentCard card(AgentId id, Map<String, String> labels, String key) {
        return new AgentCard(
                id,
                "",
                "",
                0,
                "",
                null,
                "running",
                "agent",
                id.value(),
                List.of(),
                labels,
                "",
                "",
                key,
                0);
    }

    private static void know(Net.Host host, Net.Host... others) {
        for (Net.Host other : others) {
            host.learned.put(other.id, card(other.id, Map.of(), "a-public-key"));
        }
    }

    private static boolean linked(Net.Host one, Net.Host other, Path path) {
        return one.mesh.peer(other.id).filter(peer -> peer.path() == path).isPresent();
    }

    @Test
    void a_newcomer_calls_everybody_or_nobody_or_those_with_a_label() {
        Net.Host all = net.host("agent-n", Map.of()).reaches(Path.P2P);
        Net.Host demand = net.host("agent-d").reaches(Path.P2P);
        Net.Host some =
                net.host(
                                "agent-s",
                                Map.of(
                                        "dial",
                                        "labels",
                                        "dial_labels",
                                        new String[] {"room=lab", "gpu=yes"}))
                        .reaches(Path.P2P);
        List<Net.Host> others =
                IntStream.range(0, 12).mapToObj(i -> net.host("agent-x" + i)).toList();
        List<AgentId> ids = others.stream().map(other -> other.id).toList();
        some.learned.put(ids.get(3), card(ids.get(3), Map.of("room", "lab"), ""));
        some.learned.put(ids.get(4), card(ids.get(4), Map.of("room", "attic"), ""));
        Stream.of(all, demand, some).forEach(host -> host.mesh.connected(ids));
        await().until(() -> all.mesh.peers().size() == 12 && some.mesh.peers().size() == 1);
        assertTrue(linked(some, others.get(3), Path.P2P));
        assertTrue(demand.mesh.peers().isEmpty());
    }

    @Test
    void who_comes_later_and_does_not_call_is_called() {
        Net.Host a = net.host("agent-a", Map.of()).reaches(Path.P2P);
        Net.Host b = net.host("agent-b");
        know(a, b);
        a.mesh.changed(new KnownAgent(a.learned.get(b.id), "stale", false));
        a.mesh.changed(new KnownAgent(a.learned.get(b.id), "active", false));
        await().until(() -> linked(a, b, Path.P2P));
    }

    /** Reference defect 20. */
    @Test
    void a_link_that_broke_is_made_again_and_failures_are_tried_more_and_more_rarely() {
        AtomicInteger calls = new AtomicInteger();
        Net.Host b = net.host("agent-b");
        Net.Host a = net.host("agent-a", Map.of());
        a.transport(
                Path.P2P,
                peer ->
                        calls.incrementAndGet() % 2 == 1
                                ? CompletableFuture.failedFuture(new LinkException("not now"))
                                : CompletableFuture.completedFuture(net.link(a, b, Path.P2P)));
        know(a, b);
        Link link = net.link(a, b, Path.P2P);
        await().until(() -> linked(a, b, Path.P2P));
        link.close("broken");
        await().until(() -> calls.get() >= 1);
        await().until(() -> linked(a, b, Path.P2P));
        assertEquals(2, calls.get());
    }

    @Test
    void the_least_recently_used_link_makes_room_and_its_peer_does_not_call_back()
            throws Exception {
        Net.Host a = net.host("agent-a", Map.of("dial", "demand", "max_links", 2));
        AtomicInteger callsOfB = new AtomicInteger();
        Net.Host b = net.host("agent-b", Map.of());
        b.transport(
                Path.P2P,
                peer -> {
                    callsOfB.incrementAndGet();
                    return new CompletableFuture<>();
                });
        Net.Host c = net.host("agent-c");
        Net.Host d = net.host("agent-d");
        know(b, a);
        net.link(a, b, Path.P2P);
        net.link(a, c, Path.P2P);
        // a hello is a use of its link, too
        await().until(() -> a.learned.containsKey(b.id) && a.learned.containsKey(c.id));
        CountDownLatch heard = new CountDownLatch(1);
        a.handle((peer, message, reply) -> heard.countDown(), "note");
        c.mesh.send(a.id, "note", "", Wire.object());
        assertTrue(heard.await(30, TimeUnit.SECONDS));
        MemoryLink newest = net.link(a, d, Path.P2P);
        await("both have heard of the end")
                .until(() -> !linked(a, b, Path.P2P) && b.events.contains("peer.disconnected"));
        assertTrue(linked(a, c, Path.P2P) && linked(a, d, Path.P2P));
        assertTrue(newest.isOpen());
        assertEquals(0, callsOfB.get());
        b.mesh.changed(new KnownAgent(b.learned.get(a.id), "active", false));
        await().during(Duration.ofMillis(Redial.GRACE_MILLIS + 500))
                .atMost(Duration.ofSeconds(60))
                .until(() -> callsOfB.get() == 0);
    }

    @Test
    void idle_links_close_unless_the_policy_wants_them_or_an_answer_is_awaited() throws Exception {
        Net.Host a = net.host("agent-a");
        List<Net.Host> peers =
                Stream.of("agent-b", "agent-c", "agent-d", "agent-e").map(net::host).toList();
        Links links = new Links();
        List<MemoryLink> all = peers.stream().map(peer -> net.link(a, peer, Path.P2P)).toList();
        MemoryLink relay = net.link(a, peers.get(0), Path.RELAY);
        List<Links.Wired> wired =
                Stream.concat(all.stream(), Stream.of(relay)).map(links::add).toList();
        a.learned.put(peers.get(1).id, card(peers.get(1).id, Map.of(), ""));
        DialPolicy policy =
                new DialPolicy(
                        agent -> agent.card().agentId().equals(peers.get(1).id),
                        TimeUnit.HOURS.toNanos(1),
                        64);
        Redial redial = new Redial(a.id, policy, links, a, new Dialer(a, net.timer), net.timer);
        SpareLinks spare =
                new SpareLinks(
                        links,
                        policy,
                        redial,
                        peer -> peer.equals(peers.get(2).id),
                        (link, reason) -> link.close(reason));
        spare.closeIdle();
        assertTrue(all.stream().allMatch(Link::isOpen));
        wired.forEach(link -> link.usedAt = System.nanoTime() - TimeUnit.HOURS.toNanos(2));
        links.used(all.get(3));
        spare.closeIdle();
        assertEquals(List.of(false, true, true, true), all.stream().map(Link::isOpen).toList());
        assertTrue(relay.isOpen(), "a link in name only costs nothing");
    }

    @Test
    void a_link_is_needed_while_an_answer_is_awaited_on_either_side() throws Exception {
        Net.Host a = net.host("agent-a").reaches(Path.P2P);
        Net.Host b = net.host("agent-b");
        net.link(a, b, Path.P2P);
        CompletableFuture<MessageHandler.Reply> asked = new CompletableFuture<>();
        b.handle((peer, message, reply) -> asked.complete(reply), "task_request");
        Set<AgentId> working = ConcurrentHashMap.newKeySet();
        b.mesh.addUser(Services.of((LinkUser) working::contains, Map.of()));
        assertFalse(a.mesh.needed(b.id));
        assertFalse(b.mesh.needed(a.id));
        CompletableFuture<MeshMessage> answer =
                a.mesh.request(b.id, "task_request", Wire.object(), Duration.ofSeconds(60), null);
        MessageHandler.Reply reply = asked.get(60, TimeUnit.SECONDS);
        working.add(a.id);
        assertTrue(a.mesh.needed(b.id));
        assertTrue(b.mesh.needed(a.id));
        working.clear();
        reply.send("task_response", Wire.object());
        answer.get(60, TimeUnit.SECONDS);
        await().until(() -> !a.mesh.needed(b.id) && !b.mesh.needed(a.id));
    }

    /** A round every 15 s is all that an idle host wakes up for. */
    @Test
    void an_idle_mesh_sets_no_timer_but_the_rounds() throws Exception {
        Net.Host a = net.host("agent-a").reaches(Path.P2P);
        Net.Host b = net.host("agent-b");
        b.handle((peer, message, reply) -> reply.send("x_response", Wire.object()), "x");
        a.mesh.request(b.id, "x", Wire.object(), Duration.ofSeconds(5), null)
                .get(60, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(60))
                .during(Duration.ofMillis(2500))
                .until(
                        () ->
                                net.timer.getQueue().stream()
                                        .map(timer -> (RunnableScheduledFuture<?>) timer)
                                        .allMatch(RunnableScheduledFuture::isPeriodic));
        await().atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                net.timer.getQueue().stream()
                                        .map(timer -> (RunnableScheduledFuture<?>) timer)
                                        .allMatch(
                                                round ->
                                                        round.getDelay(TimeUnit.MILLISECONDS)
                                                                > 2500));
    }

    /** Who works for long is idle on the wire: its answer must find a way although the link is gone. */
    @Test
    void an_answer_calls_the_asker_when_the_link_was_closed_meanwhile() throws Exception {
        Net.Host b = net.host("agent-b").reaches(Path.P2P);
        Net.Host a = net.host("agent-a").transport(Path.P2P, peer -> new CompletableFuture<>());
        know(a, b);
        know(b, a);
        CompletableFuture<MessageHandler.Reply> asked = new CompletableFuture<>();
        b.handle((peer, message, reply) -> asked.complete(reply), "work");
        Link first = net.link(a, b, Path.P2P);
        await().until(() -> linked(a, b, Path.P2P) && linked(b, a, Path.P2P));
        CompletableFuture<MeshMessage> answer =
                a.mesh.request(b.id, "work", Wire.object(), Duration.ofSeconds(60), null);
        MessageHandler.Reply reply = asked.get(30, TimeUnit.SECONDS);
        first.close("idle");
        await().until(() -> !linked(b, a, Path.P2P));
        reply.send("work_response", Wire.object().put("n", 7));
        assertEquals(7, answer.get(60, TimeUnit.SECONDS).payload().path("n").asInt());
    }

    @Test
    void the_first_message_leaves_by_relay_while_ice_runs_and_the_next_ones_take_the_direct_link()
            throws Exception {
        CompletableFuture<Link> ice = new CompletableFuture<>();
        Net.Host b = net.host("agent-b").reaches(Path.RELAY);
        Net.Host a = net.host("agent-a").reaches(Path.RELAY).transport(Path.P2P, peer -> ice);
        know(a, b);
        assertEquals(MeshMessage.PONG, ping(a, b).type());
        assertTrue(linked(a, b, Path.RELAY));
        ice.complete(net.link(a, b, Path.P2P));
        await().until(() -> linked(a, b, Path.P2P) && linked(b, a, Path.P2P));
        assertEquals(MeshMessage.PONG, ping(a, b).type());
    }

    @Test
    void what_the_relay_refuses_waits_for_the_direct_link() throws Exception {
        CompletableFuture<Link> ice = new CompletableFuture<>();
        Net.Host b = net.host("agent-b").reaches(Path.RELAY);
        Net.Host a = net.host("agent-a").transport(Path.P2P, peer -> ice);
        CompletableFuture<MemoryLink> relay = new CompletableFuture<>();
        a.transport(
                Path.RELAY,
                peer -> {
                    MemoryLink narrow = net.link(a, b, Path.RELAY);
                    narrow.maxFrame = 1000;
                    relay.complete(narrow);
                    return CompletableFuture.completedFuture(narrow);
                });
        know(a, b);
        assertEquals(MeshMessage.PONG, ping(a, b).type());
        byte[] noise = new byte[5000]; // no compression makes it fit
        new Random(1).nextBytes(noise);
        String text = Base64.getEncoder().encodeToString(noise);
        CompletableFuture<MeshMessage> large =
                a.mesh.request(
                        b.id,
                        MeshMessage.PING,
                        Wire.object().put("t", text),
                        Duration.ofSeconds(60),
                        null);
        await().until(() -> relay.get(30, TimeUnit.SECONDS).refused.get() > 0);
        assertFalse(large.isDone());
        ice.complete(net.link(a, b, Path.P2P));
        assertEquals(text, large.get(60, TimeUnit.SECONDS).payload().path("t").asText());
    }

    @Test
    void a_silent_link_is_left_for_the_relay() throws Exception {
        Net.Host b = net.host("agent-b").reaches(Path.RELAY);
        Net.Host a = net.host("agent-a").reaches(Path.RELAY);
        know(a, b);
        MemoryLink direct = net.link(a, b, Path.P2P);
        await().until(() -> linked(a, b, Path.P2P));
        direct.silent = true;
        direct.other().silent = true;
        ping(a, b);
        assertTrue(linked(a, b, Path.RELAY), "what is shown is what carries");
        direct.silent = false;
        assertTrue(linked(a, b, Path.P2P));
    }

    @Test
    void a_configuration_that_is_none_is_refused_with_what_fits() {
        for (Map.Entry<Map<String, Object>, String> wrong :
                Map.<Map<String, Object>, String>of(
                                Map.of("dial", "some"),
                                "dev.weft.mesh: dial must be all, demand or labels, got \"some\"",
                                Map.of("dial", "labels", "dial_labels", new String[] {"lab"}),
                                "dev.weft.mesh: dial_labels are key=value, got \"lab\"",
                                Map.of("max_links", 0),
                                "dev.weft.mesh: max_links must be at least 1 and idle_seconds at least 0, got 0 and 300")
                        .entrySet()) {
            assertEquals(
                    wrong.getValue(),
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> net.host("agent-w", wrong.getKey()))
                            .getMessage());
        }
    }

    private static MeshMessage ping(Net.Host from, Net.Host to) throws Exception {
        return from.mesh
                .request(to.id, MeshMessage.PING, Wire.object(), Duration.ofSeconds(60), null)
                .get(60, TimeUnit.SECONDS);
    }
}
