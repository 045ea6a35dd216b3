package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.AgentId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Calls the peers that the registry names, a few at a time. */
final class DialQueue {
    private static final int AT_ONCE = 8;

    private final Function<AgentId, CompletableFuture<Link>> connect;
    private final Set<AgentId> waiting = new LinkedHashSet<>();
    private int running;

    DialQueue(Function<AgentId, CompletableFuture<Link>> connect) {
        this.connect = connect;
    }

    /** Calls them.
     * @param peers who */
    void add(Collection<AgentId> peers) {
        synchronized (this) {
            waiting.addAll(peers);
        }
        for (AgentId next = take(); next != null; next = take()) {
            connect.apply(next).whenComplete((link, failure) -> done());
        }
    }

    /** Forgets who was not called yet. */
    synchronized void clear() {
        waiting.clear();
    }

    private void done() {
        AgentId next;
        synchronized (this) {
            running--;
            next = take();
        }
        if (next != null) {
            connect.apply(next).whenComplete((link, failure) -> done());
        }
    }

    private synchronized AgentId take() {
        if (running >= AT_ONCE || waiting.isEmpty()) {
            return null;
        }
        AgentId next = waiting.iterator().next();
        waiting.remove(next);
        running++;
        return next;
    }
}
