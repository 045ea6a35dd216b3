package dev.weft.registry;

import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of {@code registry_agents}. */
final class AgentTable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentTable.class);
    private final RegistryDatabase database;

    AgentTable(RegistryDatabase database) {
        this.database = database;
    }

    List<Presence> load() {
        return rows("");
    }

    /** One agent as it is stored; empty if there is none, or its card cannot be read. */
    Optional<Presence> load(AgentId id) {
        return rows(" WHERE id = ?", id.value()).stream().findFirst();
    }

    private List<Presence> rows(String where, Object... arguments) {
        List<Presence> rows =
                database.query(
                        "SELECT id, card, registered_at, last_heartbeat, changed_at FROM registry_agents"
                                + where,
                        AgentTable::read,
                        arguments);
        return rows.stream().filter(Objects::nonNull).toList();
    }

    private static Presence read(ResultSet row) throws SQLException {
        try {
            AgentCard card = Wire.as(Wire.tree(row.getString(2)), AgentCard.class);
            Instant last = Instant.ofEpochMilli(row.getLong(4));
            return new Presence(
                    card,
                    Instant.ofEpochMilli(row.getLong(3)),
                    last,
                    false,
                    null,
                    last,
                    Instant.ofEpochMilli(row.getLong(5)));
        } catch (ProtocolException e) {
            LOG.warn(
                    "the stored card of agent {} is unreadable and ignored; the agent's next registration replaces it: {}",
                    row.getString(1),
                    e.getMessage());
            return null;
        }
    }

    /** When an agent's row was last changed, without its card.
     * @param id who
     * @param changedAt epoch milliseconds
     * @param lastHeartbeat epoch milliseconds */
    record Stamp(AgentId id, long changedAt, long lastHeartbeat) {}

    List<Stamp> stamps() {
        return database.query(
                "SELECT id, changed_at, last_heartbeat FROM registry_agents",
                row -> new Stamp(new AgentId(row.getString(1)), row.getLong(2), row.getLong(3)));
    }

    /** Writes an agent, unless another host wrote a newer card of it; the later sign of life counts in any case. */
    void save(Presence agent) {
        String id = agent.card().agentId().value();
        String json = Wire.write((Object) agent.card());
        long heartbeat = agent.lastHeartbeat().toEpochMilli();
        long changed = agent.changedAt().toEpochMilli();
        boolean stored =
                database.update(
                                        "UPDATE registry_agents SET card = ?, changed_at = ?, last_heartbeat = GREATEST(last_heartbeat, ?) WHERE id = ? AND changed_at <= ?",
                                        json,
                                        changed,
                                        heartbeat,
                                        id,
                                        changed)
                                > 0
                        || database.update(
                                        "UPDATE registry_agents SET last_heartbeat = GREATEST(last_heartbeat, ?) WHERE id = ?",
                                        heartbeat,
                                        id)
                                > 0;
        if (!stored) {
            database.update(
                    "INSERT INTO registry_agents (id, card, registered_at, last_heartbeat, changed_at) VALUES (?, ?, ?, ?, ?)",
                    id,
                    json,
                    agent.registeredAt().toEpochMilli(),
                    heartbeat,
                    changed);
        }
    }

    void delete(AgentId id) {
        database.update("DELETE FROM registry_agents WHERE id = ?", id.value());
    }
}
