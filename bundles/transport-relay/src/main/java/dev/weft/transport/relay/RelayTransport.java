package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.DirectoryListener;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.LinkListener;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Transport;
import dev.weft.api.signaling.SignalListener;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Links through the registry: for the first messages to a peer, and for peers that no direct path leads to. Such a link costs little to open and closes
 * with the signaling socket. The registry cannot read what goes to a peer whose host key is known: it is sealed, or it is not sent.
 */
@Component(service = {Transport.class, SignalListener.class, DirectoryListener.class})
public final class RelayTransport implements Transport, SignalListener, DirectoryListener {
    private static final Logger LOG = LoggerFactory.getLogger(RelayTransport.class);
    private static final int MOST_LINKS = 10_000;

    /** When the host has started and has nothing to do, as a rule. */
    private static final long REHEARSAL_SECONDS = 2;

    private final Signaling signaling;
    private final AgentDirectory directory;
    private final LinkListener listener;
    private final Map<AgentId, RelayLink> links = new ConcurrentHashMap<>();
    private final PreparedKeys prepared;
    private final Sealing sealing;
    private final Future<?> rehearsing;
    private volatile boolean stopped;

    /** Starts without links.
     * @param identity signs what this host offers
     * @param signaling carries the frames
     * @param directory knows whom the registry knows
     * @param listener hears of the links
     * @param blocking makes keys beside the signaling's thread
     * @param timer says when */
    @Activate
    public RelayTransport(
            @Reference HostIdentity identity,
            @Reference Signaling signaling,
            @Reference AgentDirectory directory,
            @Reference LinkListener listener,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this(identity, signaling, directory, listener, blocking, timer, InstantSource.system());
    }

    /** As above, with a clock of its own. */
    RelayTransport(
            HostIdentity identity,
            Signaling signaling,
            AgentDirectory directory,
            LinkListener listener,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            InstantSource clock) {
        this.signaling = signaling;
        this.directory = directory;
        this.listener = listener;
        this.prepared = new PreparedKeys(identity, clock, blocking, timer);
        this.sealing = new Sealing(identity, signaling, this::key, this::offered, prepared, clock);
        Rehearsal rehearsal = new Rehearsal(identity, prepared, clock);
        this.rehearsing =
                timer.schedule(
                        () -> blocking.execute(rehearsal), REHEARSAL_SECONDS, TimeUnit.SECONDS);
    }

    /** The peer's host key, which the registry cannot change unnoticed; "" if it has none. */
    private String key(AgentId peer) {
        return known(peer).map(agent -> agent.card().publicKey()).orElse("");
    }

    private Optional<AgentDirectory.KnownAgent> known(AgentId peer) {
        return directory.find(peer.value()).filter(agent -> agent.card().agentId().equals(peer));
    }

    @Override
    public Path path() {
        return Path.RELAY;
    }

    @Override
    public CompletableFuture<Link> connect(AgentId peer) {
        Optional<String> obstacle = obstacle(peer);
        if (obstacle.isPresent()) {
            return CompletableFuture.failedFuture(new LinkException(obstacle.get()));
        }
        RelayLink open = links.get(peer);
        if (open != null && open.isOpen() && open.isSealed()) {
            return up(open);
        }
        if (key(peer).isEmpty()) {
            return open(peer, RelayLink::serveInClear);
        }
        return sealing.agree(peer)
                .handle(
                        (seal, failure) ->
                                failure == null
                                        ? open(peer, link -> link.use(seal))
                                        : CompletableFuture.<Link>failedFuture(
                                                refusal(peer, failure)))
                .thenCompose(link -> link);
    }

    private static LinkException refusal(AgentId peer, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof LinkException known
                ? known
                : new LinkException(
                        peer
                                + " did not agree on a seal in time, and nothing goes to it through the registry in clear");
    }

    private CompletableFuture<Link> open(AgentId peer, Consumer<RelayLink> prepare) {
        RelayLink link = link(peer);
        if (link == null) {
            return CompletableFuture.failedFuture(
                    new LinkException("too many links go through the registry: " + MOST_LINKS));
        }
        prepare.accept(link);
        return up(link);
    }

    private CompletableFuture<Link> up(RelayLink link) {
        link.opened();
        if (!signaling.isConnected()) {
            // It went while the link opened, and nobody else may close this one.
            link.close("the registry is away");
            return CompletableFuture.failedFuture(new LinkException("the registry is away"));
        }
        return CompletableFuture.completedFuture(link);
    }

    private Optional<String> obstacle(AgentId peer) {
        if (stopped || !signaling.isConnected()) {
            return Optional.of("the registry is away, nothing goes through it");
        }
        Optional<AgentDirectory.KnownAgent> known = known(peer);
        if (known.isEmpty()) {
            return Optional.of("the registry does not know " + peer);
        }
        if (known.get().local()) {
            return Optional.of(peer + " is this host itself");
        }
        return "offline".equals(known.get().health())
                ? Optional.of("the registry says that " + peer + " is offline")
                : Optional.empty();
    }

    private RelayLink link(AgentId peer) {
        if (links.size() >= MOST_LINKS && !links.containsKey(peer)) {
            return null;
        }
        return links.computeIfAbsent(
                peer,
                id ->
                        new RelayLink(
                                id, signaling, listener, gone -> links.remove(gone.peer(), gone)));
    }

