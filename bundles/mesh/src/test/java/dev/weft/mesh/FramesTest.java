package dev.weft.mesh;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.Acks;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Frame;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Receipt;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes over the wire, to which peer. */
@Timeout(180)
class FramesTest {
    private static final Duration LONG = Duration.ofSeconds(120);
    private final Net net = new Net();
    private final Net.Host a = net.host("agent-a");

    @AfterEach
    void stop() {
        net.close();
    }

    /** A peer that is no host of this project: it takes frames, and says what the test wants. */
    private static final class Stranger implements Link {
        final List<String> frames = new CopyOnWriteArrayList<>();
        final AgentId id = new AgentId("stranger");
        volatile boolean writable = true;

        @Override
        public AgentId peer() {
            return id;
        }

        @Override
        public Path path() {
            return Path.P2P;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public void send(String frame) {
            frames.add(frame);
        }

        @Override
        public long bytesSent() {
            return 0;
        }

        @Override
        public long bytesReceived() {
            return 0;
        }

        @Override
        public void close(String reason) {}

        /** Frames that greet. */
        List<String> hellos() {
            return frames.stream().filter(frame -> frame.contains("\"hello\"")).toList();
        }

        /** Frames that carry notes. */
        List<String> notes() {
            return frames.stream().filter(frame -> frame.contains("\"note\"")).toList();
        }
    }

    private CompletableFuture<Void> note(AgentId to, int n, String text) {
        return a.mesh.send(to, "note", "", Wire.object().put("n", n).put("text", text));
    }

    private static String code(CompletableFuture<?> future) {
        Throwable cause = assertThrows(CompletionException.class, future::join).getCause();
        return assertInstanceOf(MeshException.class, cause).code();
    }

    @Test
    void a_peer_that_never_says_hello_gets_one_plain_message_a_frame() {
        Stranger stranger = new Stranger();
        a.mesh.opened(stranger);
        for (int n = 0; n < 200; n++) {
            note(stranger.id, n, "x").join();
        }
        assertEquals(200, stranger.notes().size());
        for (int n = 0; n < 200; n++) {
            MeshMessage message = Wire.mesh(stranger.notes().get(n));
            assertEquals(n, message.payload().path("n").asInt());
        }
        // once it counts as one that will not say hello, the message is as the reference has it
        await().until(
                        () -> {
                            note(stranger.id, -1, "late").join();
                            String last = last(stranger.notes());
                            return last.startsWith("{\"type\"") && !last.contains("\"seq\"");
                        });
    }

    @Test
    void a_peer_that_says_batch_gets_arrays_when_much_waits() {
        Stranger stranger = new Stranger();
        a.mesh.opened(stranger);
        a.mesh.received(
                stranger, "{\"type\":\"hello\",\"payload\":{\"features\":[\"batch\",\"new\"]}}");
        stranger.writable = false;
        List<CompletableFuture<Void>> left = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            left.add(note(stranger.id, n, "x"));
        }
        assertTrue(stranger.notes().isEmpty());
        stranger.writable = true;
        a.mesh.writable(stranger);
        left.forEach(CompletableFuture::join);
        assertEquals(1, stranger.notes().size());
        assertEquals(100, Wire.tree(stranger.notes().get(0)).size());
    }

    private static String frame(Receipt receipt) {
        byte[] bytes = Frame.acks(receipt);
        return Wire.write(
                new MeshMessage(
                        MeshMessage.FRAME,
                        "",
                        "",
                        "",
                        Wire.tree('"' + Base64.getEncoder().encodeToString(bytes) + '"')));
    }

    @Test
    void an_acknowledgement_of_a_stream_that_ended_does_not_count_for_the_next_one() {
        a.transport(Path.P2P, peer -> new CompletableFuture<>());
        Stranger first = new Stranger();
        a.mesh.opened(first);
        note(first.id, 1, "numbered").join();
        await("two seconds without a hello")
                .until(
                        () -> {
                            note(first.id, 2, "plain").join();
                            return !last(first.notes()).contains("\"seq\"");
                        });
        // the peer cannot know how many came without a number, so this host begins another stream
        a.mesh.received(
                first,
                "{\"type\":\"hello\",\"payload\":{\"features\":[\"resume\"],\"stream\":\"p.0\"}}");
        String second = Wire.mesh(last(first.hellos())).payload().path("stream").asText();
        assertTrue(second.endsWith(".1"), second);
        note(first.id, 3, "of the new stream").join();
        // what the peer said before it heard of that
        a.mesh.received(first, frame(new Receipt(new Acks(0, 1, 0), Receipt.mark(0))));
        a.mesh.closed(first, "broken");
        Stranger next = new Stranger();
        a.mesh.opened(next);
        await("the message that did not arrive comes again")
                .until(() -> next.notes().stream().anyMatch(text -> text.contains("of the new")));
    }

