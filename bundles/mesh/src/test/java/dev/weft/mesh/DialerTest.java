package dev.weft.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Transport;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which transport is asked when; the test lets the time pass. */
class DialerTest {
    private final Net net = new Net();
    private final Net.Host host = net.host("agent-a");
    private final AgentId peer = new AgentId("agent-b");
    private final List<Runnable> planned = new ArrayList<>();
    private final List<Path> asked = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private final CompletableFuture<Link> relay = new CompletableFuture<>();
    private final CompletableFuture<Link> direct = new CompletableFuture<>();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(0) {
                @Override
                public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                    planned.add(task);
                    return null;
                }
            };
    private final Dialer dialer = new Dialer(host, timer);

    @AfterEach
    void stop() {
        timer.shutdownNow();
        net.close();
    }

    private void transport(Path path, CompletableFuture<Link> outcome) {
        Transport transport =
                new Transport() {
                    @Override
                    public Path path() {
                        return path;
                    }

                    @Override
                    public CompletableFuture<Link> connect(AgentId to) {
                        asked.add(path);
                        return outcome;
                    }
                };
        dialer.add(Services.of(transport, Map.of()));
    }

    private void dial(String key) {
        AgentCard card =
                new AgentCard(
                        peer, "", "", 0, "", null, "", "", "b", List.of(), Map.of(), "", "", key,
                        0);
        host.learned.put(peer, card);
        dialer.dial(
                peer, (link, reason) -> ends.add(link == null ? reason : link.path().wireName()));
    }

    private Link link(Path path) {
        return net.link(host, net.host("agent-b"), path);
    }

    @Test
    void the_relay_goes_first_and_the_direct_path_follows_whether_the_relay_is_up_or_not() {
        transport(Path.P2P, direct);
        transport(Path.RELAY, relay);
        dial("key");
        assertEquals(List.of(Path.RELAY), asked);
        relay.complete(link(Path.RELAY));
        assertEquals(List.of("relay"), ends);
        planned.forEach(Runnable::run);
        assertEquals(List.of(Path.RELAY, Path.P2P), asked);
    }

    @Test
    void a_relay_that_fails_is_not_waited_for() {
        transport(Path.P2P, direct);
        transport(Path.RELAY, relay);
        dial("key");
        relay.completeExceptionally(new LinkException("the registry is away"));
        assertEquals(List.of(Path.RELAY, Path.P2P), asked);
        planned.forEach(Runnable::run);
        assertEquals(2, asked.size(), "each is asked once");
        direct.complete(link(Path.P2P));
        assertEquals(List.of("p2p"), ends);
    }

    @Test
    void all_that_fails_is_told_once_with_every_reason() {
        transport(Path.P2P, direct);
        transport(Path.RELAY, relay);
        dial("key");
        planned.forEach(Runnable::run);
        direct.completeExceptionally(new LinkException("no path works"));
        assertEquals(List.of(), ends);
        relay.completeExceptionally(new LinkException("the registry is away"));
        assertEquals(List.of("p2p: no path works; relay: the registry is away"), ends);
    }

    @Test
    void without_a_relay_nothing_waits_and_without_a_key_one_follows_the_other() {
        transport(Path.P2P, direct);
        dial("key");
        assertEquals(List.of(Path.P2P), asked);
        direct.completeExceptionally(new LinkException("no path works"));
        transport(Path.RELAY, relay);
        asked.clear();
        dial("");
        assertEquals(List.of(Path.P2P, Path.RELAY), asked);
        assertEquals(0, planned.size());
    }
}
