package dev.weft.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.repository.StatementListener;
import dev.weft.api.signaling.SignalListener;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.CatalogException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes yanks and revocations from peer to peer, so that a repository that is down or lies cannot hold them back. Two hosts that meet tell
 * each other which they have, and send what the other lacks; what is new to a host goes on to its other peers.
 */
@Component(
        service = {MessageHandler.class, StatementListener.class, SignalListener.class},
        immediate = true,
        property = {
            MessageHandler.TYPE + "=" + StatementExchange.HAVE,
            MessageHandler.TYPE + "=" + StatementExchange.SAY
        })
public final class StatementExchange implements MessageHandler, StatementListener, SignalListener {
    static final String HAVE = "statements_have";
    static final String SAY = "statements";
    private static final Logger LOG = LoggerFactory.getLogger(StatementExchange.class);
    private static final int BATCH = 100;
    private static final int MOST_WAITING = 64;
    private static final int MOST_BAD = 20;
    private static final long PERIOD_MINUTES = 10;
    private static final AgentId REGISTRY = new AgentId(SignalMessage.REGISTRY);

    private final Hearing catalog;
    private final Mesh mesh;
    private final ExecutorService blocking;
    private final Events.Subscription subscription;
    private final Future<?> tick;
    private final Semaphore room = new Semaphore(MOST_WAITING);
    private final Map<AgentId, Integer> bad = new ConcurrentHashMap<>();

    /** Begins.
     * @param catalog believes statements, and acts
     * @param mesh carries them
     * @param events tells who comes
     * @param blocking verifies
     * @param timer says when to compare once more, for what was lost */
    @Activate
    public StatementExchange(
            @Reference Hearing catalog,
            @Reference Mesh mesh,
            @Reference Events events,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this.catalog = catalog;
        this.mesh = mesh;
        this.blocking = blocking;
        this.subscription = events.subscribe(-1, type -> type.startsWith("peer."), this::happened);
        this.tick =
                timer.scheduleWithFixedDelay(
                        () -> mesh.peers().forEach(peer -> work(() -> compare(peer.id()))),
                        0,
                        PERIOD_MINUTES,
                        TimeUnit.MINUTES);
    }

    /** Ends. */
    @Deactivate
    public void stop() {
        tick.cancel(false);
        subscription.close();
    }

    private void happened(Event event) {
        if (event.type().equals("peer.connected")) {
            AgentId peer = new AgentId(event.data().path("id").asText());
            bad.remove(peer);
            work(() -> compare(peer));
        } else if (event.type().equals("peer.disconnected")) {
            bad.remove(new AgentId(event.data().path("id").asText()));
        }
    }

    private void compare(AgentId peer) {
        ObjectNode have = Wire.object();
        catalog.ids().forEach(have.putArray("ids")::add);
        send(peer, HAVE, have);
    }

    @Override
    public void handle(AgentId peer, MeshMessage message, Reply reply) {
        JsonNode payload = message.payload();
        work(
                () -> {
                    if (message.type().equals(HAVE)) {
                        answer(peer, payload.path("ids"));
                    } else {
                        hear(peer, payload.path("statements"));
                    }
                });
    }

    /** The registry tells what its repository took; it is believed as little as a peer. */
    @Override
    public void received(SignalMessage message) {
        if (message.type().equals(SignalMessage.STATEMENTS)) {
            work(() -> hear(REGISTRY, message.payload().path("statements")));
        }
    }

    @Override
    public void connected(List<AgentId> peers) {
        bad.remove(REGISTRY);
    }

    private void answer(AgentId peer, JsonNode ids) {
        Set<String> theirs = new HashSet<>();
        for (JsonNode id : ids) {
            if (theirs.size() == Statements.MOST) {
                break;
            }
            theirs.add(id.asText());
        }
        List<JsonNode> missing = catalog.beside(theirs);
        for (int from = 0; from < missing.size(); from += BATCH) {
            say(peer, missing.subList(from, Math.min(missing.size(), from + BATCH)));
        }
    }

    private void hear(AgentId peer, JsonNode statements) {
        List<JsonNode> fresh = new ArrayList<>();
        int looked = 0;
        for (JsonNode statement : statements) {
            if (++looked > BATCH || bad.getOrDefault(peer, 0) >= MOST_BAD) {
                return; // a host that behaves sends less, and nothing that cannot be believed
            }
            try {
                if (catalog.hear(Statements.bytes(statement))) {
                    fresh.add(statement);
                }
            } catch (CatalogException | ProtocolException | IllegalArgumentException e) {
                if (bad.merge(peer, 1, Integer::sum) == 1) {
                    LOG.warn(
                            "{} passes on a statement that is not to be believed: {}",
                            peer,
                            e.getMessage());
                }
            } catch (IOException e) {
                LOG.error("A statement of {} cannot be kept", peer, e);
            }
        }
        pass(fresh, peer);
    }

    private void pass(List<JsonNode> fresh, AgentId from) {
        if (!fresh.isEmpty()) {
            mesh.peers().stream()
                    .filter(other -> !other.id().equals(from))
                    .forEach(other -> say(other.id(), fresh));
        }
    }

    /** The repository of this host took a statement: peers hear it now, also if this host itself does not read that repository. */
    @Override
    public void stated(byte[] statement) {
        work(
                () -> {
                    try {
                        catalog.hear(statement);
                    } catch (IOException e) {
                        LOG.warn("A statement of this host's repository: {}", e.getMessage());
                    }
                    pass(List.of(Wire.tree(new String(statement, StandardCharsets.UTF_8))), null);
                });
    }

    private void say(AgentId peer, List<JsonNode> statements) {
        ObjectNode payload = Wire.object();
        payload.putArray("statements").addAll(statements);
        send(peer, SAY, payload);
    }

    private void send(AgentId peer, String type, JsonNode payload) {
        mesh.send(peer, type, "", payload)
                .whenComplete(
                        (left, failure) -> {
                            if (failure != null) { // compared again when it is back
                                LOG.debug("{} to {} was not sent", type, peer, failure);
                            }
                        });
    }

    private void work(Runnable what) {
        if (!room.tryAcquire()) {
            LOG.debug(
                    "too many statements wait; peers compare again within {} min", PERIOD_MINUTES);
            return;
        }
        try {
            blocking.execute(
                    () -> {
                        try {
                            what.run();
                        } catch (RuntimeException e) {
                            LOG.warn("Statements were not exchanged", e);
                        } finally {
                            room.release();
                        }
                    });
        } catch (RejectedExecutionException e) {
            room.release();
            LOG.debug("this host is too busy for statements; peers compare again", e);
        }
    }
}
