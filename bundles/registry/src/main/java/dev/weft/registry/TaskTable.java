package dev.weft.registry;

import dev.weft.api.registry.Inbox.Entry;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The rows of {@code registry_tasks}. Every change of state names the state that it leaves, so no two callers both make it. */
final class TaskTable {
    static final String PENDING = "pending";
    static final String ASSIGNED = "assigned";
    static final String COMPLETED = "completed";
    static final String FAILED = "failed";
    private static final String SELECT =
            "SELECT id, skill, target, source, assigned, payload, state, result, error, created_at, updated_at, ttl, expires_at, traceparent, request_id FROM registry_tasks ";
    static final String EXPIRED = "TTL expired";
    private static final int HANDED_OUT = 100;
    private final RegistryDatabase database;

    TaskTable(RegistryDatabase database) {
        this.database = database;
    }

    /** Past its ttl a task has failed, whether or not the sweep was there already. */
    private static Entry read(ResultSet row, long now) throws SQLException {
        String state = row.getString(7);
        long expires = row.getLong(13);
        boolean expired = expires <= now && (state.equals(PENDING) || state.equals(ASSIGNED));
        return new Entry(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                Wire.tree(row.getString(6)),
                expired ? FAILED : state,
                row.getString(8),
                expired ? EXPIRED : row.getString(9),
                row.getLong(10) / 1000.0,
                (expired ? expires : row.getLong(11)) / 1000.0,
                row.getLong(12),
                row.getString(14),
                row.getString(15));
    }

    void insert(Entry task, String payload, long now) {
        database.update(
                "INSERT INTO registry_tasks (id, skill, skill_base, target, source, assigned, payload, state, result, error, created_at, updated_at, expires_at, ttl, traceparent, request_id)"
                        + " VALUES (?, ?, ?, ?, ?, '', ?, ?, '', '', ?, ?, ?, ?, ?, ?)",
                task.id(),
                task.skill(),
                base(task.skill()),
                task.target(),
                task.source(),
                payload,
                PENDING,
                now,
                now,
                now + task.ttl() * 1000,
                task.ttl(),
                task.traceparent(),
                task.requestId());
    }

    /** A skill may name a tool ({@code disk.usage}); agents list the skill. */
    private static String base(String skill) {
        int dot = skill.lastIndexOf('.');
        return dot < 0 ? skill : skill.substring(0, dot);
    }

    Optional<Entry> find(String id, long now) {
        return database.query(SELECT + "WHERE id = ?", row -> read(row, now), id).stream()
                .findFirst();
    }

    List<Entry> newest(int limit, long now) {
        return database.query(
                SELECT + "ORDER BY created_at DESC, id LIMIT ?",
                row -> read(row, now),
                (long) limit);
    }

    List<String> waiting(AgentId agent, Collection<String> skills) {
        String untargeted = "";
        List<Object> arguments = new ArrayList<>(List.of(PENDING, agent.value()));
        if (!skills.isEmpty()) {
            String marks = String.join(", ", Collections.nCopies(skills.size(), "?"));
            untargeted =
                    " OR target = '' AND (skill IN ("
                            + marks
                            + ") OR skill_base IN ("
                            + marks
                            + "))";
            arguments.addAll(skills);
            arguments.addAll(skills);
        }
        String sql =
                "SELECT id FROM registry_tasks WHERE state = ? AND (target = ?"
                        + untargeted
                        + ") ORDER BY created_at, id LIMIT "
                        + HANDED_OUT;
        return database.query(sql, row -> row.getString(1), arguments.toArray());
    }

    /** Gives a pending task to an agent.
     * @return false if it is not pending any more */
    boolean assign(String id, AgentId agent, long now, long leaseUntil) {
        return database.update(
                        "UPDATE registry_tasks SET state = ?, assigned = ?, last_holder = ?, updated_at = ?, lease_until = ? WHERE id = ? AND state = ? AND expires_at > ?",
                        ASSIGNED,
                        agent.value(),
                        agent.value(),
                        now,
                        leaseUntil,
                        id,
                        PENDING,
                        now)
                == 1;
    }

    /** Lets the agent that holds a task hold it for longer.
     * @return false if it does not hold it any more */
    boolean renew(String id, AgentId agent, long now, long leaseUntil) {
        return database.update(
                        "UPDATE registry_tasks SET lease_until = ? WHERE id = ? AND state = ? AND assigned = ? AND expires_at > ?",
                        leaseUntil,
                        id,
                        ASSIGNED,
                        agent.value(),
                        now)
                == 1;
    }

    /** Takes tasks back from agents whose lease is over.
     * @return those that wait again */
    List<Entry> lapse(long now) {
        return database
                .query(
                        "SELECT id FROM registry_tasks WHERE state = ? AND lease_until <= ? AND expires_at > ? ORDER BY created_at, id",
                        row -> row.getString(1),
                        ASSIGNED,
                        now,
                        now)
                .stream()
                .filter(
                        id ->
                                database.update(
                                                "UPDATE registry_tasks SET state = ?, assigned = '', updated_at = ? WHERE id = ? AND state = ? AND lease_until <= ?",
                                                PENDING,
                                                now,
                                                id,
                                                ASSIGNED,
                                                now)
                                        == 1)
                .flatMap(id -> find(id, now).stream())
                .toList();
    }

    /** Ends a task that the agent holds, or held last if its lease is over and nobody has taken it since.
     * @return false if it is not that agent's any more */
    boolean finish(String id, AgentId agent, String state, String result, String error, long now) {
        return database.update(
                        "UPDATE registry_tasks SET state = ?, assigned = ?, result = ?, error = ?, updated_at = ? WHERE id = ? AND (state = ? AND assigned = ? OR state = ? AND last_holder = ?) AND expires_at > ?",
                        state,
                        agent.value(),
                        result,
                        error,
                        now,
                        id,
                        ASSIGNED,
                        agent.value(),
                        PENDING,
                        agent.value(),
                        now)
                == 1;
    }

    /** Whether an agent was the last to hold a task. */
    boolean held(String id, AgentId agent) {
        return !database.query(
                        "SELECT id FROM registry_tasks WHERE id = ? AND last_holder = ?",
                        row -> row.getString(1),
                        id,
                        agent.value())
                .isEmpty();
    }

    int expire(long now) {
        return database.update(
                "UPDATE registry_tasks SET state = ?, error = ?, updated_at = expires_at WHERE state IN (?, ?) AND expires_at <= ?",
                FAILED,
                EXPIRED,
                PENDING,
                ASSIGNED,
                now);
    }

    int deleteFinished(long before) {
        return database.update(
                "DELETE FROM registry_tasks WHERE state IN (?, ?) AND updated_at < ?",
                COMPLETED,
                FAILED,
                before);
    }

    int count(String state) {
        return database.query(
                        "SELECT COUNT(*) FROM registry_tasks WHERE state = ?",
                        row -> row.getInt(1),
                        state)
                .get(0);
    }
}
