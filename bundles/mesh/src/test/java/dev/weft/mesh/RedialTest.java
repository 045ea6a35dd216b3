package dev.weft.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a peer is called again; time does not pass here, what is planned is looked at and run at once. */
class RedialTest {
    private static final long HELD = TimeUnit.SECONDS.toNanos(11);

    private final Net net = new Net();
    private final Net.Host host = net.host("agent-m");
    private final Links links = new Links();
    private final List<Runnable> planned = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(0) {
                @Override
                public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                    planned.add(task);
                    pauses.add(unit.toMillis(delay));
                    return null;
                }
            };
    private final Redial redial =
            new Redial(
                    host.id,
                    new DialPolicy(agent -> true, 0, 64),
                    links,
                    host,
                    new Dialer(host, timer), // without a transport every call fails
                    timer);

    @AfterEach
    void stop() {
        timer.shutdownNow();
        net.close();
    }

    private AgentId peer(String id) {
        AgentId peer = new AgentId(id);
        host.learned.put(
                peer,
                new AgentCard(
                        peer, "", "", 0, "", null, "", "", id, List.of(), Map.of(), "", "", "", 0));
        return peer;
    }

    private void runNext() {
        planned.remove(0).run();
    }

    private void assertPause(long ceiling) {
        long last = pauses.get(pauses.size() - 1);
        assertTrue(last >= ceiling / 2 && last <= ceiling, last + " of at most " + ceiling);
    }

    /** Reference defect 17. */
    @Test
    void the_pause_doubles_up_to_a_minute_and_a_link_that_held_starts_anew() {
        AgentId peer = peer("agent-z");
        redial.lost(peer, 0);
        for (long ceiling :
                new long[] {1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000}) {
            assertPause(ceiling);
            assertEquals(1, planned.size(), "one call at a time");
            runNext();
        }
        links.add(net.link(host, net.host("agent-z"), Path.P2P)); // it came up by other means
        runNext();
        links.all().forEach(wired -> links.remove(wired.link));
        redial.lost(peer, HELD);
        assertPause(1_000);
    }

    @Test
    void the_side_with_the_larger_id_waits_longer() {
        redial.lost(peer("agent-a"), HELD);
        assertPause(2 * 1_000 + Redial.GRACE_MILLIS);
    }

    @Test
    void who_declined_or_is_offline_is_not_called() {
        AgentId declining = peer("agent-d");
        redial.declined(declining);
        redial.lost(declining, HELD);
        redial.appeared(new KnownAgent(host.learned.get(declining), "active", false));
        redial.appeared(new KnownAgent(host.learned.get(peer("agent-o")), "offline", false));
        assertEquals(List.of(), pauses);
    }
}
