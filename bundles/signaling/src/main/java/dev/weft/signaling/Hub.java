package dev.weft.signaling;

import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Measures;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.Pairing;
import dev.weft.api.registry.Registry;
import dev.weft.api.registry.RegistryListener;
import dev.weft.api.registry.Sockets;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets that are open, one for each agent, and what the registry pushes over them. Nothing here blocks. */
@Component(
        service = {
            Hub.class,
            Sockets.class,
            RegistryListener.class,
            HealthCheck.class,
            Measures.class
        },
        configurationPid = "dev.weft.signaling")
@Designate(ocd = SignalingConfig.class)
public final class Hub implements Sockets, RegistryListener, HealthCheck, Measures {
    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
    private static final String DISCONNECTED = "disconnected";
    private static final String REVOKED = "revoked";
    private static final long PROBE_MILLIS = 3_000;
    private final Registry registry;
    private final Pairing pairing;
    private final PresenceQueue presence;
    private final Map<AgentId, PeerSocket> sockets = new ConcurrentHashMap<>();
    private final Set<AgentId> toldGone = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer;
    private final Future<?> tick;
    private final long ping;
    private final long silence;
    private final int capacity;
    private volatile boolean stopped;

    /** Starts without sockets.
     * @param registry told of sockets that open and close
     * @param pairing says who is a member now
     * @param blocking runs the calls to the registry
     * @param timer says when to ping
     * @param config times and limits */
    @Activate
    public Hub(
            @Reference Registry registry,
            @Reference Pairing pairing,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            SignalingConfig config) {
        this.registry = registry;
        this.pairing = pairing;
        this.presence = new PresenceQueue(registry, blocking);
        this.ping = TimeUnit.SECONDS.toNanos(Math.max(1, config.ping__seconds()));
        this.silence = TimeUnit.SECONDS.toNanos(Math.max(2, config.silence__seconds()));
        this.capacity = config.max__sockets();
        this.timer = timer;
        long period = Math.min(ping, silence) / 4;
        this.tick =
                timer.scheduleWithFixedDelay(
                        () -> look(System.nanoTime()), period, period, TimeUnit.NANOSECONDS);
    }

    /** Closes every socket. */
    @Deactivate
    public void stop() {
        stopped = true;
        tick.cancel(false);
        List.copyOf(sockets.values())
                .forEach(
                        socket -> {
                            if (sockets.remove(socket.id(), socket)) {
                                socket.close(Close.GOING_AWAY, "the registry stops");
                                registry.connected(socket.id(), false);
                            }
                        });
    }

    /** Whether an agent may have a socket and be heard. */
    boolean isMember(AgentId id) {
        return pairing.isApproved(id);
    }

    /** A socket opened; it replaces the agent's earlier one, unless that belongs to another process: a second host with the
     * same key is turned away while the first is alive.
     * @param instance which process of the agent it is, "" if it does not say
     * @return its state here, closed already if it may not stay */
    PeerSocket open(AgentId id, String instance, Link link) {
        PeerSocket socket = new PeerSocket(id, instance, link, System.nanoTime());
        PeerSocket first = sockets.get(id);
        if (first != null && first.isOfAnother(instance)) {
            LOG.warn(
                    "two hosts have the key of agent {}; the second one is turned away while the first is alive",
                    id);
            socket.close(Close.DUPLICATE, "another host with the same key is connected");
            drop(first, first.probe());
            return socket;
        }
        if (sockets.size() >= capacity && !sockets.containsKey(id)) {
            socket.close(Close.TRY_LATER, "too many sockets are open at this registry");
            return socket;
        }
        PeerSocket before = sockets.put(id, socket);
        if (before != null) {
            socket.replaces(before);
            before.close(Close.REPLACED, "replaced");
        }
        if (stopped || !isMember(id)) { // it happened while the socket was being upgraded
            close(
                    socket,
                    stopped ? Close.GOING_AWAY : Close.REVOKED,
                    stopped ? "the registry stops" : REVOKED);
        }
        return socket;
    }

