package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Links through the registry, for peers that no direct path leads to. Such a link costs nothing to open and closes with the
 * signaling socket. */
@Component(service = {Transport.class, SignalListener.class})
public final class RelayTransport implements Transport, SignalListener {
    private static final Logger LOG = LoggerFactory.getLogger(RelayTransport.class);
    private static final int MOST_LINKS = 10_000;
    private final Signaling signaling;
    private final AgentDirectory directory;
    private final LinkListener listener;
    private final Map<AgentId, RelayLink> links = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** Starts without links.
     * @param signaling carries the frames
     * @param directory knows whom the registry knows
     * @param listener hears of the links */
    @Activate
    public RelayTransport(
            @Reference Signaling signaling,
            @Reference AgentDirectory directory,
            @Reference LinkListener listener) {
        this.signaling = signaling;
        this.directory = directory;
        this.listener = listener;
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
        RelayLink link = link(peer);
        if (link == null) {
            return CompletableFuture.failedFuture(
                    new LinkException("too many links go through the registry: " + MOST_LINKS));
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
        Optional<AgentDirectory.KnownAgent> known =
                directory.find(peer.value()).filter(agent -> agent.card().agentId().equals(peer));
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
        JsonNode frame = message.payload().path("message");
        if (!AgentId.isValid(message.peerId()) || fromRegistry(message) || !frame.isObject()) {
            LOG.debug(
                    "a relayed frame of {} without a message was dropped",
                    Wire.quote(message.peerId()));
            return;
        }
        RelayLink link = link(new AgentId(message.peerId()));
        if (link == null) {
            LOG.warn(
                    "a relayed frame of {} was dropped: there are {} links through the registry",
                    message.peerId(),
                    MOST_LINKS);
            return;
        }
        link.opened();
        link.arrived(frame);
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
        RelayLink link = AgentId.isValid(peer) ? links.get(new AgentId(peer)) : null;
        if (link != null) {
            link.close(reason);
        }
    }

    @Override
    public void disconnected() {
        List.copyOf(links.values()).forEach(link -> link.close("the registry is away"));
    }

    /** Closes all links. */
    @Deactivate
    public void close() {
        stopped = true;
        List.copyOf(links.values()).forEach(link -> link.close("host stops"));
    }
}
