package dev.weft.transport.webrtc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.signaling.IceServer;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real WebRTC between hosts in this JVM; only the signaling is in memory. */
@Timeout(180)
class WebRtcTransportTest {
    /** Longer than anything here takes that must not wait for it. */
    private static final int SETUP_MILLIS = 20_000;

    @TempDir static Path folder;

    private final Hub hub = new Hub();
    private TestHost a;
    private TestHost b;

    @BeforeAll
    static void lookOften() {
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
        Awaitility.setDefaultPollDelay(Duration.ZERO);
    }

    @AfterAll
    static void lookAsBefore() {
        Awaitility.reset();
        TestHost.bePatient();
    }

    @BeforeEach
    void start() throws Exception {
        a = host("agent-a");
        b = host("agent-b");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private TestHost host(String id) throws Exception {
        return new TestHost(hub, id, folder, Map.of("setup.timeout.ms", SETUP_MILLIS));
    }

    private static LinkException refused(CompletableFuture<Link> connecting) {
        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> connecting.get(15, TimeUnit.SECONDS));
        return assertInstanceOf(LinkException.class, failure.getCause());
    }

    private static Link only(TestHost host) {
        await().until(() -> host.links().size() == 1);
        return host.links().get(0);
    }

    /** Both directions work over the one link that is left. */
    private static void assertTalk(TestHost one, TestHost other) {
        int there = other.frames.size();
        int here = one.frames.size();
        only(one).send("there");
        await().until(() -> other.frames.size() > there);
        only(other).send("back");
        await().until(() -> one.frames.size() > here);
    }

    @Test
    void carries_frames_both_ways_in_order() throws Exception {
        Link there = a.connect(b);
        Link back = only(b);
        assertEquals(b.id, there.peer());
        assertEquals(a.id, back.peer());
        List<String> sent =
                IntStream.range(0, 2000).mapToObj(i -> "frame " + i + " ünïcode").toList();
        sent.forEach(there::send);
        sent.forEach(back::send);
        await().until(() -> a.frames.size() == sent.size() && b.frames.size() == sent.size());
        assertEquals(sent, b.frames);
        assertEquals(sent, a.frames);
        assertEquals(dev.weft.api.mesh.Path.P2P, there.path());
        await("what was just sent is counted")
                .until(() -> there.bytesSent() == back.bytesReceived());
        assertEquals(
                sent.stream()
                        .mapToLong(
                                frame ->
                                        frame.getBytes(java.nio.charset.StandardCharsets.UTF_8)
                                                .length)
                        .sum(),
                back.bytesReceived());
        assertEquals("opened 0", a.events.get(0));
        assertSame(there, a.connect(b), "an open link is used again");
        assertEquals(HealthCheck.Status.OK, a.transport.check());
        assertEquals(
                List.of(there),
                a.opened,
                "the link that connect gave is the one that was reported");
    }

    @Test
    void two_callers_share_one_attempt() throws Exception {
        CompletableFuture<Link> one = a.transport.connect(b.id);
        CompletableFuture<Link> two = a.transport.connect(b.id);
        assertSame(one.get(30, TimeUnit.SECONDS), two.get(30, TimeUnit.SECONDS));
        assertEquals(
                1,
                hub.seen.stream()
                        .filter(message -> message.type().equals(SignalMessage.OFFER))
                        .count());
    }

    /** Reference defect 18. */
    @Test
    void candidates_before_offer_and_answer_are_kept() throws Exception {
        hub.hold = message -> !message.type().equals(SignalMessage.ICE_CANDIDATE);
        CompletableFuture<Link> connecting = a.transport.connect(b.id);
        await().until(
                        () ->
                                hub.held().size() == 1
                                        && hub.seen.size()
                                                > 1); // the offer is held, candidates went ahead
        hub.deliver(hub.held().get(0));
        await().until(
                        () ->
                                hub.held().size()
                                        == 2); // so is the answer, while the answerer's candidates
        // arrive
        await().until(
                        () ->
                                hub.seen.stream()
                                        .anyMatch(
                                                message ->
                                                        message.type()
                                                                        .equals(
                                                                                SignalMessage
                                                                                        .ICE_CANDIDATE)
                                                                && message.peerId()
                                                                        .equals("agent-b")));
        hub.deliver(hub.held().get(1));
        connecting.get(30, TimeUnit.SECONDS);
        assertTalk(a, b);
    }

