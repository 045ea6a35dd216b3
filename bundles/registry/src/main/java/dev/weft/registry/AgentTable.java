package dev.weft.registry;

import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
        List<Presence> rows =
                database.query(
                        "SELECT id, card, registered_at, last_heartbeat FROM registry_agents",
                        row ->
                                read(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getLong(3),
                                        row.getLong(4)));
        return rows.stream().filter(Objects::nonNull).toList();
    }

    private static Presence read(String id, String json, long registered, long heartbeat) {
        try {
            AgentCard card = Wire.as(Wire.tree(json), AgentCard.class);
            Instant last = Instant.ofEpochMilli(heartbeat);
            return new Presence(card, Instant.ofEpochMilli(registered), last, false, null, last);
        } catch (ProtocolException e) {
            LOG.warn(
                    "the stored card of agent {} is unreadable and ignored; the agent's next registration replaces it: {}",
                    id,
                    e.getMessage());
            return null;
        }
    }

    void save(Presence agent) {
        String id = agent.card().agentId().value();
        String json = Wire.write((Object) agent.card());
        long heartbeat = agent.lastHeartbeat().toEpochMilli();
        if (database.update(
                        "UPDATE registry_agents SET card = ?, last_heartbeat = ? WHERE id = ?",
                        json,
                        heartbeat,
                        id)
                == 0) {
            database.update(
                    "INSERT INTO registry_agents (id, card, registered_at, last_heartbeat) VALUES (?, ?, ?, ?)",
                    id,
                    json,
                    agent.registeredAt().toEpochMilli(),
                    heartbeat);
        }
    }

    void delete(AgentId id) {
        database.update("DELETE FROM registry_agents WHERE id = ?", id.value());
    }
}
