package dev.weft.mesh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.MeshException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of this host, one a peer, and what they share. */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final long TICK_MILLIS = 1_000;
    private final HostIdentity identity;
    private final Links links;
    private final Dialer dialer;
    private final Pending pending;
    private final AgentDirectory directory;
    private final CardSource cards;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final Drops drops = new Drops();
    private final Map<AgentId, Session> byPeer = new ConcurrentHashMap<>();
    private final AtomicBoolean watching = new AtomicBoolean();
    private final Post post;
    private volatile Switchboard switchboard;

    Sessions(
            HostIdentity identity,
            Links links,
            Dialer dialer,
            Pending pending,
            AgentDirectory directory,
            CardSource cards,
            Executor executor,
            ScheduledExecutorService timer) {
        this.identity = identity;
        post = new Post(identity.agentId(), this);
        this.links = links;
        this.dialer = dialer;
        this.pending = pending;
        this.directory = directory;
        this.cards = cards;
        this.executor = executor;
        this.timer = timer;
    }

    /** Names who handles messages; before the first link. */
    void handledBy(Switchboard handler) {
        switchboard = handler;
    }

    Session of(AgentId peer) {
        return byPeer.computeIfAbsent(peer, id -> new Session(id, this));
    }

    /** Something waits: the sessions are looked after within a second, and again while something waits. Costs nothing if that is planned. */
    void watch() {
        if (!watching.get() && watching.compareAndSet(false, true)) {
            later(TICK_MILLIS, this::hand);
        }
    }

    private void hand() {
        try {
            executor.execute(this::tick);
        } catch (RejectedExecutionException full) {
            LOG.debug("no look at the sessions this time: {}", full.getMessage());
            later(TICK_MILLIS, this::hand);
        }
    }

    private void tick() {
        watching.set(false); // first: what comes from now on is seen below or asks for itself
        long now = System.nanoTime();
        boolean waits = false;
        for (Session session : byPeer.values()) {
            waits |= session.tick(now);
        }
        if (waits) {
            watch();
        }
    }

    /** Forgets peers that have been away for long. */
    void forget() {
        long now = System.nanoTime();
        byPeer.values().removeIf(session -> session.forgettable(now));
    }

    /** The peer left the mesh. */
    void end(AgentId peer, String reason) {
        Session gone = byPeer.remove(peer);
        if (gone != null) {
            gone.end(reason);
        }
    }

    /** Runs something soon that does not block, unless the host stops. */
    void later(long millis, Runnable work) {
        try {
            timer.schedule(work, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("the host stops");
        }
    }

    /** Completes a hello and sends it. */
    void greet(Link link, ObjectNode hello) {
        hello.set("card", Wire.node(cards.card()));
        hello.putObject("identity").put("public_key", identity.publicKey());
        post.tell(link, post.message(MeshMessage.HELLO, "", link.peer(), hello));
    }

    MeshException unreachable(AgentId peer, String reason) {
        String who =
                directory
                        .find(peer.value())
                        .map(
                                agent ->
                                        agent.card().name()
                                                + " ("
                                                + peer
                                                + ", last known as "
                                                + agent.health()
                                                + ")")
                        .orElse(peer + " (unknown here)");
        return new MeshException("unreachable", who + " cannot be reached: " + reason);
    }

    String name(AgentId peer) {
        return directory.find(peer.value()).map(agent -> agent.card().name()).orElse(peer.value());
    }

    Post post() {
        return post;
    }

    Links links() {
        return links;
    }

    Dialer dialer() {
        return dialer;
    }

    Pending pending() {
        return pending;
    }

    Drops drops() {
        return drops;
    }

    Switchboard switchboard() {
        return switchboard;
    }

    Executor executor() {
        return executor;
    }

    ScheduledExecutorService timer() {
        return timer;
    }
}