    @Override
    public void received(SignalMessage message) {
        if (stopped) {
            return;
        }
        switch (message.type()) {
            case SignalMessage.RELAY -> relayed(message);
            case SignalMessage.PEER_LEFT -> {
                if (fromRegistry(message)) {
                    close(
                            message.payload().path("peer_id").asText(""),
                            "it left: " + message.payload().path("reason").asText(""));
                }
            }
            case SignalMessage.ERROR -> {
                if (fromRegistry(message)) {
                    failed(message.payload());
                }
            }
            default -> {
                // of no concern here
            }
        }
    }

    private static boolean fromRegistry(SignalMessage message) {
        return SignalMessage.REGISTRY.equals(message.peerId());
    }

    private void relayed(SignalMessage message) {
        JsonNode payload = message.payload();
        if (!AgentId.isValid(message.peerId()) || fromRegistry(message)) {
            LOG.debug("a relayed frame of {} was dropped", Wire.quote(message.peerId()));
            return;
        }
        AgentId peer = new AgentId(message.peerId());
        if (payload.path("seal").isObject()) {
            seal(peer, payload.get("seal")); // a new offer also has "sealed", for older hosts
        } else if (payload.path("sealed").isObject()) {
            sealed(peer, payload.get("sealed"));
        } else if (payload.path("message").isObject()) {
            plain(peer, payload.get("message"));
        }
    }

    private void plain(AgentId peer, JsonNode frame) {
        if (!key(peer).isEmpty()) {
            LOG.warn(
                    "refused a message in the name of {} that is not sealed: that host seals, so the registry may have made it up",
                    peer);
            return;
        }
        RelayLink link = link(peer);
        if (link == null) {
            LOG.warn(
                    "a relayed frame of {} was dropped: there are {} links through the registry",
                    peer,
                    MOST_LINKS);
            return;
        }
        link.serveInClear();
        link.arrived(Wire.write((Object) frame));
    }

    private void sealed(AgentId peer, JsonNode frame) {
        RelayLink link = links.get(peer);
        String id = frame.path("id").asText("");
        Optional<Seal> seal = link == null ? Optional.empty() : link.seal(id);
        if (seal.isEmpty()) {
            sayUnknown(peer, id);
            return;
        }
        try {
            link.arrived(seal.get(), frame);
        } catch (ProtocolException e) {
            LOG.warn("a sealed message of {} was dropped: {}", peer, e.getMessage());
            if (link.refuse(seal.get())) {
                sayUnknown(peer, id);
            }
        }
    }

    private void sayUnknown(AgentId peer, String id) {
        JsonNode unknown = Wire.object().put("unknown", id);
        signaling.send(SignalMessage.RELAY, peer, Wire.object().set("seal", unknown));
    }

    private void seal(AgentId peer, JsonNode seal) {
        if (!seal.has("unknown")) {
            sealing.received(peer, seal);
            return;
        }
        String id = seal.path("unknown").asText("");
        sealing.unknown(peer, id);
        RelayLink link = links.get(peer);
        if (link != null && link.seal(id).isPresent()) {
            link.close("the peer has forgotten the seal");
        }
    }

    /** A peer whose key is known now seals: what was plain before ends. */
    @Override
    public void changed(AgentDirectory.KnownAgent agent) {
        AgentId peer = agent.card().agentId();
        if (!agent.local() && !agent.card().publicKey().isEmpty()) {
            endClear(peer);
            sealing.known(peer);
        }
    }

    private void endClear(AgentId peer) {
        RelayLink link = links.get(peer);
        if (link != null && link.isInClear()) {
            link.close("from now on messages to " + peer + " are sealed");
        }
    }

    /** Peers that ask for a seal get a link that has it. */
    private void offered(AgentId peer, Seal seal) {
        endClear(peer);
        RelayLink link = link(peer);
        if (link != null) {
            link.offered(seal);
        }
    }

    @Override
    public void removed(AgentId id) {
        close(id.value(), "it left");
    }

    /** The registry could not deliver a frame. {@code ref} names what it was about: its type and whom it was for. */
    private void failed(JsonNode error) {
        JsonNode ref = error.path("ref");
        if (SignalMessage.RELAY.equals(ref.path("type").asText(""))) {
            String target = ref.path("target_id").asText(ref.path("peer_id").asText(""));
            close(
                    target,
                    "the registry could not deliver: "
                            + Wire.quote(error.path("message").asText("")));
        }
    }

    private void close(String peer, String reason) {
        if (AgentId.isValid(peer)) {
            AgentId id = new AgentId(peer);
            sealing.failed(id, reason);
            RelayLink link = links.get(id);
            if (link != null) {
                link.close(reason);
            }
        }
    }

    @Override
    public void disconnected() {
        sealing.failAll("the registry is away");
        List.copyOf(links.values()).forEach(link -> link.close("the registry is away"));
    }

    /** Closes all links. */
    @Deactivate
    public void close() {
        stopped = true;
        rehearsing.cancel(false);
        prepared.stop();
        sealing.failAll("host stops");
        List.copyOf(links.values()).forEach(link -> link.close("host stops"));
    }
}