    /** Lets go of a socket that does not answer a probe: its host lost power, and came back as another process. */
    private void drop(PeerSocket socket, long probed) {
        timer.schedule(
                () -> {
                    if (!socket.isHeardSince(probed)) {
                        close(socket, Close.SILENT, "it did not answer");
                    }
                },
                PROBE_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** A newcomer says that it is here, and hears who else is. */
    void register(PeerSocket socket) {
        socket.registered();
        toldGone.remove(socket.id());
        presence.connected(socket.id(), true);
        var payload = Wire.object();
        var peers = payload.putArray("peers");
        sockets.values().stream()
                .filter(other -> other != socket && other.isRegistered() && isMember(other.id()))
                .forEach(other -> peers.add(other.id().value()));
        socket.send(
                Wire.write(
                        new SignalMessage(
                                SignalMessage.PEER_LIST,
                                SignalMessage.REGISTRY,
                                socket.id().value(),
                                payload)));
    }

    /** An agent that is only connected still lives. */
    void alive(AgentId id) {
        presence.alive(id);
    }

    /** Where messages for an agent go.
     * @return empty if it is not connected, or no member now */
    Optional<PeerSocket> reach(AgentId id) {
        return Optional.ofNullable(sockets.get(id))
                .filter(socket -> socket.isRegistered() && isMember(id));
    }

    /** A socket closed. If another of the same agent is open, nothing happened. */
    void closed(PeerSocket socket) {
        socket.close(Close.GOING_AWAY, DISCONNECTED);
        if (sockets.remove(socket.id(), socket) && socket.isListed()) {
            toldGone.add(socket.id());
            presence.connected(socket.id(), false);
            pushLeft(socket.id(), DISCONNECTED);
        }
    }

    /** Closes a socket from this side. */
    void close(PeerSocket socket, int code, String reason) {
        LOG.debug("closing the socket of {}: {}", socket.id(), reason);
        socket.close(code, reason);
        closed(socket);
    }

    /** Pings, and closes what has been silent for too long. */
    void look(long now) {
        presence.kick();
        for (PeerSocket socket : sockets.values()) {
            if (socket.silence(now) > silence) {
                close(
                        socket,
                        Close.SILENT,
                        "nothing was heard for " + TimeUnit.NANOSECONDS.toSeconds(silence) + " s");
            } else {
                socket.pingIfDue(now, ping);
            }
        }
    }

    @Override
    public boolean send(AgentId agent, SignalMessage message) {
        return reach(agent).map(socket -> socket.send(Wire.write(message))).orElse(false);
    }

    @Override
    public void changed(AgentRecord agent) {
        AgentId id = agent.card().agentId();
        boolean echo = agent.connected() ? reach(id).isEmpty() : toldGone.remove(id);
        if (!echo) { // else it tells of a socket that closed, which was told already
            push(
                    id,
                    new SignalMessage(
                            SignalMessage.PEER_JOINED,
                            SignalMessage.REGISTRY,
                            null,
                            Wire.node(agent)));
        }
    }

    @Override
    public void left(AgentId id, String reason) {
        if (!REVOKED.equals(reason)) { // that was told by revoked()
            pushLeft(id, reason);
        }
    }

    @Override
    public void revoked(AgentId id) {
        PeerSocket socket = sockets.remove(id);
        if (socket != null) {
            socket.close(Close.REVOKED, REVOKED);
            presence.connected(id, false);
        }
        pushLeft(id, REVOKED);
    }

    private void pushLeft(AgentId id, String reason) {
        var payload = Wire.object().put("peer_id", id.value()).put("reason", reason);
        push(id, new SignalMessage(SignalMessage.PEER_LEFT, SignalMessage.REGISTRY, null, payload));
    }

    private void push(AgentId about, SignalMessage message) {
        String frame = Wire.write(message);
        for (PeerSocket socket : sockets.values()) {
            if (socket.isRegistered() && !socket.id().equals(about) && isMember(socket.id())) {
                socket.send(frame);
            }
        }
    }

    @Override
    public List<Measure> measure() {
        return List.of(
                Measure.gauge(
                        "weft_signaling_sockets",
                        "Signaling sockets that are open.",
                        sockets.size()),
                Measure.gauge(
                        "weft_signaling_sockets_limit",
                        "Signaling sockets that may be open.",
                        capacity));
    }

    @Override
    public String name() {
        return "signaling";
    }

    @Override
    public Status check() {
        return presence.isRefused()
                ? Status.warning(
                        "the host is too busy to tell the registry which agents are connected")
                : Status.OK;
    }
}