    private static String last(List<String> all) {
        return all.get(all.size() - 1);
    }

    @Test
    void arrays_and_single_messages_of_others_are_read() {
        Stranger stranger = new Stranger();
        List<Integer> got = new CopyOnWriteArrayList<>();
        a.handle((peer, message, reply) -> got.add(message.payload().path("n").asInt()), "note");
        a.mesh.opened(stranger);
        a.mesh.received(
                stranger,
                "[{\"type\":\"note\",\"payload\":{\"n\":1}},{\"type\":\"note\",\"payload\":{\"n\":2}}]");
        a.mesh.received(stranger, "{\"type\":\"note\",\"payload\":{\"n\":3}}");
        await().until(() -> got.equals(List.of(1, 2, 3)));
        a.mesh.received(stranger, new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0}, true);
        await().until(() -> a.mesh.drops().malformed.count() == 1);
    }

    /** Reference defect 22. */
    @Test
    void what_a_slow_peer_does_not_take_is_refused_and_others_do_not_notice() {
        Net.Host b = net.host("agent-b");
        List<Integer> got = new CopyOnWriteArrayList<>();
        b.handle((peer, message, reply) -> got.add(message.payload().path("n").asInt()), "note");
        net.link(a, b, Path.P2P);
        await().until(() -> a.mesh.peer(b.id).isPresent());
        Stranger slow = new Stranger();
        a.mesh.opened(slow);
        slow.writable = false;
        String kilobytes = "x".repeat(10_000);
        List<CompletableFuture<Void>> left = new ArrayList<>();
        while (left.stream().noneMatch(CompletableFuture::isDone)) {
            left.add(note(slow.id, 0, kilobytes));
            assertTrue(left.size() < 2_000, "the queue has a bound");
        }
        assertEquals("busy", code(left.get(left.size() - 1)));
        note(b.id, 7, "x").join();
        await().until(() -> got.contains(7));
        slow.writable = true;
        a.mesh.writable(slow);
        left.subList(0, left.size() - 1).forEach(CompletableFuture::join);
        assertEquals(left.size() - 1, slow.notes().size(), "what was taken left");
    }

    /** Reference defects 8 and 22. */
    @Test
    void sixteen_mebibytes_travel_in_pieces_and_do_not_hold_up_a_small_message() {
        Net.Host b = net.host("agent-b");
        List<String> order = new CopyOnWriteArrayList<>();
        byte[] noise = new byte[(16 << 20) - 1000];
        Random random = new Random(1);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) ('A' + random.nextInt(26));
        }
        String large = new String(noise, StandardCharsets.US_ASCII);
        b.handle(
                (peer, message, reply) -> {
                    String text = message.payload().path("text").asText();
                    order.add(
                            text.equals(large) ? "large" : text.length() == 1 ? "small" : "wrong");
                },
                "note");
        MemoryLink link = net.link(a, b, Path.P2P);
        await().until(() -> link.greeted() && link.other().greeted());
        int full = link.frames.size() + 30;
        link.room = full;
        CompletableFuture<Void> left = note(b.id, 1, large);
        await("a part of it is on its way").until(() -> link.frames.size() >= full);
        CompletableFuture<Void> small = note(b.id, 2, "x");
        link.room = Integer.MAX_VALUE;
        a.mesh.writable(link);
        small.join();
        left.join();
        await().atMost(LONG).until(() -> order.size() == 2);
        assertEquals(List.of("small", "large"), order);
        assertTrue(link.frames.size() > 200, "in pieces");
        assertEquals("too_large", code(note(b.id, 3, large + large)));
    }

    /** Reference defect 4. */
    @Test
    void a_broadcast_reaches_every_linked_peer() {
        List<AgentId> heard = new CopyOnWriteArrayList<>();
        for (String name : List.of("agent-b", "agent-c", "agent-d")) {
            Net.Host host = net.host(name);
            host.handle(
                    (peer, message, reply) -> {
                        if (message.targetAgent().equals(MeshMessage.EVERYONE)) {
                            heard.add(host.id);
                        }
                    },
                    "note");
            net.link(a, host, Path.P2P);
        }
        await().until(() -> a.mesh.peers().size() == 3);
        assertEquals(3, a.mesh.broadcast("note", Wire.object()).size());
        await().until(() -> heard.size() == 3);
        assertFalse(heard.contains(a.id));
    }
}
