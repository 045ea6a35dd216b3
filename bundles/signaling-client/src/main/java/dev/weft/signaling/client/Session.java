package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.health.HealthCheck.Status;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.InboxListener;
import dev.weft.api.signaling.IceServer;
import dev.weft.api.signaling.SignalListener;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes on while the registry is there: card, heartbeat, directory, ICE servers, and news for the listeners. */
final class Session implements RegistryConnection.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final long CONFIG_HOURS = 12;
    private static final long RETRY_MILLIS = 3_000;
    private static final long FAREWELL_MILLIS = 1_000;
    private static final long PROBE_NANOS = 2_000_000_000L;

    private final SignalingConfig config;
    private final Access access;
    private final Clients client;
    private final RegistryApi api;
    private final Directory directory;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final AgentId self;
    private final Announcer announcer;
    private final RegistryConnection connection;
    private final Listeners<SignalListener> listeners = new Listeners<>();
    private final Listeners<InboxListener> inboxes = new Listeners<>();
    private final EarlyTasks early = new EarlyTasks();
    private final List<Future<?>> timed = new ArrayList<>();
    private final Object telling = new Object();

    /** Who has heard that the socket is open: one that comes while it opens would hear it twice. Guarded by {@link #telling}. */
    private final Set<Late<SignalListener>> greeted =
            Collections.newSetFromMap(new WeakHashMap<>());

    private List<AgentId> peers;
    private volatile List<IceServer> iceServers = List.of();
    private Set<String> addresses = Machine.addresses();
    private final AtomicLong probed = new AtomicLong(System.nanoTime() - PROBE_NANOS);
    private volatile String cardTrouble = "";

    Session(
            SignalingConfig config,
            Access access,
            Clients client,
            Rest rest,
            CardSource cards,
            Directory directory,
            Executor executor,
            ScheduledExecutorService timer,
            AgentId self) {
        this.config = config;
        this.access = access;
        this.client = client;
        this.api = new RegistryApi(rest, access);
        this.directory = directory;
        this.executor = executor;
        this.timer = timer;
        this.self = self;
        this.announcer =
                new Announcer(
                        api, cards, timer, executor, this::arrived, words -> cardTrouble = words);
        this.connection =
                new RegistryConnection(
                        access,
                        client,
                        timer,
                        executor,
                        new Backoff(config.reconnect__max__seconds() * 1000L),
                        self,
                        this);
    }

    void start() {
        Optional<String> obstacle = access.obstacle();
        if (obstacle.isPresent()) {
            LOG.error("this host is alone: {}", obstacle.get());
            return;
        }
        if (access.base()
                .filter(
                        base ->
                                !access.isLocal()
                                        && "http".equalsIgnoreCase(base.getScheme())
                                        && !Loopback.names(base.getHost()))
                .isPresent()) {
            LOG.warn(
                    "the registry {} is reached without TLS: anyone on the way can read this host's token",
                    access.base().get());
        }
        int keepalive = Math.max(1, config.keepalive__seconds());
        every(
                keepalive,
                TimeUnit.SECONDS,
                () -> connection.keepAlive(TimeUnit.MILLISECONDS.toNanos(keepalive * 2_500L)));
        every(Math.max(1, config.heartbeat__seconds()), TimeUnit.SECONDS, announcer::beat);
        every(CONFIG_HOURS, TimeUnit.HOURS, this::fetchIceServers);
        every(Math.max(1, config.network__seconds()), TimeUnit.SECONDS, this::lookAtNetwork);
        dial();
    }

    private synchronized void lookAtNetwork() {
        Set<String> now = Machine.addresses();
        Set<String> before = addresses;
        addresses = now;
        if (!now.equals(before)) {
            LOG.info("the addresses of this machine changed: {}", String.join(", ", now));
            client.renew();
            connection.probe(!now.containsAll(before));
            listeners.each(SignalListener::networkChanged);
        }
    }

    /** Looks at the network and the socket now, unless that was done just now. */
    void probe() {
        long now = System.nanoTime();
        long last = probed.get();
        if (now - last >= PROBE_NANOS && probed.compareAndSet(last, now)) {
            executor.execute(
                    () -> {
                        lookAtNetwork();
                        connection.probe(false);
                    });
        }
    }

    private void every(long period, TimeUnit unit, Runnable work) {
        timed.add(timer.scheduleWithFixedDelay(() -> executor.execute(work), period, period, unit));
    }

    void dial() {
        if (access.obstacle().isEmpty()) {
            executor.execute(connection::dial);
        }
    }

    void cardChanged() {
        announcer.changed();
        executor.execute(directory::ownChanged);
    }

    void add(ComponentServiceObjects<SignalListener> objects) {
        Late<SignalListener> late = listeners.add(objects);
        executor.execute(
                () -> {
                    synchronized (telling) {
                        greet(late);
                    }
                });
    }

    private void greet(Late<SignalListener> late) {
        List<AgentId> now = peers;
        if (now != null && late.get() != null && greeted.add(late)) {
            listeners.one(late, listener -> listener.connected(now));
        }
    }

    void remove(ServiceReference<SignalListener> reference) {
        listeners.remove(reference);
    }

    void addInbox(ComponentServiceObjects<InboxListener> objects) {
        synchronized (inboxes) {
            Late<InboxListener> late = inboxes.add(objects);
            List<Inbox.Entry> waited = early.take();
            if (!waited.isEmpty()) {
                executor.execute(() -> inboxes.one(late, listener -> listener.received(waited)));
            }
        }
    }

    void removeInbox(ServiceReference<InboxListener> reference) {
        inboxes.remove(reference);
    }

    private void arrived(List<Inbox.Entry> tasks) {
        synchronized (inboxes) {
            if (inboxes.isEmpty()) {
                early.add(tasks);
                return;
            }
        }
        inboxes.each(listener -> listener.received(tasks));
    }

    @Override
    public void connected(List<AgentId> others) {
        synchronized (telling) {
            if (!isConnected()) {
                return; // gone again meanwhile
            }
            announcer.connected();
            fetchAgents();
            fetchIceServers();
            peers = others;
            greeted.clear();
            listeners.all().forEach(this::greet);
        }
        executor.execute(announcer::beat);
    }

    @Override
    public void received(SignalMessage message, boolean fromRegistry) {
        if (fromRegistry) {
            switch (message.type()) {
                case SignalMessage.PEER_JOINED -> directory.joined(message.payload());
                case SignalMessage.PEER_LEFT -> left(message.payload());
                case SignalMessage.PEERS_CHANGED -> changed(message.payload());
                case SignalMessage.TASKS_WAITING -> executor.execute(announcer::beat);
                default -> {
                    // for the listeners
                }
            }
        }
        synchronized (telling) {
            listeners.each(listener -> listener.received(message));
        }
    }

    /** What is told together is taken as if it came one by one: whoever listens cuts links to those who left. */
    private void changed(JsonNode payload) {
        payload.path("joined").forEach(directory::joined);
        for (JsonNode left : payload.path("left")) {
            received(
                    new SignalMessage(SignalMessage.PEER_LEFT, SignalMessage.REGISTRY, null, left),
                    true);
        }
    }

    private void left(JsonNode payload) {
        String id = payload.path("peer_id").asText("");
        if (AgentId.isValid(id)) {
            directory.left(new AgentId(id), payload.path("reason").asText(""));
        }
    }

    @Override
    public void disconnected() {
        synchronized (telling) {
            announcer.disconnected();
            peers = null;
            greeted.clear();
            listeners.each(SignalListener::disconnected);
        }
    }

    private void fetchAgents() {
        long asked = System.nanoTime();
        api.list("/api/registry/agents")
                .whenComplete(
                        (entries, e) -> {
                            if (e == null) {
                                directory.replace(entries, asked);
                            } else {
                                retry("the list of agents", e, this::fetchAgents);
                            }
                        });
    }

    private void fetchIceServers() {
        if (!isConnected()) {
            return;
        }
        api.call("GET", "/api/config", null)
                .whenComplete(
                        (answer, e) -> {
                            if (e == null) {
                                iceServers = read(answer.path("iceServers"));
                            } else {
                                retry("the ICE servers", e, this::fetchIceServers);
                            }
                        });
    }

    private void retry(String what, Throwable e, Runnable again) {
        if (isConnected()) {
            LOG.warn("{} did not come from the registry, trying again: {}", what, Failure.words(e));
            timer.schedule(
                    () ->
                            executor.execute(
                                    () -> {
                                        if (isConnected()) {
                                            again.run();
                                        }
                                    }),
                    RETRY_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private static List<IceServer> read(JsonNode servers) {
        List<IceServer> read = new ArrayList<>();
        for (JsonNode server : servers) {
            try {
                // W3C allows one URL in place of a list
                JsonNode listed =
                        server instanceof ObjectNode object && object.path("urls").isTextual()
                                ? object.deepCopy()
                                        .set(
                                                "urls",
                                                Wire.node(List.of(object.path("urls").asText())))
                                : server;
                IceServer one = Wire.as(listed, IceServer.class);
                if (one != null
                        && one.urls() != null
                        && !one.urls().isEmpty()
                        && read.size() < 32) {
                    read.add(one);
                }
            } catch (ProtocolException e) {
                LOG.warn(
                        "the registry named an ICE server that cannot be read: {}", e.getMessage());
            }
        }
        return List.copyOf(read);
    }

    boolean isConnected() {
        return connection.isConnected();
    }

    boolean send(SignalMessage message) {
        return connection.send(Wire.write(message));
    }

    List<IceServer> iceServers() {
        return iceServers;
    }

    RegistryApi api() {
        return api;
    }

    Status status() {
        Optional<String> obstacle = access.obstacle();
        if (obstacle.isPresent()) {
            boolean malformed = access instanceof RemoteAccess remote && remote.isMalformed();
            return malformed ? Status.notReady(obstacle.get()) : Status.warning(obstacle.get());
        }
        String trouble = connection.isConnected() ? cardTrouble : connection.trouble();
        return trouble.isEmpty() ? Status.OK : Status.warning(trouble);
    }

    void stop() {
        timed.forEach(one -> one.cancel(false));
        announcer.disconnected();
        CompletableFuture<JsonNode> farewell =
                isConnected() && !access.isLocal()
                        ? api.call("DELETE", "/api/registry/agents/" + self, null)
                        : CompletableFuture.completedFuture(null);
        try {
            farewell.get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the registry did not hear that this host leaves: {}", Failure.words(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connection.stop();
        client.end();
    }
}
