package dev.weft.mesh;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A peer that is killed and started anew under the same id, while others go on talking to it. */
class PeerRestartTest {
    private static final int RESTARTS = 60;
    private static final int TALKERS = 3;

    @Test
    void what_is_said_to_a_peer_that_was_started_anew_is_heard() throws Exception {
        Random random = new Random(7);
        AtomicInteger current = new AtomicInteger();
        AtomicInteger heard = new AtomicInteger(-1);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(TALKERS);
        try (Net net = new Net()) {
            Net.Host a = net.host("agent-a");
            List<Future<?>> talkers = new ArrayList<>();
            for (int i = 0; i < TALKERS; i++) {
                talkers.add(threads.submit(() -> talk(a, current, over)));
            }
            for (int restart = 0; restart < RESTARTS; restart++) {
                current.set(restart);
                Net.Host b = net.host("agent-b");
                b.handle(
                        (peer, message, reply) -> heard.set(message.payload().path("n").asInt()),
                        "note");
                List<MemoryLink> links = new ArrayList<>();
                links.add(net.link(a, b, Path.RELAY));
                for (int i = random.nextInt(3000); i > 0; i--) {
                    Thread.onSpinWait();
                }
                links.add(net.link(a, b, Path.P2P));
                await("restart " + restart)
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(2))
                        .untilAtomic(heard, equalTo(restart));
                links.forEach(MemoryLink::cut);
            }
            over.set(true);
            for (Future<?> talker : talkers) {
                talker.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void talk(Net.Host a, AtomicInteger current, AtomicBoolean over) {
        AgentId peer = new AgentId("agent-b");
        while (!over.get()) {
            a.mesh.send(peer, "note", "", Wire.object().put("n", current.get()));
            Thread.yield();
        }
    }
}
