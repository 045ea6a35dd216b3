package dev.weft.mesh;

import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Link;
import dev.weft.protocol.AgentId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Calls the peers that the policy wants: those that the registry names to a newcomer at once, those that come later if they do not call themselves,
 * those whose link broke ever more rarely and with jitter. What held for a while starts anew.
 */
final class Redial {
    static final long GRACE_MILLIS = 2_000;
    private static final long FIRST_MILLIS = 1_000;
    private static final long MAX_MILLIS = 60_000;
    private static final long DECLINED_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AgentId self;
    private final DialPolicy policy;
    private final Links links;
    private final AgentDirectory directory;
    private final Dialer dialer;
    private final ScheduledExecutorService timer;
    private final DialQueue queue = new DialQueue(this::call);
    private final Map<AgentId, Long> pauses = new ConcurrentHashMap<>();
    private final Map<AgentId, Long> declined = new ConcurrentHashMap<>();
    private final Map<AgentId, Boolean> planned = new ConcurrentHashMap<>();

    private volatile boolean stopped;

    Redial(
            AgentId self,
            DialPolicy policy,
            Links links,
            AgentDirectory directory,
            Dialer dialer,
            ScheduledExecutorService timer) {
        this.self = self;
        this.policy = policy;
        this.links = links;
        this.directory = directory;
        this.dialer = dialer;
        this.timer = timer;
    }

    /** Whether a direct link to a peer is to be kept, used or not. */
    boolean wants(AgentId peer) {
        return wanted(peer).isPresent();
    }

    private Optional<KnownAgent> wanted(AgentId peer) {
        return directory
                .find(peer.value())
                .filter(agent -> agent.card().agentId().equals(peer) && !agent.local())
                .filter(policy.wanted());
    }

    /** Whether to call now. Whoever is not known (yet) is called if everybody is. */
    private boolean lacks(AgentId peer) {
        Long until = declined.get(peer);
        return !stopped
                && !peer.equals(self)
                && (until == null || System.nanoTime() - until > 0)
                && !links.hasDirect(peer)
                && links.direct().size() < policy.maxLinks();
    }

    /** This host is the newcomer, and newcomers call. */
    void connected(Collection<AgentId> peers) {
        pauses.clear();
        queue.add(
                peers.stream()
                        .filter(this::lacks)
                        .filter(
                                peer ->
                                        wants(peer)
                                                || directory.find(peer.value()).isEmpty()
                                                        && policy.wanted().test(unknown(peer)))
                        .toList());
    }

    private static KnownAgent unknown(AgentId peer) {
        return new KnownAgent(
                new dev.weft.protocol.AgentCard(
                        peer, "", "", 0, "", null, "", "", "", null, null, "", "", "", 0),
                "active",
                false);
    }

    /** An agent is there: it calls if it wants a link too, else this host does. */
    void appeared(KnownAgent agent) {
        AgentId peer = agent.card().agentId();
        if ("active".equals(agent.health()) && !agent.local() && policy.wanted().test(agent)) {
            plan(peer, GRACE_MILLIS);
        }
    }

    /** A direct link is gone.
     * @param stoodNanos how long it was there */
    void lost(AgentId peer, long stoodNanos) {
        if (stoodNanos >= HELD_NANOS) {
            pauses.remove(peer);
        }
        if (wants(peer)) {
            again(peer);
        }
    }

    /** The side with the smaller id calls first; the other one if nothing came of that. */
    private void again(AgentId peer) {
        long pause =
                pauses.merge(peer, FIRST_MILLIS, (last, one) -> Math.min(last * 2, MAX_MILLIS));
        plan(peer, self.compareTo(peer) < 0 ? pause : pause * 2 + GRACE_MILLIS);
    }

    private void plan(AgentId peer, long pauseMillis) {
        if (lacks(peer) && planned.putIfAbsent(peer, true) == null) {
            long jittered =
                    pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis / 2 + 1);
            try {
                timer.schedule(() -> due(peer), jittered, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                planned.remove(peer);
            }
        }
    }

    private void due(AgentId peer) {
        planned.remove(peer);
        // who is offline calls when it comes back
        if (lacks(peer)
                && wanted(peer).filter(agent -> !"offline".equals(agent.health())).isPresent()) {
            queue.add(List.of(peer));
        }
    }

    private CompletableFuture<Link> call(AgentId peer) {
        CompletableFuture<Link> calling = dialer.direct(peer);
        calling.whenComplete(
                (link, failure) -> {
                    if (failure != null && wants(peer)) {
                        again(peer);
                    }
                });
        return calling;
    }

    /** The peer closes the link because it has no use or no room for it: it is not called for a while. */
    void declined(AgentId peer) {
        declined.put(peer, System.nanoTime() + DECLINED_NANOS);
    }

    /** The agent left the mesh. */
    void forget(AgentId peer) {
        pauses.remove(peer);
        declined.remove(peer);
    }

    /** Calls nobody any more. */
    void stop() {
        stopped = true;
        queue.clear();
    }

    /** The registry is away: nobody new can be called. */
    void disconnected() {
        queue.clear();
    }
}