    /** Reference defect 19. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void when_both_offer_the_smaller_id_wins(boolean smallerFirst) throws Exception {
        hub.hold = message -> message.type().equals(SignalMessage.OFFER);
        CompletableFuture<Link> fromA = a.transport.connect(b.id);
        CompletableFuture<Link> fromB = b.transport.connect(a.id);
        await().until(() -> hub.held().size() == 2);
        Comparator<SignalMessage> bySender = Comparator.comparing(SignalMessage::peerId);
        hub.release(
                hub.held().stream().sorted(smallerFirst ? bySender : bySender.reversed()).toList());

        assertSame(fromA.get(30, TimeUnit.SECONDS), only(a));
        assertSame(
                fromB.get(30, TimeUnit.SECONDS),
                only(b),
                "the loser's caller gets the winner's link");
        assertTalk(a, b);
        assertEquals(
                1,
                hub.seen.stream()
                        .filter(message -> message.type().equals(SignalMessage.ANSWER))
                        .count());
        assertEquals(
                List.of("agent-b"),
                hub.seen.stream()
                        .filter(message -> message.type().equals(SignalMessage.ANSWER))
                        .map(SignalMessage::peerId)
                        .toList());
        assertEquals(1, a.opened.size());
        assertEquals(1, b.opened.size());
    }

    @Test
    void a_winning_offer_that_was_lost_is_sent_again() throws Exception {
        hub.drop =
                message ->
                        message.type().equals(SignalMessage.OFFER)
                                && message.peerId().equals("agent-a");
        CompletableFuture<Link> fromA = a.transport.connect(b.id);
        await().until(() -> !hub.seen.isEmpty());
        hub.drop = message -> false;
        Link fromB = b.transport.connect(a.id).get(15, TimeUnit.SECONDS); // before a gives up
        assertSame(fromB, only(b));
        assertSame(fromA.get(15, TimeUnit.SECONDS), only(a));
    }

    /** Reference defect 20. */
    @Test
    void a_lost_answer_ends_in_a_timeout_and_the_next_attempt_works() throws Exception {
        TestHost hasty = new TestHost(hub, "agent-h", folder, Map.of("setup.timeout.ms", 3000));
        hub.drop = message -> message.type().equals(SignalMessage.ANSWER);
        assertEquals(
                "no link to agent-b came up within 3000 ms",
                refused(hasty.transport.connect(b.id)).getMessage());
        assertTrue(hasty.opened.isEmpty());
        hub.drop = message -> false;
        hasty.connect(b);
        assertTalk(hasty, b);
    }

    @Test
    void a_peer_that_is_not_connected_fails_at_once() throws Exception {
        hub.leave(b);
        assertEquals("agent-b is not connected", refused(a.transport.connect(b.id)).getMessage());
    }

    @Test
    void no_link_to_itself() {
        assertEquals(
                "a host makes no link to itself", refused(a.transport.connect(a.id)).getMessage());
    }

    /** Reference defect 16. */
    @Test
    void links_survive_the_registry() throws Exception {
        a.connect(b);
        hub.leave(a);
        hub.leave(b);
        assertTalk(a, b);
        assertEquals(
                "no new link to agent-z while the registry cannot be reached",
                refused(a.transport.connect(new dev.weft.protocol.AgentId("agent-z")))
                        .getMessage());
    }

