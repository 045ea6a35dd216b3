package dev.weft.transport.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class RelayTransportTest {
    private static final String PING =
            "{\"type\":\"ping\",\"request_id\":\"1\",\"source_agent\":\"\",\"target_agent\":\"\",\"payload\":{}}";
    @TempDir java.nio.file.Path folder;
    private Side a;
    private Side b;

    @BeforeEach
    void connect() {
        a = new Side("agent-a", folder);
        b = new Side("agent-b", folder);
        a.other = b;
        b.other = a;
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    private static String refusal(Side side, AgentId peer) {
        ExecutionException e =
                assertThrows(ExecutionException.class, () -> side.transport.connect(peer).get());
        return assertInstanceOf(LinkException.class, e.getCause()).getMessage();
    }

    @Test
    void a_frame_opens_the_link_at_the_other_end_and_answers_come_back() throws Exception {
        Link link = a.transport.connect(b.id).get();
        assertSame(link, a.transport.connect(b.id).get());
        assertEquals(Path.RELAY, link.path());
        link.send(PING);
        assertEquals(List.of("opened agent-a", "received " + PING), b.news);
        b.link.send(PING);
        assertEquals(List.of("opened agent-b", "received " + PING), a.news);
        assertEquals(PING.length(), link.bytesSent());
        assertEquals(PING.length(), link.bytesReceived());
    }

    @Test
    void who_cannot_be_reached_is_refused_with_the_reason() {
        assertTrue(refusal(a, new AgentId("nobody")).contains("does not know nobody"));
        assertTrue(refusal(a, a.id).contains("this host itself"));
        a.peerHealth = "offline";
        assertTrue(refusal(a, b.id).contains("offline"));
        a.connected = false;
        assertTrue(refusal(a, b.id).contains("registry is away"));
        assertTrue(a.news.isEmpty());
    }

    @Test
    void a_frame_that_is_too_long_or_no_json_is_refused_and_the_link_stays() throws Exception {
        Link link = a.transport.connect(b.id).get();
        String tooLong =
                "{\"type\":\"x\",\"payload\":\"" + "é".repeat(RelayLink.MAX_FRAME / 2) + "\"}";
        assertTrue(
                assertThrows(LinkException.class, () -> link.send(tooLong))
                        .getMessage()
                        .contains("direct link"));
        assertThrows(LinkException.class, () -> link.send("not json"));
        link.send("{\"type\":\"x\",\"payload\":\"" + "y".repeat(RelayLink.MAX_FRAME - 100) + "\"}");
        assertTrue(link.isOpen());
        assertEquals(2, b.news.size());
    }

    @Test
    void a_full_socket_refuses_and_the_link_stays() throws Exception {
        Link link = a.transport.connect(b.id).get();
        a.full = true;
        assertTrue(
                assertThrows(LinkException.class, () -> link.send(PING))
                        .getMessage()
                        .contains("try again"));
        a.full = false;
        link.send(PING);
        assertTrue(b.news.contains("received " + PING));
    }

    @Test
    void links_close_when_the_socket_or_the_peer_goes() throws Exception {
        Link link = a.transport.connect(b.id).get();
        a.connected = false;
        a.transport.disconnected();
        assertFalse(link.isOpen());
        assertThrows(LinkException.class, () -> link.send(PING));
        a.connected = true;
        Link again = a.transport.connect(b.id).get();
        assertTrue(again.isOpen() && again != link);
        JsonNode left = Wire.object().put("peer_id", b.id.value()).put("reason", "revoked");
        a.arrives(new SignalMessage(SignalMessage.PEER_LEFT, "agent-evil", a.id.value(), left));
        assertTrue(again.isOpen(), "only the registry says who left");
        a.arrives(new SignalMessage(SignalMessage.PEER_LEFT, SignalMessage.REGISTRY, null, left));
        assertFalse(again.isOpen());
        assertEquals(
                List.of(
                        "opened agent-b",
                        "closed the registry is away",
                        "opened agent-b",
                        "closed it left: revoked"),
                a.news);
    }

    @Test
    void an_undelivered_frame_closes_its_link_only() throws Exception {
        Link link = a.transport.connect(b.id).get();
        a.error("offer", b.id.value());
        a.error("relay", "agent-c");
        a.error("relay", "../etc");
        assertTrue(link.isOpen());
        a.error("relay", b.id.value());
        assertFalse(link.isOpen());
    }

    @Test
    void malformed_relay_frames_open_nothing() {
        for (String payload :
                List.of("null", "{}", "{\"message\":\"text\"}", "{\"message\":[1]}", "7")) {
            a.arrives(
                    new SignalMessage(
                            SignalMessage.RELAY, b.id.value(), a.id.value(), Wire.tree(payload)));
        }
        JsonNode fine = Wire.object().set("message", Wire.tree(PING));
        a.arrives(new SignalMessage(SignalMessage.RELAY, "Not An Id", a.id.value(), fine));
        a.arrives(
                new SignalMessage(SignalMessage.RELAY, SignalMessage.REGISTRY, a.id.value(), fine));
        assertTrue(a.news.isEmpty());
    }

    @Test
    void many_threads_connect_and_close_and_news_come_one_at_a_time_and_whole() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads =
                IntStream.range(0, 8)
                        .mapToObj(
                                n ->
                                        new Thread(
                                                () -> {
                                                    try {
                                                        go.await();
                                                        for (int i = 0; i < 500; i++) {
                                                            a.transport
                                                                    .connect(b.id)
                                                                    .get()
                                                                    .close("enough");
                                                        }
                                                    } catch (InterruptedException
                                                            | ExecutionException e) {
                                                        a.news.add("failed " + e);
                                                    }
                                                }))
                        .toList();
        threads.forEach(Thread::start);
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        long opened = a.news.stream().filter(line -> line.startsWith("opened")).count();
        long closed = a.news.stream().filter(line -> line.startsWith("closed")).count();
        assertEquals(opened, closed);
        assertTrue(opened > 0);
        assertTrue(a.news.stream().noneMatch(line -> line.startsWith("failed")));
    }

    @Test
    void stopping_closes_the_links_and_lets_no_new_one_open() throws Exception {
        Link link = a.transport.connect(b.id).get();
        a.transport.close();
        assertFalse(link.isOpen());
        b.transport.connect(a.id).get().send(PING);
        assertEquals(List.of("opened agent-b", "closed host stops"), a.news);
        assertTrue(refusal(a, b.id).contains("registry is away"));
    }
}
