package dev.weft.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.LinkListener;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Transport;
import dev.weft.api.signaling.SignalListener;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** WebRTC DataChannels: straight from host to host, or through a TURN server. */
@Component(
        service = {Transport.class, SignalListener.class, HealthCheck.class},
        configurationPid = "dev.weft.transport.webrtc",
        immediate = true)
@Designate(ocd = WebRtcConfig.class)
public final class WebRtcTransport implements Transport, SignalListener, HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(WebRtcTransport.class);
    private static final int MAX_PEERS = 4096;
    private static final int MAX_EVENTS = 16_384;
    private static final long FAREWELL_MILLIS = 2000;

    private final Surroundings around;
    private final Map<AgentId, PeerSession> sessions = new ConcurrentHashMap<>();

    /** Everything enters here, in order; the first thing is to load the library, so whatever comes meanwhile waits for it. */
    private final SerialExecutor entrance;

    private volatile boolean stopped;

    /** Whether the addresses of this machine changed since the socket came up. */
    private volatile boolean moved;

    /** Who is who, once somebody knows. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile AgentDirectory directory;

    /** Loads the native library in the background.
     * @param config see {@link WebRtcConfig}
     * @param identity signs what this host offers
     * @param signaling carries offers and answers
     * @param listener hears of links
     * @param pool for everything that blocks
     * @param timer for deadlines */
    @Activate
    public WebRtcTransport(
            WebRtcConfig config,
            @Reference HostIdentity identity,
            @Reference Signaling signaling,
            @Reference LinkListener listener,
            @Reference(target = "(weft.executor=blocking)") ExecutorService pool,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        WebRtcEngine engine = new WebRtcEngine(HeadlessLibraries.Mode.of(config.headless()));
        around =
                new Surroundings(
                        identity,
                        signaling,
                        () -> Optional.ofNullable(directory),
                        listener,
                        engine,
                        pool,
                        timer,
                        Duration.ofMillis(config.setup_timeout_ms()));
        entrance = around.serial();
        entrance.execute(engine::load);
    }

    @Override
    public Path path() {
        return Path.P2P;
    }

    @Override
    public String name() {
        return "webrtc";
    }

    @Override
    public Status check() {
        return around.engine().status();
    }

    @Override
    public CompletableFuture<Link> connect(AgentId peer) {
        CompletableFuture<Link> result = new CompletableFuture<>();
        if (peer.equals(around.self())) {
            result.completeExceptionally(new LinkException("a host makes no link to itself"));
            return result;
        }
        PeerSession session = sessions.get(peer);
        Optional<WebRtcLink> open = session == null ? Optional.empty() : session.link();
        if (open.isPresent() && !session.renewing()) {
            result.complete(open.get());
        } else if (!tell(peer, made -> made.connect(result))) {
            result.completeExceptionally(
                    new LinkException(
                            stopped
                                    ? "WebRTC is stopped on this host"
                                    : "too many peers or events at once"));
        }
        return result;
    }

    /** The socket is back: links that went silent meanwhile are mended through it, and all of them if it went with this machine's address. */
    @Override
    public void connected(List<AgentId> peers) {
        boolean all = moved;
        moved = false;
        sessions.values()
                .forEach(
                        session ->
                                session.serial()
                                        .execute(all ? session::mend : session::mendSilent));
    }

    @Override
    public void networkChanged() {
        moved = true;
        sessions.values().forEach(session -> session.serial().execute(session::mend));
    }

    @Override
    public void received(SignalMessage message) {
        JsonNode payload = message.payload();
        switch (message.type()) {
            case SignalMessage.OFFER -> fromPeer(message, session -> session.offered(payload));
            case SignalMessage.ANSWER -> fromPeer(message, session -> session.answered(payload));
            case SignalMessage.ICE_CANDIDATE ->
                    fromPeer(message, session -> session.candidate(payload));
            case SignalMessage.ERROR -> {
                boolean offer =
                        SignalMessage.OFFER.equals(payload.path("ref").path("type").asText());
                if (fromRegistry(message)
                        && (offer || "peer_unreachable".equals(payload.path("code").asText()))) {
                    undeliverable(payload);
                }
            }
            case SignalMessage.PEER_LEFT -> {
                if (fromRegistry(message) && "revoked".equals(payload.path("reason").asText())) {
                    existing(payload.path("peer_id").asText(), PeerSession::revoked);
                }
            }
            default -> {
                // none of ours
            }
        }
    }

    private static boolean fromRegistry(SignalMessage message) {
        return SignalMessage.REGISTRY.equals(message.peerId());
    }

    private void fromPeer(SignalMessage message, Consumer<PeerSession> event) {
        if (!AgentId.isValid(message.peerId())
                || message.peerId().equals(around.self().value())
                || !message.payload().isObject()) {
            return;
        }
        if (!tell(new AgentId(message.peerId()), event)) {
            LOG.debug(
                    "{} of {} left aside: {}",
                    message.type(),
                    message.peerId(),
                    stopped ? "stopping" : "too many peers or events at once");
        }
    }

    /** The reference is {@code {type, target_id}}. */
    private void undeliverable(JsonNode payload) {
        existing(
                payload.path("ref").path("target_id").asText(),
                session -> session.undeliverable(payload.path("message").asText()));
    }

    private void existing(String peer, Consumer<PeerSession> event) {
        if (AgentId.isValid(peer) && sessions.containsKey(new AgentId(peer))) {
            tell(new AgentId(peer), event);
        }
    }

    private boolean tell(AgentId peer, Consumer<PeerSession> event) {
        if (stopped
                || entrance.size() > MAX_EVENTS
                || sessions.size() >= MAX_PEERS && !sessions.containsKey(peer)) {
            return false;
        }
        entrance.execute(() -> deliver(peer, event));
        return true;
    }

    /** Hands an event to the peer's session, which is made for its first event and dropped when it has nothing left to remember. */
    private void deliver(AgentId peer, Consumer<PeerSession> event) {
        sessions.compute(
                peer,
                (id, old) -> {
                    PeerSession session =
                            old == null
                                    ? new PeerSession(
                                            id, around, () -> existing(id.value(), settled -> {}))
                                    : old;
                    session.serial()
                            .execute(
                                    () -> {
                                        event.accept(session);
                                        sessions.computeIfPresent(
                                                id,
                                                (same, now) ->
                                                        now == session && now.idle() ? null : now);
                                    });
                    return session;
                });
    }

    /** Closes every link, then the library, in that order: a native thread that is left would outlive the JVM. */
    @Deactivate
    public void stop() {
        stopped = true;
        try {
            CompletableFuture.runAsync(() -> {}, entrance)
                    .thenCompose(entered -> farewell())
                    .get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not every WebRTC link was closed within {} ms", FAREWELL_MILLIS);
        }
        sessions.values()
                .forEach(
                        PeerSession
                                ::stop); // those left; each native call is locked, so this thread
        // may as well
        sessions.clear();
        around.engine().close();
    }

    private CompletableFuture<Void> farewell() {
        return CompletableFuture.allOf(
                sessions.values().stream()
                        .map(session -> CompletableFuture.runAsync(session::stop, session.serial()))
                        .toArray(CompletableFuture[]::new));
    }
}
