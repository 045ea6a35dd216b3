package dev.weft.transport.relay;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.LinkListener;
import dev.weft.api.signaling.IceServer;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One host: its socket, directory and mesh in one. */
final class Side implements Signaling, AgentDirectory, LinkListener, HostIdentity, AutoCloseable {
    final AgentId id;
    final RelayTransport transport;
    final List<String> news = new CopyOnWriteArrayList<>();
    volatile String peerHealth = "active";
    volatile boolean connected = true;
    volatile boolean full;
    volatile Link link;
    volatile Consumer<Link> onOpened = opened -> {};
    final AtomicInteger inside = new AtomicInteger();
    volatile String peerKey = "";
    final List<SignalMessage> wire = new CopyOnWriteArrayList<>();
    volatile UnaryOperator<SignalMessage> registry = UnaryOperator.identity();
    private final HostKey key;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Queue<SignalMessage> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean receiving = new AtomicBoolean();

    /** How far this host's clock is ahead of the true time. */
    volatile Duration ahead = Duration.ZERO;

    Side other;

    Side(String id, Path folder) {
        this.id = new AgentId(id);
        try {
            this.key = HostKey.loadOrCreate(folder.resolve(id + ".key"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.transport =
                new RelayTransport(
                        this,
                        this,
                        this,
                        this,
                        new OwnThread(),
                        timer,
                        () -> Instant.now().plus(ahead));
    }

    /** Two that know each other's keys. */
    static void acquaint(Side a, Side b) {
        a.other = b;
        b.other = a;
        a.learns(b);
        b.learns(a);
    }

    Link connect() throws Exception {
        return transport.connect(other.id).get(20, TimeUnit.SECONDS);
    }

    LinkException refused() {
        return assertInstanceOf(
                LinkException.class,
                assertThrows(ExecutionException.class, this::connect).getCause());
    }

    long received(String message) {
        return news.stream().filter(("received " + message)::equals).count();
    }

    /** A registry that changes relayed payloads. */
    static UnaryOperator<SignalMessage> lying(UnaryOperator<ObjectNode> change) {
        return message ->
                new SignalMessage(
                        message.type(),
                        message.peerId(),
                        message.targetId(),
                        change.apply(message.payload().deepCopy()));
    }

    /** A frame comes from the registry: one after the other, as on a socket. */
    void arrives(SignalMessage message) {
        inbox.add(message);
        while (!inbox.isEmpty() && receiving.compareAndSet(false, true)) {
            try {
                for (SignalMessage next = inbox.poll(); next != null; next = inbox.poll()) {
                    transport.received(next);
                }
            } finally {
                receiving.set(false);
            }
        }
    }

    /** A relayed payload comes, in the name of the other side. */
    void arrives(JsonNode payload) {
        arrives(new SignalMessage(SignalMessage.RELAY, other.id.value(), id.value(), payload));
    }

    @Override
    public void close() {
        transport.close();
        timer.shutdownNow();
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean send(String type, AgentId target, JsonNode payload) {
        if (!connected || full || !target.equals(other.id)) {
            return false;
        }
        String frame = Wire.write(new SignalMessage(type, id.value(), target.value(), payload));
        assertTrue(frame.length() <= Wire.MAX_SIGNAL_FRAME);
        SignalMessage carried = registry.apply(Wire.signal(frame));
        wire.add(carried == null ? Wire.signal(frame) : carried);
        if (carried != null) {
            other.arrives(carried);
        }
        return true;
    }

    @Override
    public List<IceServer> iceServers() {
        return List.of();
    }

    @Override
    public Collection<KnownAgent> agents() {
        AgentCard card =
                new AgentCard(
                        other.id, "", "", 0, "", null, "", "", "b", List.of(), Map.of(), "", "",
                        peerKey, 0);
        AgentCard own =
                new AgentCard(
                        id, "", "", 0, "", null, "", "", "a", List.of(), Map.of(), "", "", "", 0);
        return List.of(
                new KnownAgent(card, peerHealth, false), new KnownAgent(own, "active", true));
    }

    @Override
    public Optional<KnownAgent> find(String idOrName) {
        return agents().stream()
                .filter(agent -> agent.card().agentId().value().equals(idOrName))
                .findFirst();
    }

    @Override
    public void learned(AgentId peer, AgentCard card) {
        // not asked here
    }

    @Override
    public void opened(Link opened) {
        link = opened;
        note("opened " + opened.peer());
        onOpened.accept(opened);
    }

    @Override
    public void received(Link from, String frame) {
        note("received " + frame);
    }

    @Override
    public void closed(Link gone, String reason) {
        note("closed " + reason);
    }

    private void note(String what) {
        if (inside.incrementAndGet() > 1) {
            news.add("two at a time");
        }
        news.add(what);
        inside.decrementAndGet();
    }

    void error(String type, String target) {
        JsonNode ref = Wire.object().put("type", type).put("target_id", target);
        JsonNode payload =
                Wire.object()
                        .put("code", "not_connected")
                        .put("message", "it is away")
                        .set("ref", ref);
        transport.received(
                new SignalMessage(
                        SignalMessage.ERROR, SignalMessage.REGISTRY, id.value(), payload));
    }

    /** What the registry tells of the peer. */
    void learns(Side peer) {
        peerKey = peer.publicKey();
        transport.changed(find(peer.id.value()).orElseThrow());
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
}
