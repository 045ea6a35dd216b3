package dev.weft.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkListener;
import dev.weft.api.signaling.IceServer;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;

/** A host that has nothing but the transport; everything else is here, in memory, but real. */
final class TestHost
        implements AutoCloseable, LinkListener, HostIdentity, Signaling, AgentDirectory {
    final AgentId id;
    final WebRtcTransport transport;
    final List<String> frames = new CopyOnWriteArrayList<>();
    final List<Link> opened = new CopyOnWriteArrayList<>();
    final Map<Link, String> closed = new ConcurrentHashMap<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    final Map<AgentId, String> keys = new ConcurrentHashMap<>();
    volatile List<IceServer> iceServers = List.of();
    volatile BiConsumer<Link, String> onFrame = (link, frame) -> frames.add(frame);
    private final Hub hub;
    private final HostKey key;
    private final ExecutorService pool =
            new ThreadPoolExecutor(2, 64, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    /** What waits for something good waits as long as a busy machine may take. */
    static void bePatient() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    static {
        bePatient();
    }

    TestHost(Hub hub, String id, Path folder, Map<String, Object> config) throws IOException {
        this.hub = hub;
        this.id = new AgentId(id);
        key = HostKey.loadOrCreate(folder.resolve(id + ".key"));
        timer.setRemoveOnCancelPolicy(true);
        transport = new WebRtcTransport(config(config), this, this, this, pool, timer);
        transport.directory = this;
        hub.join(this);
    }

    /** Makes another host's key known to this one. */
    void knows(TestHost other) {
        keys.put(other.id, other.publicKey());
    }

    private static WebRtcConfig config(Map<String, Object> values) {
        return new WebRtcConfig() {
            @Override
            public String headless() {
                return (String) values.getOrDefault("headless", "auto");
            }

            @Override
            public int setup_timeout_ms() {
                return (int) values.getOrDefault("setup.timeout.ms", 15_000);
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return WebRtcConfig.class;
            }
        };
    }

    Link connect(TestHost other) throws Exception {
        return transport.connect(other.id).get(30, TimeUnit.SECONDS);
    }

    @Override
    public void opened(Link link) {
        opened.add(link);
        events.add("opened " + opened.indexOf(link));
    }

    @Override
    public void received(Link link, String frame) {
        onFrame.accept(link, frame);
    }

    @Override
    public void closed(Link link, String reason) {
        events.add(
                "closed " + opened.indexOf(link)); // first: who waits for the end looks here then
        closed.put(link, reason);
    }

    /** Links that were reported open and not yet closed. */
    List<Link> links() {
        List<Link> links = new ArrayList<>(opened);
        links.removeAll(closed.keySet());
        return links;
    }

    /** Forgets what was recorded. */
    void forget() {
        frames.clear();
        opened.clear();
        closed.clear();
        events.clear();
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
    public boolean isConnected() {
        return hub.connected(id);
    }

    @Override
    public boolean send(String type, AgentId target, JsonNode payload) {
        return hub.send(id, type, target, payload);
    }

    @Override
    public List<IceServer> iceServers() {
        return iceServers;
    }

    @Override
    public Collection<KnownAgent> agents() {
        return keys.keySet().stream().map(this::known).toList();
    }

    @Override
    public Optional<KnownAgent> find(String idOrName) {
        return Optional.of(new AgentId(idOrName)).filter(keys::containsKey).map(this::known);
    }

    private KnownAgent known(AgentId agent) {
        return new KnownAgent(
                new AgentCard(
                        agent,
                        "",
                        "",
                        0,
                        "",
                        null,
                        "",
                        "",
                        "",
                        List.of(),
                        Map.of(),
                        "",
                        "",
                        keys.get(agent),
                        0),
                "active",
                false);
    }

    @Override
    public void learned(AgentId agent, AgentCard card) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        hub.leave(this);
        transport.stop();
        timer.shutdownNow();
        pool.shutdownNow();
    }
}
