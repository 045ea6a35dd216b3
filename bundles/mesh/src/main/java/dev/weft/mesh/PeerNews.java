package dev.weft.mesh;

import dev.weft.api.event.Events;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Peer;
import dev.weft.protocol.AgentId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What is measured of the peers, and the events about it: at once when something changed, else now and then. */
final class PeerNews {
    private static final long REFRESH_NANOS = 14_000_000_000L;
    private final Links links;
    private final AgentDirectory directory;
    private final Events events;
    private final Map<AgentId, Told> told = new HashMap<>();

    PeerNews(Links links, AgentDirectory directory, Events events) {
        this.links = links;
        this.directory = directory;
        this.events = events;
    }

    /** A peer as it is now; empty if no link is up. */
    Optional<Peer> peer(AgentId id) {
        Links.Wired best = links.best(id);
        if (best == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Peer(
                        id,
                        name(id),
                        best.link.path(),
                        best.rttMillis,
                        best.link.bytesSent(),
                        best.link.bytesReceived(),
                        best.link.candidatePair(),
                        best.since));
    }

    /** The label of an agent, its id if unknown. */
    String name(AgentId id) {
        return directory.find(id.value()).map(agent -> agent.card().name()).orElse(id.value());
    }

    /** All peers, by name. */
    List<Peer> peers() {
        return links.peers().stream()
                .map(this::peer)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(Peer::name).thenComparing(Peer::id))
                .toList();
    }

    /** Looks at a peer and publishes what is new. */
    synchronized void look(AgentId id) {
        Peer now = peer(id).orElse(null);
        Told before = told.get(id);
        if (now == null && before != null) {
            told.remove(id);
            events.publish("peer.disconnected", before.peer);
        } else if (now != null && (before == null || isNews(before, now))) {
            told.put(id, new Told(now, System.nanoTime()));
            events.publish(before == null ? "peer.connected" : "peer.changed", now);
        }
    }

    private static boolean isNews(Told before, Peer now) {
        double rtt = before.peer.rttMillis();
        return before.peer.path() != now.path()
                || !before.peer.candidatePair().equals(now.candidatePair())
                || !Objects.equals(before.peer.name(), now.name())
                || rtt < 0 && now.rttMillis() >= 0
                || Math.abs(rtt - now.rttMillis()) > Math.max(1, rtt * 0.3)
                || System.nanoTime() - before.at > REFRESH_NANOS;
    }

    private record Told(Peer peer, long at) {}
}
