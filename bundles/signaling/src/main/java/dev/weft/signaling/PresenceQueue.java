package dev.weft.signaling;

import dev.weft.api.registry.Registry;
import dev.weft.protocol.AgentId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the registry which sockets open, close and live: in order, on the blocking executor, since the registry may wait for
 * its database. Only the latest state of an agent is kept, so the queue is no longer than the list of agents.
 */
final class PresenceQueue {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceQueue.class);
    private final Registry registry;
    private final ExecutorService blocking;
    private final Map<AgentId, Boolean> changes = new LinkedHashMap<>();
    private final Set<AgentId> alive = new LinkedHashSet<>();
    private boolean running;
    private boolean refused;

    PresenceQueue(Registry registry, ExecutorService blocking) {
        this.registry = registry;
        this.blocking = blocking;
    }

    synchronized void connected(AgentId id, boolean open) {
        changes.put(id, open);
        kick();
    }

    synchronized void alive(AgentId id) {
        alive.add(id);
        kick();
    }

    /** Starts working, unless it works or there is nothing to do. */
    synchronized void kick() {
        if (running || changes.isEmpty() && alive.isEmpty()) {
            return;
        }
        try {
            running = true;
            blocking.execute(this::work);
            refused = false;
        } catch (RejectedExecutionException e) {
            running = false;
            if (!refused) {
                LOG.warn(
                        "the host is too busy to tell the registry of {} sockets; tried again in some seconds",
                        changes.size() + alive.size());
            }
            refused = true;
        }
    }

    synchronized boolean isRefused() {
        return refused;
    }

    private void work() {
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException e) {
                LOG.warn("the registry did not take the state of a socket: {}", e.toString());
            }
        }
    }

    private synchronized Runnable next() {
        Iterator<Map.Entry<AgentId, Boolean>> first = changes.entrySet().iterator();
        if (first.hasNext()) {
            Map.Entry<AgentId, Boolean> change = first.next();
            AgentId id = change.getKey();
            boolean open = change.getValue();
            first.remove();
            return () -> registry.connected(id, open);
        }
        Iterator<AgentId> living = alive.iterator();
        if (living.hasNext()) {
            AgentId id = living.next();
            living.remove();
            return () -> registry.find(id).ifPresent(known -> registry.heartbeat(id, null));
        }
        running = false;
        return null;
    }
}
