package dev.weft.signaling;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Measures;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.Pairing;
import dev.weft.api.registry.Registry;
import dev.weft.api.registry.RegistryListener;
import dev.weft.api.registry.Sockets;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalHead;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
    static final String REVOKED = "revoked";
    private static final long PROBE_MILLIS = 3_000;
    private static final long REPEAT_SECONDS = 20;
    private static final int PINGS = 16;
    private static final long PING_PAUSE_MILLIS = 10;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private final Registry registry;
    private final Pairing pairing;
    private final PresenceQueue presence;
    private final PeerNews news;
    private final Map<AgentId, PeerSocket> sockets = new ConcurrentHashMap<>();
    private final Set<AgentId> toldGone = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer;
    private final SocketCounts counts = new SocketCounts();
    private final Future<?> tick;
    private final Future<?> repeat;
    private final long ping;
    private final long silence;
    private final int capacity;
    private final RemoteSockets remote;
    private volatile boolean stopped;

    /** Starts without sockets.
     * @param registry told of sockets that open and close
     * @param pairing says who is a member now
     * @param cluster the other hosts of this registry
     * @param blocking runs the calls to the registry
     * @param timer says when to ping
     * @param config times and limits */
    @Activate
    public Hub(
            @Reference Registry registry,
            @Reference Pairing pairing,
            @Reference Cluster cluster,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            SignalingConfig config) {
        this.registry = registry;
        this.pairing = pairing;
        this.presence = new PresenceQueue(registry, blocking);
        this.news = new PeerNews(sockets::size, this::push, blocking, timer);
        this.ping = TimeUnit.SECONDS.toNanos(Math.max(1, config.ping__seconds()));
        this.silence = TimeUnit.SECONDS.toNanos(Math.max(2, config.silence__seconds()));
        this.capacity = config.max__sockets();
        this.timer = timer;
        this.remote = new RemoteSockets(cluster, new Elsewhere());
        long period = Math.min(LOOK_NANOS, Math.min(ping, silence) / 4);
        this.tick =
                timer.scheduleWithFixedDelay(
                        () -> look(System.nanoTime()), period, period, TimeUnit.NANOSECONDS);
        this.repeat =
                timer.scheduleWithFixedDelay(
                        remote::repeat, REPEAT_SECONDS, REPEAT_SECONDS, TimeUnit.SECONDS);
    }

    /** Closes every socket. */
    @Deactivate
    public void stop() {
        stopped = true;
        tick.cancel(false);
        repeat.cancel(false);
        List.copyOf(sockets.values())
                .forEach(
                        socket -> {
                            if (sockets.remove(socket.id(), socket)) {
                                socket.close(Close.GOING_AWAY, "the registry stops");
                                remote.closed(socket.id(), socket.opened());
                                registry.connected(socket.id(), false);
                            }
                        });
        remote.close();
    }

    /** Whether an agent may have a socket and be heard. */
    boolean isMember(AgentId id) {
        return pairing.isApproved(id);
    }

    /** A socket opened; it replaces the agent's earlier one, unless that belongs to another process: a second host with the
     * same key is turned away while the first is alive.
     * @param pass what its token is good for
     * @param instance which process of the agent it is, "" if it does not say
     * @return its state here, closed already if it may not stay */
    PeerSocket open(Admission.Pass pass, String instance, Link link) {
        AgentId id = pass.agent();
        PeerSocket socket = new PeerSocket(pass, instance, link, System.nanoTime());
        PeerSocket first = sockets.get(id);
        if (first != null && first.isOfAnother(instance)) {
            drop(first, first.probe());
            return turnedAway(socket);
        }
        RemoteSockets.Remote far = remote.find(id).orElse(null);
        if (far != null && PeerSocket.areOfTwo(instance, far.instance())) {
            remote.probe(id, far);
            return turnedAway(socket);
        }
        if (sockets.size() >= capacity && !sockets.containsKey(id)) {
            socket.close(Close.TRY_LATER, "too many sockets are open at this registry");
            return socket;
        }
        PeerSocket before = sockets.put(id, socket);
        counts.opened();
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

    /** A socket lives on, with a fresh token. */
    void renewed(PeerSocket socket, Admission.Pass pass) {
        socket.renewed(pass, System.nanoTime());
        counts.renewed();
    }

    private static PeerSocket turnedAway(PeerSocket socket) {
        LOG.warn(
                "two hosts have the key of agent {}; the second one is turned away while the first is alive",
                socket.id());
        socket.close(Close.DUPLICATE, "another host with the same key is connected");
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
        socket.registered(remote.opened(socket.id(), socket.instance()));
        toldGone.remove(socket.id());
        presence.connected(socket.id(), true);
        Stream<AgentId> here =
                sockets.values().stream()
                        .filter(other -> other != socket && other.isRegistered())
                        .map(PeerSocket::id);
        Stream<AgentId> elsewhere =
                remote.ids().stream().filter(other -> !sockets.containsKey(other));
        Stream<AgentId> others = Stream.concat(here, elsewhere).filter(this::isMember);
        socket.send(Welcome.peers(socket.id(), others));
        List<AgentId> revoked = pairing.revoked(Welcome.MOST_REVOKED);
        if (!revoked.isEmpty()) {
            socket.send(Welcome.revoked(socket.id(), revoked));
        }
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

    /** Passes a frame on, here or by way of another host of this registry.
     * @return false if the agent is not connected, or no member now */
    boolean pass(AgentId id, String frame) {
        Optional<PeerSocket> socket = reach(id);
        return socket.isPresent()
                ? socket.get().send(frame)
                : isMember(id) && remote.send(id, frame);
    }

    private boolean isConnected(AgentId id) {
        return reach(id).isPresent() || remote.find(id).isPresent();
    }

    /** A socket closed. If another of the same agent is open, nothing happened. */
    void closed(PeerSocket socket) {
        socket.close(Close.GOING_AWAY, DISCONNECTED);
        if (sockets.remove(socket.id(), socket) && socket.isListed()) {
            remote.closed(socket.id(), socket.opened());
            gone(socket.id());
        }
    }

    private void gone(AgentId id) {
        toldGone.add(id);
        presence.connected(id, false);
        news.left(id, DISCONNECTED);
    }

    /** Closes a socket whose token ended. */
    void expired(PeerSocket socket) {
        close(socket, Close.EXPIRED, "its token ended; come back with a fresh one");
    }

    /** Closes a socket from this side. */
    void close(PeerSocket socket, int code, String reason) {
        LOG.debug("closing the socket of {}: {}", socket.id(), reason);
        socket.close(code, reason);
        closed(socket);
    }

    /** Pings, asks for fresh tokens, and closes what has been silent for too long or has none. */
    void look(long now) {
        presence.kick();
        round(now);
    }

    /** Pings in small groups: the answers of all who came at once would hold up what the sockets are for. */
    private void round(long now) {
        int pings = 0;
        for (PeerSocket socket : sockets.values()) {
            if (socket.silence(now) > silence) {
                close(
                        socket,
                        Close.SILENT,
                        "nothing was heard for " + TimeUnit.NANOSECONDS.toSeconds(silence) + " s");
            } else if (socket.isExpired(now)) {
                expired(socket);
            } else {
                socket.askIfDue(now);
                if (socket.pingIfDue(now, ping) && ++pings == PINGS) {
                    goOn();
                    return;
                }
            }
        }
    }

    private void goOn() {
        try {
            timer.schedule(
                    () -> round(System.nanoTime()), PING_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("the host stops");
        }
    }

    @Override
    public boolean send(AgentId agent, SignalMessage message) {
        return pass(agent, Wire.write(message));
    }

    /** Pushes something to every agent that is connected to this registry, at whichever of its hosts. */
    void tell(SignalMessage message) {
        String frame = Wire.write(message);
        push(null, frame);
        remote.ids().stream()
                .filter(id -> !sockets.containsKey(id) && isMember(id))
                .forEach(id -> remote.send(id, frame));
    }

    @Override
    public void changed(AgentRecord agent) {
        AgentId id = agent.card().agentId();
        boolean echo = agent.connected() ? !isConnected(id) : toldGone.remove(id);
        if (!echo) { // else it tells of a socket that closed, which was told already
            news.changed(agent);
        }
    }

    @Override
    public void left(AgentId id, String reason) {
        if (!REVOKED.equals(reason)) { // that was told by revoked()
            news.left(id, reason);
        }
    }

    @Override
    public void revoked(AgentId id) {
        PeerSocket socket = sockets.remove(id);
        if (socket != null) {
            socket.close(Close.REVOKED, REVOKED);
            remote.closed(id, socket.opened());
            presence.connected(id, false);
        }
        news.left(id, REVOKED);
    }

    private void push(AgentId about, String frame) {
        for (PeerSocket socket : sockets.values()) {
            if (socket.isRegistered() && !socket.id().equals(about) && isMember(socket.id())) {
                socket.send(frame);
            }
        }
    }

    /** What happens at the other hosts of this registry. */
    private final class Elsewhere implements RemoteSockets.Owner {
        @Override
        public void openedElsewhere(AgentId id, long opened) {
            PeerSocket socket = sockets.get(id);
            if (socket != null && socket.isRegistered() && sockets.remove(id, socket)) {
                socket.close(Close.GOING_AWAY, "connected to another host of this registry");
            }
            toldGone.remove(id);
            presence.connected(id, true);
        }

        @Override
        public void closedElsewhere(AgentId id) {
            if (reach(id).isEmpty()) {
                gone(id);
            }
        }

        @Override
        public boolean deliver(AgentId id, String frame) {
            return reach(id).map(socket -> socket.send(frame)).orElse(false);
        }

        @Override
        public Optional<RemoteSockets.Undelivered> undelivered(String frame) {
            SignalHead message = Wire.signalHead(frame);
            if (!AgentId.isValid(message.peerId())
                    || message.peerId().equals(SignalMessage.REGISTRY)) {
                return Optional.empty();
            }
            AgentId sender = new AgentId(message.peerId());
            return Optional.of(
                    new RemoteSockets.Undelivered(
                            sender,
                            PeerSocket.errorFrame(
                                    sender,
                                    Switchboard.UNREACHABLE,
                                    Switchboard.unreachable(message),
                                    message)));
        }

        @Override
        public void probe(AgentId id) {
            PeerSocket socket = sockets.get(id);
            if (socket != null) {
                drop(socket, socket.probe());
            }
        }
    }

    @Override
    public List<Measure> measure() {
        return counts.measure(sockets.size(), capacity);
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