    @Test
    void five_percent_loss_and_a_tenth_of_a_second_lose_and_reorder_nothing() throws Exception {
        try (BadLine line = new BadLine(50, 5)) {
            hub.drop = BadLine::goesAround;
            hub.change = line::through;
            Link there = a.connect(b);
            Link back = only(b);
            List<String> sent =
                    IntStream.range(0, 300).mapToObj(i -> i + " " + "x".repeat(1000)).toList();
            for (String frame : sent) {
                there.send(frame);
                back.send(frame);
            }
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> a.frames.size() == sent.size() && b.frames.size() == sent.size());
            assertEquals(sent, b.frames);
            assertEquals(sent, a.frames);
            assertTrue(line.carried.get() > 300 && line.lost.get() > 5, line.lost.toString());
        }
    }

    @Test
    void a_restarted_peer_replaces_its_link() throws Exception {
        Link old = a.connect(b);
        TestHost reborn = host("agent-b");
        Link back = reborn.connect(a);
        await().until(() -> a.closed.containsKey(old));
        assertEquals("replaced by a new link", a.closed.get(old));
        assertEquals(
                List.of("opened 0", "opened 1", "closed 0"), a.events, "there is always a link");
        Link fresh = only(a);
        assertNotSame(old, fresh);
        assertSame(fresh, a.connect(reborn), "closing the old one did not remove the new one");
        assertTalk(a, reborn);
        assertTrue(back.isOpen());
        assertFalse(old.isOpen());
        assertThrows(LinkException.class, () -> old.send("too late"));
        b.close();
    }

    @Test
    void a_change_of_network_moves_the_link_to_another_path_and_loses_nothing() throws Exception {
        Link link = a.connect(b);
        only(b);
        await().until(() -> !link.candidatePair().isEmpty());
        String before = link.candidatePair();
        List<String> sent = IntStream.range(0, 500).mapToObj(i -> "frame " + i).toList();
        for (String frame : sent) {
            if (frame.endsWith(" 250")) {
                a.transport.networkChanged();
                b.transport.networkChanged(); // who did not offer waits for the other
            }
            link.send(frame);
        }
        await().until(() -> b.frames.size() == sent.size());
        assertEquals(sent, b.frames);
        await().until(
                        () ->
                                hub.seen.stream()
                                                .filter(seen -> seen.payload().has("restart"))
                                                .count()
                                        > 1);
        await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> {
                            link.path(); // asks anew when what it knows is 5 s old
                            return !link.candidatePair().equals(before);
                        });
        assertEquals(
                List.of("offer", "answer", "offer", "answer"),
                hub.seen.stream()
                        .map(SignalMessage::type)
                        .filter(type -> !type.equals(SignalMessage.ICE_CANDIDATE))
                        .toList());
        assertSame(link, only(a));
        assertTalk(a, b);
    }

    /** The peer was started anew, or gave the link up, and this side has not noticed. */
    @Test
    void a_restart_of_a_link_that_the_peer_does_not_know_begins_anew_at_once() throws Exception {
        a.knows(b);
        b.knows(a);
        Link old = a.connect(b);
        TestHost reborn = host("agent-b");
        reborn.knows(a);
        a.transport.networkChanged();
        await("before any attempt is given up, and before the old link ends by itself")
                .atMost(Duration.ofMillis(SETUP_MILLIS))
                .until(() -> a.closed.containsKey(old) && !reborn.links().isEmpty());
        assertEquals("replaced by a new link", a.closed.get(old));
        assertEquals(
                List.of("agent-a 0", "agent-a 1", "agent-b 0"),
                hub.seen.stream()
                        .filter(seen -> seen.type().equals(SignalMessage.OFFER))
                        .map(seen -> seen.peerId() + " " + seen.payload().path("restart").asInt())
                        .toList());
        assertTalk(a, reborn);
        b.close();
    }

    @Test
    void a_restart_of_a_link_that_nobody_knows_is_not_believed_without_a_signature()
            throws Exception {
        b.knows(a);
        ObjectNode restart =
                Wire.object().put("sdp", "v=0").put("session", "unknown").put("restart", 1);
        assertTrue(a.send(SignalMessage.OFFER, b.id, restart));
        assertTrue(a.send(SignalMessage.OFFER, b.id, restart.deepCopy().put("restart", 2)));
        a.knows(b);
        a.connect(b);
        assertEquals(
                List.of("agent-a", "agent-a", "agent-a"),
                hub.seen.stream()
                        .filter(seen -> seen.type().equals(SignalMessage.OFFER))
                        .map(SignalMessage::peerId)
                        .toList());
    }

    @Test
    void a_restart_that_somebody_else_signed_changes_nothing() throws Exception {
        a.knows(b);
        b.knows(a);
        Link link = a.connect(b);
        await().until(() -> !link.candidatePair().isEmpty());
        String before = link.candidatePair();
        hub.change =
                message ->
                        message.type().equals(SignalMessage.OFFER)
                                ? new SignalMessage(
                                        message.type(),
                                        message.peerId(),
                                        message.targetId(),
                                        ((ObjectNode) message.payload().deepCopy())
                                                .without(List.of("identity")))
                                : message;
        a.transport.networkChanged();
        await().until(() -> hub.seen.stream().anyMatch(seen -> seen.payload().has("restart")));
        assertTalk(a, b);
        assertEquals(before, link.candidatePair());
        assertTrue(
                hub.seen.stream()
                        .noneMatch(
                                seen ->
                                        seen.type().equals(SignalMessage.ANSWER)
                                                && seen.payload().has("restart")),
                "not even answered");
    }

    @Test
    void a_link_closed_on_purpose_stays_closed() throws Exception {
        a.knows(b);
        Link link = a.connect(b);
        Link back = only(b);
        link.close("enough");
        link.close("enough");
        await().until(() -> a.closed.containsKey(link) && b.closed.containsKey(back));
        assertEquals("enough", a.closed.get(link));
        assertEquals("agent-a closed the channel", b.closed.get(back));
        assertTrue(a.links().isEmpty() && b.links().isEmpty());
        a.connect(b);
        assertTalk(a, b);
    }

    @Test
    void a_revoked_peer_loses_its_link() throws Exception {
        a.knows(b);
        Link link = a.connect(b);
        ObjectNode left = Wire.object().put("peer_id", "agent-b").put("reason", "revoked");
        a.transport.received(
                new SignalMessage(
                        SignalMessage.PEER_LEFT,
                        "agent-c",
                        null,
                        left)); // only the registry may say so
        assertTalk(a, b);
        hub.push(a, SignalMessage.PEER_LEFT, left);
        await().until(() -> a.closed.containsKey(link));
        assertEquals("agent-b was revoked", a.closed.get(link));
        await().until(() -> b.links().isEmpty());
    }

    @Test
    void frames_up_to_the_limit_pass_and_larger_ones_are_refused() throws Exception {
        Link link = a.connect(b);
        link.send("x".repeat(Connection.MAX_MESSAGE));
        link.send("ü".repeat(Connection.MAX_MESSAGE / 2));
        link.send("");
        LinkException tooLarge =
                assertThrows(
                        LinkException.class,
                        () -> link.send("x".repeat(Connection.MAX_MESSAGE + 1)));
        assertEquals(
                "a frame of 262145 bytes is too large for agent-b, a message may have 262144",
                tooLarge.getMessage());
        assertThrows(LinkException.class, () -> link.send("x".repeat(16 << 20)));
        await().until(() -> b.frames.size() == 3);
        assertEquals(
                List.of(Connection.MAX_MESSAGE, Connection.MAX_MESSAGE / 2, 0),
                b.frames.stream().map(String::length).toList());
        assertTalk(a, b);
    }

    @Test
    void a_full_queue_refuses_and_everything_accepted_arrives() throws Exception {
        Link link = a.connect(b);
        String body = "x".repeat(200_000);
        int accepted = 0;
        LinkException full = null;
        while (full == null && accepted < 10_000) {
            try {
                link.send(accepted + body);
                accepted++;
            } catch (LinkException e) {
                full = e;
            }
        }
        assertEquals(
                "agent-b takes frames too slowly: 8388608 bytes wait to be sent",
                full == null ? "never full" : full.getMessage());
        int all = accepted;
        await().atMost(Duration.ofSeconds(60)).until(() -> b.frames.size() == all);
        assertTrue(
                IntStream.range(0, all).allMatch(i -> b.frames.get(i).startsWith(i + "x")),
                "in order");
        assertTalk(a, b);
    }

    @Test
    void who_does_not_handle_what_arrives_loses_the_link() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        b.onFrame =
                (link, frame) -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                };
        Link link = a.connect(b);
        Link back = only(b);
        String body = "x".repeat(250_000);
        await().atMost(Duration.ofSeconds(120))
                .until(
                        () -> {
                            try {
                                while (back.isOpen()) {
                                    link.send(body);
                                }
                            } catch (LinkException full) {
                                return !back.isOpen();
                            }
                            return true;
                        });
        end.countDown();
        await().until(() -> b.closed.containsKey(back));
        assertEquals(
                "more than 33554432 bytes from agent-a wait to be handled", b.closed.get(back));
    }

    @Test
    void signed_descriptions_pass() throws Exception {
        a.knows(b);
        b.knows(a);
        a.connect(b);
        assertTalk(a, b);
    }

    @Test
    void a_description_with_another_fingerprint_is_refused() throws Exception {
        b.knows(a);
        assertOfferRefused(
                payload ->
                        payload.put(
                                "sdp",
                                payload.get("sdp")
                                        .asText()
                                        .replaceFirst("(a=fingerprint:sha-256 )..", "$1" + "AB")));
    }

    @Test
    void a_second_fingerprint_is_refused() throws Exception {
        b.knows(a);
        assertOfferRefused(
                payload ->
                        payload.put(
                                "sdp",
                                payload.get("sdp").asText() + "a=fingerprint:sha-256 AA:BB\r\n"));
    }

    @Test
    void a_description_without_signature_is_refused_if_the_key_is_known() throws Exception {
        b.knows(a);
        assertOfferRefused(payload -> payload.remove("identity"));
    }

    @Test
    void a_description_signed_by_somebody_else_is_refused() throws Exception {
        b.keys.put(a.id, b.publicKey());
        assertOfferRefused(payload -> payload);
    }

    private void assertOfferRefused(java.util.function.Function<ObjectNode, Object> change)
            throws Exception {
        a.close();
        TestHost hasty = new TestHost(hub, "agent-a", folder, Map.of("setup.timeout.ms", 700));
        hub.change =
                message -> {
                    if (message.type().equals(SignalMessage.OFFER)) {
                        ObjectNode payload = message.payload().deepCopy();
                        change.apply(payload);
                        return new SignalMessage(
                                message.type(), message.peerId(), message.targetId(), payload);
                    }
                    return message;
                };
        refused(hasty.transport.connect(b.id));
        assertTrue(b.opened.isEmpty());
        assertTrue(
                hub.seen.stream().noneMatch(message -> message.type().equals(SignalMessage.ANSWER)),
                "not even answered");
    }

    @Test
    void an_answer_of_somebody_else_fails_the_attempt_at_once() throws Exception {
        a.keys.put(b.id, a.publicKey());
        assertEquals(
                "the answer in the name of agent-b is not its own",
                refused(a.transport.connect(b.id)).getMessage());
    }

    @Test
    void reference_peers_sign_nothing() throws Exception {
        hub.change =
                message -> {
                    ObjectNode payload = message.payload().deepCopy();
                    payload.remove(List.of("identity", "session"));
                    return new SignalMessage(
                            message.type(), message.peerId(), message.targetId(), payload);
                };
        a.connect(b);
        assertTalk(a, b);
    }

    @Test
    void rubbish_changes_nothing() throws Exception {
        for (String type :
                List.of(
                        SignalMessage.OFFER,
                        SignalMessage.ANSWER,
                        SignalMessage.ICE_CANDIDATE,
                        "unheard-of")) {
            for (String payload :
                    List.of(
                            "null",
                            "[]",
                            "\"x\"",
                            "{}",
                            "{\"sdp\":17,\"candidate\":{}}",
                            "{\"sdp\":\"v=0 rubbish\",\"candidate\":\"rubbish\",\"sdpMLineIndex\":-5}")) {
                a.transport.received(
                        new SignalMessage(type, "agent-z", "agent-a", Wire.tree(payload)));
                a.transport.received(
                        new SignalMessage(type, "Not An Id!", "agent-a", Wire.tree(payload)));
            }
        }
        a.iceServers =
                List.of(
                        new IceServer(List.of("", "http://x", "turn:", "stun:"), null, null),
                        new IceServer(null, null, null),
                        new IceServer(List.of("turn:127.0.0.1:9"), null, null));
        a.connect(b);
        assertTalk(a, b);
    }

    @Test
    void fifty_links_leave_no_thread_behind() throws Exception {
        cycle();
        cycle(); // by now every thread that stays is there
        long before = nativeThreads();
        for (int i = 0; i < 50; i++) {
            cycle();
        }
        await().until(() -> nativeThreads() <= before);
        assertEquals(52, a.closed.size());
        assertEquals(52, b.closed.size());
    }

    private void cycle() throws Exception {
        Link link = a.connect(b);
        Link back = only(b);
        link.send("hello");
        await().until(() -> back.bytesReceived() > 0);
        link.close("done");
        await().until(() -> a.closed.containsKey(link) && b.closed.containsKey(back));
    }

    @Test
    void stopping_ends_links_and_native_threads() throws Exception {
        cycle();
        Link kept = a.connect(b);
        Link back = only(b);
        await("every thread that stays is there")
                .until(() -> !kept.candidatePair().isEmpty() && !back.candidatePair().isEmpty());
        long before = nativeThreads();
        TestHost c = host("agent-c");
        Link link = c.connect(b);
        assertTrue(nativeThreads() > before);
        c.close();
        assertFalse(link.isOpen());
        assertEquals(
                "WebRTC is stopped on this host", refused(c.transport.connect(b.id)).getMessage());
        await().until(() -> nativeThreads() <= before);
    }

    /** Threads that libwebrtc attached to the JVM or works on; without a /proc, nothing is counted. */
    private static long nativeThreads() throws Exception {
        java.io.File[] tasks = new java.io.File("/proc/self/task").listFiles();
        long count = 0;
        for (java.io.File task : tasks == null ? new java.io.File[0] : tasks) {
            try {
                if (java.nio.file.Files.readString(task.toPath().resolve("comm"))
                        .startsWith("webrtc_jni")) {
                    count++;
                }
            } catch (java.io.IOException gone) {
                // ended meanwhile
            }
        }
        return count;
    }
}
