package dev.weft.registry;

import dev.weft.api.health.HealthCheck.Status;
import dev.weft.protocol.AgentId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the database in line with the memory, agent by agent. What fails is tried again at the next sweep. */
final class AgentKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(AgentKeeper.class);
    private final AgentTable table;
    private final AgentIndex agents;
    private final Set<AgentId> due = ConcurrentHashMap.newKeySet();
    private final Set<AgentId> unsaved = ConcurrentHashMap.newKeySet();
    private final ReentrantLock writing = new ReentrantLock();
    private boolean closed; // guarded by writing

    AgentKeeper(AgentTable table, AgentIndex agents) {
        this.table = table;
        this.agents = agents;
    }

    /** Memory has changed, and the caller saves it in a moment; if the directory is closed before, that saves it. */
    void due(AgentId id) {
        due.add(id);
    }

    /** Writes what memory has now: a late caller cannot overwrite newer content with older. Once closed, nothing is written: the
     * database may be closed, too. */
    void save(AgentId id) {
        writing.lock();
        try {
            due.remove(id);
            if (closed) {
                return;
            }
            Presence agent = agents.get(id);
            if (agent == null) {
                table.delete(id);
            } else {
                table.save(agent);
            }
            unsaved.remove(id);
        } catch (IllegalStateException e) {
            if (unsaved.add(id)) {
                LOG.warn(
                        "agent {} could not be written down, will be tried again: {}",
                        id,
                        e.getMessage());
            }
        } finally {
            writing.unlock();
        }
    }

    void retry() {
        unsaved.forEach(this::save);
    }

    /** Writes what is not written yet, heartbeats too, and then no more. */
    void close() {
        writing.lock();
        try {
            for (Presence agent : agents.values()) {
                if (agent.lastHeartbeat().isAfter(agent.savedAt())) {
                    due(agent.card().agentId());
                }
            }
            due.forEach(this::save);
            retry();
            closed = true;
        } finally {
            writing.unlock();
        }
    }

    /** Whether the database does not have it yet. */
    boolean isUnsaved(AgentId id) {
        return due.contains(id) || unsaved.contains(id);
    }

    Status check() {
        return unsaved.isEmpty()
                ? Status.OK
                : Status.warning(
                        "changes of "
                                + unsaved.size()
                                + " agents are not in the database yet; see the state of the store");
    }
}
