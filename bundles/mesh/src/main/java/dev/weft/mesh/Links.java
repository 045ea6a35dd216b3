package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.AgentId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The links that are up, by peer. Known by identity: the end of an old link never takes a new one away. */
final class Links {
    private final Map<AgentId, List<Wired>> byPeer = new ConcurrentHashMap<>();

    /** Adds a link, as the first choice on its path.
     * @return what is known of it */
    Wired add(Link link) {
        Wired wired = new Wired(link);
        byPeer.compute(
                link.peer(),
                (id, links) -> {
                    List<Wired> list = links == null ? new CopyOnWriteArrayList<>() : links;
                    list.removeIf(known -> known.link == link);
                    list.add(0, wired);
                    return list;
                });
        return wired;
    }

    /** Takes a link away.
     * @return false if it was not here */
    boolean remove(Link link) {
        boolean[] removed = new boolean[1];
        byPeer.computeIfPresent(
                link.peer(),
                (id, links) -> {
                    removed[0] = links.removeIf(known -> known.link == link);
                    return links.isEmpty() ? null : links;
                });
        return removed[0];
    }

    /** The links to a peer, newest first. */
    List<Wired> of(AgentId peer) {
        return byPeer.getOrDefault(peer, List.of());
    }

    /** The best open link to a peer: the best path, and on it the newest.
     * @return null if there is none */
    Wired best(AgentId peer) {
        Wired best = null;
        for (Wired candidate : of(peer)) {
            if (candidate.link.isOpen()
                    && (best == null || candidate.link.path().compareTo(best.link.path()) < 0)) {
                best = candidate;
            }
        }
        return best;
    }

    /** Peers that have a link. */
    Collection<AgentId> peers() {
        return byPeer.keySet();
    }

    /** All links. */
    List<Wired> all() {
        return byPeer.values().stream().flatMap(List::stream).toList();
    }

    /** A link and what was measured on it. */
    static final class Wired {
        final Link link;
        final double since = System.currentTimeMillis() / 1000.0;
        volatile double rttMillis = -1;
        volatile String pingId = "";
        volatile long pingedAt;

        Wired(Link link) {
            this.link = link;
        }
    }
}
