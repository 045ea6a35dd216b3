package dev.weft.signaling;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import dev.weft.protocol.AgentId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets that are open at the other hosts of this registry, and the frames that go to them. Of two sockets of one agent the one
 * that opened later counts.
 */
final class RemoteSockets implements ClusterListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteSockets.class);
    private static final String TOPIC = "signaling";

    /** Where an agent is connected.
     * @param host of this registry
     * @param opened when, in milliseconds; later than any other that was known there
     * @param instance which process of the agent, "" if it does not say */
    record Remote(String host, long opened, String instance) {}

    /** What happens at other hosts. */
    interface Owner {
        /** A socket opened there; one here that opened before {@code opened} is of the past. */
        void openedElsewhere(AgentId id, long opened);

        /** The socket there closed. */
        void closedElsewhere(AgentId id);

        /** A frame for an agent that is connected here. */
        boolean deliver(AgentId id, String frame);

        /** What to answer to a frame that came to nothing; empty if nobody waits for it. */
        Optional<Undelivered> undelivered(String frame);

        /** Whether the agent's socket here still lives is to be found out. */
        void probe(AgentId id);
    }

    /** An answer.
     * @param sender whose frame it was
     * @param error the frame that says so */
    record Undelivered(AgentId sender, String error) {}

    private final Cluster cluster;
    private final Owner owner;
    private final Map<AgentId, Remote> theirs = new ConcurrentHashMap<>();
    private final Map<AgentId, Remote> mine =
            new HashMap<>(); // guarded by this, as what is told of it
    private final Cluster.Subscription subscription;

    RemoteSockets(Cluster cluster, Owner owner) {
        this.cluster = cluster;
        this.owner = owner;
        this.subscription = cluster.subscribe(TOPIC, this);
    }

    @Override
    public void close() {
        subscription.close();
    }

    Optional<Remote> find(AgentId id) {
        return Optional.ofNullable(theirs.get(id));
    }

    Collection<AgentId> ids() {
        return theirs.keySet();
    }

    /** An agent is connected here from now on.
     * @return when, by the clock that all hosts go by */
    synchronized long opened(AgentId id, String instance) {
        Remote before = theirs.remove(id);
        long now = System.currentTimeMillis();
        long opened = before == null ? now : Math.max(now, before.opened() + 1);
        Remote here = new Remote(cluster.self(), opened, instance);
        mine.put(id, here);
        if (cluster.isShared()) {
            cluster.publish(TOPIC, "open\n" + line(id, here));
        }
        return opened;
    }

    /** An agent is not connected here any more. */
    synchronized void closed(AgentId id, long opened) {
        Remote here = mine.get(id);
        if (here != null && here.opened() == opened) {
            mine.remove(id);
            cluster.publish(TOPIC, "close\n" + id + " " + opened);
        }
    }

    /** Passes a frame to the host where the agent is connected.
     * @return false if it is not connected anywhere, or the frame cannot be sent now */
    boolean send(AgentId id, String frame) {
        Remote there = theirs.get(id);
        return there != null && cluster.send(there.host(), TOPIC, "frame\n" + id + "\n" + frame);
    }

    /** Has the host where the agent is connected find out whether it lives. */
    void probe(AgentId id, Remote there) {
        cluster.send(there.host(), TOPIC, "probe\n" + id);
    }

    private static String line(AgentId id, Remote socket) {
        return id + " " + socket.opened() + " " + socket.instance();
    }

    @Override
    public synchronized void joined(String host) {
        cluster.send(host, TOPIC, all());
    }

    /** Tells every host once more who is connected here: makes up for what was lost on the way. */
    synchronized void repeat() {
        if (cluster.isShared()) {
            cluster.publish(TOPIC, all());
        }
    }

    private String all() {
        StringBuilder all = new StringBuilder("all\n");
        mine.forEach((id, socket) -> all.append(line(id, socket)).append('\n'));
        return all.toString();
    }

    @Override
    public void left(String host) {
        keepOnly(host, Set.of());
    }

    private void keepOnly(String host, Set<AgentId> open) {
        theirs.forEach(
                (id, socket) -> {
                    if (socket.host().equals(host)
                            && !open.contains(id)
                            && theirs.remove(id, socket)) {
                        owner.closedElsewhere(id);
                    }
                });
    }

    @Override
    public void received(String from, String text) {
        int line = text.indexOf('\n');
        String rest = text.substring(line + 1);
        try {
            switch (line < 0 ? "" : text.substring(0, line)) {
                case "frame" -> frame(from, rest);
                case "open" -> open(from, rest);
                case "close" -> close(from, rest.split(" "));
                case "all" -> all(from, rest);
                case "probe" -> owner.probe(new AgentId(rest));
                default -> LOG.debug("ignored unknown news of host {}", from);
            }
        } catch (RuntimeException e) {
            LOG.warn("news of sockets from host {} cannot be read: {}", from, e.getMessage());
        }
    }

    private void frame(String from, String text) {
        int line = text.indexOf('\n');
        String frame = text.substring(line + 1);
        if (!owner.deliver(new AgentId(text.substring(0, line)), frame)) {
            owner.undelivered(frame)
                    .ifPresent(
                            answer ->
                                    cluster.send(
                                            from,
                                            TOPIC,
                                            "frame\n" + answer.sender() + "\n" + answer.error()));
        }
    }

    private AgentId open(String from, String text) {
        String[] words = text.split(" ", 3);
        AgentId id = new AgentId(words[0]);
        Remote fresh = new Remote(from, Long.parseLong(words[1]), words[2]);
        synchronized (this) {
            Remote here = mine.get(id);
            Remote known = theirs.get(id);
            boolean later = here == null || isLater(fresh, here);
            if (!later || known != null && !known.host().equals(from) && isLater(known, fresh)) {
                return id;
            }
            mine.remove(id);
            theirs.put(id, fresh);
        }
        owner.openedElsewhere(id, fresh.opened());
        return id;
    }

    private static boolean isLater(Remote one, Remote other) {
        return one.opened() != other.opened()
                ? one.opened() > other.opened()
                : one.host().compareTo(other.host()) > 0;
    }

    private void close(String from, String[] words) {
        AgentId id = new AgentId(words[0]);
        Remote known = theirs.get(id);
        if (known != null
                && known.host().equals(from)
                && known.opened() == Long.parseLong(words[1])
                && theirs.remove(id, known)) {
            owner.closedElsewhere(id);
        }
    }

    private void all(String from, String lines) {
        Set<AgentId> open = new HashSet<>();
        lines.lines().forEach(line -> open.add(open(from, line)));
        keepOnly(from, open);
    }
}
