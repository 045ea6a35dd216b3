package dev.weft.signaling;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerNewsTest {
    private final Mesh mesh = new Mesh();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile int sockets = 2;
    private final List<Runnable> planned = new ArrayList<>();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(0) {
                @Override
                public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                    planned.add(task);
                    return null;
                }
            };
    private final PeerNews news =
            new PeerNews(
                    () -> sockets,
                    (about, frame) -> told.add(about + " " + shape(frame)),
                    mesh.blocking,
                    timer);

    @AfterEach
    void close() throws Exception {
        timer.shutdownNow();
        mesh.close();
    }

    /** Type, who joined, who left. */
    private static String shape(String frame) {
        JsonNode message = Wire.tree(frame);
        JsonNode payload = message.path("payload");
        List<String> ids = new ArrayList<>();
        payload.path("joined").forEach(one -> ids.add("+" + one.path("agent_id").asText()));
        payload.path("left").forEach(one -> ids.add("-" + one.path("peer_id").asText()));
        String one = payload.path("agent_id").asText(payload.path("peer_id").asText());
        return message.path("type").asText() + " " + (ids.isEmpty() ? one : ids);
    }

    /** Lets the time pass that it waits. */
    private void pass() {
        assertEquals(1, planned.size());
        planned.remove(0).run();
    }

    private static AgentId id(int number) {
        return new AgentId("agent-" + number);
    }

    @Test
    void with_few_sockets_each_change_is_told_at_once() {
        news.changed(Mesh.record(Mesh.A, true));
        news.changed(Mesh.record(Mesh.B, true));
        news.left(Mesh.A, "disconnected");
        assertEquals(
                List.of(
                        "agent-a peer_joined agent-a",
                        "agent-b peer_joined agent-b",
                        "agent-a peer_left agent-a"),
                told);
    }

    @Test
    void with_many_sockets_what_happens_in_a_short_time_is_one_frame() {
        sockets = 1_000_000; // patience that does not end by itself
        for (int i = 0; i < 100; i++) {
            news.changed(Mesh.record(id(i), true));
            news.changed(Mesh.record(id(i), true));
        }
        news.left(id(1), "disconnected");
        news.left(id(2), "disconnected");
        news.changed(Mesh.record(id(2), true));
        assertEquals(List.of("agent-0 peer_joined agent-0"), told, "the first does not wait");
        pass();
        await().until(() -> told.size() == 2);
        String rest = told.get(1);
        assertTrue(rest.startsWith("null peers_changed [+agent-0, +agent-3, "), rest);
        assertTrue(rest.endsWith(", +agent-99, +agent-1, +agent-2, -agent-1]"), rest);
        assertEquals(101, rest.split(",").length, "each once, and one that left: " + rest);
        sockets = 2;
        news.changed(Mesh.record(id(7), true));
        await().until(() -> told.contains("agent-7 peer_joined agent-7"));
    }

    /** Links to it are cut at once, everywhere. */
    @Test
    void who_left_for_good_is_told_at_once_and_what_waited_of_it_is_dropped() {
        sockets = 1_000_000;
        news.changed(Mesh.record(Mesh.B, true));
        news.changed(Mesh.record(Mesh.A, true));
        news.left(Mesh.A, "revoked");
        assertEquals(List.of("agent-b peer_joined agent-b", "agent-a peer_left agent-a"), told);
    }

    @Test
    void a_storm_is_cut_into_frames_that_every_peer_takes() {
        sockets = 1_000_000;
        news.changed(Mesh.record(Mesh.A, true));
        for (int i = 0; i < 2_000; i++) {
            news.changed(Mesh.record(id(i), true));
        }
        pass();
        await().until(() -> count() == 2_000);
        assertTrue(told.size() < 20, () -> told.size() + " frames");
    }

    private int count() {
        return told.stream()
                .filter(line -> line.contains("peers_changed"))
                .mapToInt(line -> line.split(",").length)
                .sum();
    }
}
