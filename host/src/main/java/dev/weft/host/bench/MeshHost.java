package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.mesh.Transport;
import dev.weft.api.signaling.IceServer;
import dev.weft.api.signaling.SignalListener;
import dev.weft.api.signaling.Signaling;
import dev.weft.mesh.MeshConfig;
import dev.weft.mesh.MeshService;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.transport.relay.RelayTransport;
import dev.weft.transport.webrtc.WebRtcConfig;
import dev.weft.transport.webrtc.WebRtcTransport;
import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

/** The mesh rooms of a host, with both transports, wired by hand: no framework, no registry but a pair of pipes. */
final class MeshHost
        implements HostIdentity, AgentDirectory, CardSource, Events, Signaling, AutoCloseable {
    private final AgentId id;
    private final HostKey key;
    private final Consumer<SignalMessage> pipe;
    private final ExecutorService blocking =
            new ThreadPoolExecutor(0, 256, 30, TimeUnit.SECONDS, new SynchronousQueue<>());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(2);
    private final Map<AgentId, AgentCard> known = new ConcurrentHashMap<>();
    private final MeshService mesh;
    private final WebRtcTransport direct;
    private final RelayTransport relay;

    /** Starts without links.
     * @param id of its agent
     * @param key of the host
     * @param dial whom it calls by itself, see {@link MeshConfig}
     * @param pipe takes what a registry would carry */
    MeshHost(String id, HostKey key, String dial, Consumer<SignalMessage> pipe) {
        this.id = new AgentId(id);
        this.pipe = pipe;
        this.key = key;
        timer.setRemoveOnCancelPolicy(true);
        mesh =
                new MeshService(
                        defaults(MeshConfig.class, Map.of("dial", dial)),
                        this,
                        this,
                        this,
                        this,
                        blocking,
                        timer);
        direct =
                new WebRtcTransport(
                        defaults(WebRtcConfig.class, Map.of()), this, this, mesh, blocking, timer);
        relay = new RelayTransport(this, this, this, mesh, blocking, timer);
        mesh.addTransport(service(direct, Map.of()));
        mesh.addTransport(service((Transport) relay, Map.of()));
    }

    /** Learns of another host, as from a registry. */
    void knows(String peer, String publicKey) {
        AgentId agent = new AgentId(peer);
        known.put(agent, card(agent, publicKey));
    }

    Mesh mesh() {
        return mesh;
    }

    void handle(MessageHandler handler, String type) {
        mesh.addHandler(service(handler, Map.of(MessageHandler.TYPE, type)));
    }

    /** The registry names who is there. */
    void connected(List<AgentId> peers) {
        for (SignalListener listener : List.<SignalListener>of(direct, relay, mesh)) {
            listener.connected(peers);
        }
    }

    /** Something came through the pipe. */
    void received(SignalMessage message) {
        for (SignalListener listener : List.<SignalListener>of(direct, relay, mesh)) {
            listener.received(message);
        }
    }

    /** A configuration as the framework would make it: the defaults, but for some. */
    private static <T> T defaults(Class<T> type, Map<String, Object> values) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, args) ->
                                values.getOrDefault(
                                        method.getName(),
                                        method.getDefaultValue() != null
                                                ? method.getDefaultValue()
                                                : Array.newInstance(String.class, 0))));
    }

    private static <T> ComponentServiceObjects<T> service(T service, Map<String, Object> values) {
        @SuppressWarnings("unchecked")
        ServiceReference<T> reference =
                (ServiceReference<T>)
                        Proxy.newProxyInstance(
                                MeshHost.class.getClassLoader(),
                                new Class<?>[] {ServiceReference.class},
                                (proxy, method, args) ->
                                        switch (method.getName()) {
                                            case "getProperty" -> values.get(args[0]);
                                            case "equals" -> proxy == args[0];
                                            case "hashCode" -> System.identityHashCode(proxy);
                                            default -> null;
                                        });
        return new ComponentServiceObjects<>() {
            @Override
            public T getService() {
                return service;
            }

            @Override
            public void ungetService(T got) {
                // nothing was counted
            }

            @Override
            public ServiceReference<T> getServiceReference() {
                return reference;
            }
        };
    }

    private static AgentCard card(AgentId agent, String publicKey) {
        return new AgentCard(
                agent,
                "",
                "",
                0,
                agent.value(),
                null,
                "running",
                "agent",
                agent.value(),
                List.of(),
                Map.of(),
                "",
                "",
                publicKey,
                0);
    }

    @Override
    public AgentId agentId() {
        return id;
    }

    @Override
    public String name() {
        return id.value();
    }

    @Override
    public String publicKey() {
        return key.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
        return key.sign(message);
    }

    @Override
    public Optional<String> deviceToken() {
        return Optional.empty();
    }

    @Override
    public Collection<KnownAgent> agents() {
        return known.values().stream().map(card -> new KnownAgent(card, "active", false)).toList();
    }

    @Override
    public Optional<KnownAgent> find(String idOrName) {
        return Optional.ofNullable(known.get(new AgentId(idOrName)))
                .map(card -> new KnownAgent(card, "active", false));
    }

    @Override
    public void learned(AgentId agent, AgentCard card) {
        // cards say nothing here
    }

    @Override
    public AgentCard card() {
        return card(id, publicKey());
    }

    @Override
    public void changed() {
        // it does not change
    }

    @Override
    public void publish(String type, Object data) {
        // nobody listens
    }

    @Override
    public Subscription subscribe(long after, Consumer<Event> subscriber) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean send(String type, AgentId target, JsonNode payload) {
        pipe.accept(new SignalMessage(type, id.value(), target.value(), payload));
        return true;
    }

    @Override
    public List<IceServer> iceServers() {
        return List.of();
    }

    @Override
    public void close() {
        mesh.close();
        direct.stop();
        relay.close();
        timer.shutdownNow();
        blocking.shutdownNow();
    }
}
