package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The links that are up, by peer. Known by identity: the end of an old link never takes a new one away. */
final class Links {
    private static final long IMPROVE_NANOS = 60_000_000_000L;

    /** How long a new link may be silent before its peer counts as one that never says hello. */
    static final long HELLO_NANOS = 2_000_000_000L;

    /** Each list is a picture that does not change: it is walked by index for each message, without an iterator. */
    private final Map<AgentId, List<Wired>> byPeer = new ConcurrentHashMap<>();

    /** Adds a link, as the first choice on its path.
     * @return what is known of it */
    Wired add(Link link) {
        Wired wired = new Wired(link);
        byPeer.compute(
                link.peer(),
                (id, links) -> {
                    List<Wired> list = new ArrayList<>(List.of(wired));
                    if (links != null) {
                        links.stream().filter(known -> known.link != link).forEach(list::add);
                    }
                    return List.copyOf(list);
                });
        return wired;
    }

    /** Takes a link away.
     * @return what was known of it; null if it was not here */
    Wired remove(Link link) {
        Wired[] removed = new Wired[1];
        byPeer.computeIfPresent(
                link.peer(),
                (id, links) -> {
                    List<Wired> left = new ArrayList<>();
                    for (Wired known : links) {
                        if (known.link == link) {
                            removed[0] = known;
                        } else {
                            left.add(known);
                        }
                    }
                    return left.isEmpty() ? null : List.copyOf(left);
                });
        return removed[0];
    }

    /** The links to a peer, newest first. */
    List<Wired> of(AgentId peer) {
        return byPeer.getOrDefault(peer, List.of());
    }

    /** The best open link to a peer: one that hears the peer before a silent one, the best path, and on it the newest.
     * @return null if there is none */
    Wired best(AgentId peer) {
        Wired best = null;
        List<Wired> links = of(peer);
        for (int i = 0; i < links.size(); i++) {
            Wired candidate = links.get(i);
            if (candidate.link.isOpen() && (best == null || candidate.isBetterThan(best))) {
                best = candidate;
            }
        }
        return best;
    }

    /** The best open link to a peer for a message that goes now.
     * @return null if there is none that hears the peer: ask for one */
    Wired use(AgentId peer) {
        Wired best = best(peer);
        if (best == null || !best.link.isResponsive()) {
            return null;
        }
        best.usedAt = System.nanoTime();
        return best;
    }

    /** Notes that a message of the peer came, or one to it left. */
    void used(Link link) {
        Wired wired = of(link);
        if (wired != null) {
            wired.usedAt = System.nanoTime();
        }
    }

    /** Open links that do not go through the registry. */
    List<Wired> direct() {
        return all().stream().filter(Wired::isDirect).toList();
    }

    /** Whether one of them leads to a peer. */
    boolean hasDirect(AgentId peer) {
        return of(peer).stream().anyMatch(Wired::isDirect);
    }

    /** The link to send on: the best that the peer has said hello on, else the best.
     * @return null if there is none */
    Wired carrier(AgentId peer) {
        Wired best = null;
        List<Wired> links = of(peer);
        for (int i = 0; i < links.size(); i++) {
            Wired candidate = links.get(i);
            if (candidate.link.isOpen() && (best == null || candidate.beats(best))) {
                best = candidate;
            }
        }
        return best;
    }

    /** What is known of a link.
     * @return null if it is not here */
    Wired of(Link link) {
        List<Wired> links = of(link.peer());
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).link == link) {
                return links.get(i);
            }
        }
        return null;
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
        final long openedAt = System.nanoTime();
        volatile long usedAt = openedAt;
        private volatile long improvedAt = openedAt;
        volatile double rttMillis = -1;
        volatile String pingId = "";
        volatile long pingedAt;

        /** What the peer said in its hello on this link; null until then. */
        volatile Greeting greeting;

        /** Long messages that arrive in pieces. */
        final Map<Lane, Assembly> assemblies = new ConcurrentHashMap<>();

        Wired(Link link) {
            this.link = link;
        }

        /** Whether it is time to look for something better than the relay: it is used, and the last try is a while ago. */
        boolean mayImprove() {
            long now = System.nanoTime();
            if (link.path() != Path.RELAY || now - improvedAt < IMPROVE_NANOS) {
                return false;
            }
            improvedAt = now;
            return true;
        }

        boolean isDirect() {
            return link.path() != Path.RELAY && link.isOpen();
        }

        private boolean isBetterThan(Wired other) {
            return link.isResponsive() == other.link.isResponsive()
                    ? link.path().compareTo(other.link.path()) < 0
                    : link.isResponsive();
        }

        private boolean beats(Wired other) {
            return (greeting == null) == (other.greeting == null)
                    ? isBetterThan(other)
                    : greeting != null && link.isResponsive();
        }

        /** Whether the peer may still say hello. */
        boolean awaitsHello(long now) {
            return greeting == null && now - openedAt < HELLO_NANOS;
        }

        /** Whether the peer takes a feature. */
        boolean takes(String feature) {
            Greeting said = greeting;
            return said != null && said.features().contains(feature);
        }
    }
}
