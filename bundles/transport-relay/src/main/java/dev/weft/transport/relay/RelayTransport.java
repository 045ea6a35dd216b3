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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
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
    private final Sealing sealing;
    private volatile boolean stopped;

    /** Starts without links.
     * @param identity signs what this host offers
     * @param signaling carries the frames
     * @param directory knows whom the registry knows
     * @param listener hears of the links
     * @param blocking computes beside the signaling's thread */
    @Activate
    public RelayTransport(
            @Reference HostIdentity identity,
            @Reference Signaling signaling,
            @Reference AgentDirectory directory,
            @Reference LinkListener listener,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking) {
        this.signaling = signaling;
        this.directory = directory;
        this.listener = listener;
        this.sealing = new Sealing(identity, signaling, this::key, new Answering(), blocking);
        CompletableFuture.delayedExecutor(REHEARSAL_SECONDS, TimeUnit.SECONDS, blocking)
                .execute(sealing::rehearse);
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
        if (key(peer).isEmpty() || open != null && open.isSealed()) {
            return open(peer, null);
        }
        return sealing.agree(peer)
                .handle(
                        (seal, failure) ->
                                failure == null
                                        ? open(peer, seal)
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

    private CompletableFuture<Link> open(AgentId peer, Seal seal) {
        RelayLink link = link(peer);
        if (link == null) {
            return CompletableFuture.failedFuture(
                    new LinkException("too many links go through the registry: " + MOST_LINKS));
        }
        if (seal != null) {
            link.accept(seal);
            link.use(seal);
        }
        link.opened();
        if (!signaling.isConnected()) {
            link.close(
                    "the registry is away"); // it went while the link opened, and nobody else may
            // close this one
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
        if (payload.path("sealed").isObject()) {
            sealed(peer, payload.get("sealed"));
        } else if (payload.path("seal").isObject()) {
            seal(peer, payload.get("seal"));
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
        link.opened();
        link.arrived(Wire.write((Object) frame));
    }

    private void sealed(AgentId peer, JsonNode frame) {
        RelayLink link = links.get(peer);
        String id = frame.path("id").asText("");
        Optional<Seal> seal = link == null ? Optional.empty() : link.seal(id);
        if (seal.isEmpty()) {
            JsonNode unknown = Wire.object().put("unknown", id);
            signaling.send(SignalMessage.RELAY, peer, Wire.object().set("seal", unknown));
            return;
        }
        try {
            link.opened();
            link.arrived(seal.get().open(frame));
        } catch (ProtocolException e) {
            LOG.warn("a sealed message of {} was dropped: {}", peer, e.getMessage());
        }
    }

    private void seal(AgentId peer, JsonNode seal) {
        if (!seal.has("unknown")) {
            sealing.received(peer, seal);
            return;
        }
        RelayLink link = links.get(peer);
        if (link != null && link.seal(seal.path("unknown").asText("")).isPresent()) {
            link.close("the peer has forgotten the seal");
        }
    }

    /** A peer whose key is known now seals: what was plain before ends. */
    @Override
    public void changed(AgentDirectory.KnownAgent agent) {
        AgentId peer = agent.card().agentId();
        if (!agent.local() && !agent.card().publicKey().isEmpty()) {
            RelayLink link = links.get(peer);
            if (link != null && !link.isSealed()) {
                link.close("from now on messages to " + peer + " are sealed");
            }
            sealing.known(peer);
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
        sealing.failAll("host stops");
        List.copyOf(links.values()).forEach(link -> link.close("host stops"));
    }

    /** Peers that ask for a seal get a link that has it. */
    private final class Answering implements Sealing.Ear {
        @Override
        public void accepted(AgentId peer, Seal seal) {
            RelayLink link = link(peer);
            if (link != null) {
                link.accept(seal);
            }
        }

        @Override
        public void answered(AgentId peer, Seal seal) {
            RelayLink link = links.get(peer);
            if (link != null) {
                link.use(seal);
                link.opened();
            }
        }
    }
}
