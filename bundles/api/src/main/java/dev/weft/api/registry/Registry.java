package dev.weft.api.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The directory of the mesh. Blocks on the database: not for transport threads. Thread-safe. */
@ProviderType
public interface Registry {
    /** Adds an agent or replaces its card; counts as a sign of life. Keeps the first registration time.
     * @param card the card
     * @return its record
     * @throws dev.weft.protocol.ProtocolException code {@code name_taken} if another agent has the name */
    AgentRecord register(AgentCard card);

    /** A sign of life. Members that are absent change nothing.
     * @param id who
     * @param changes the members of the reference's heartbeat ({@code hostname, ip, port, status, mode, skill_names, …}) and of
     *     Weft's card
     * @return its record; made if the agent was unknown */
    AgentRecord heartbeat(AgentId id, JsonNode changes);

    /** Forgets an agent.
     * @param id who
     * @return false if it was unknown */
    boolean remove(AgentId id);

    /** All agents.
     * @return ordered by name */
    List<AgentRecord> list();

    /** One agent.
     * @param id who
     * @return empty if unknown */
    Optional<AgentRecord> find(AgentId id);

    /** The agent to ask: active, offering the skill, least loaded first, never the caller.
     * @param skill a skill id
     * @param caller who asks
     * @return empty if there is none */
    Optional<AgentRecord> route(String skill, AgentId caller);

    /** The agent to ask: approved, active, fitting the request, least loaded first.
     * @param request what is wanted
     * @return empty if no active agent fits
     * @throws dev.weft.protocol.ProtocolException codes {@code all_busy} if those that fit have no room now, {@code too_many_hops} if
     *     the task was routed too often */
    default Optional<AgentRecord> route(RouteRequest request) {
        return list().stream()
                .filter(agent -> agent.health() == AgentRecord.Health.ACTIVE)
                .filter(agent -> request.fits(agent.card()))
                .min(java.util.Comparator.comparingDouble(agent -> agent.card().load()));
    }

    /** The signaling socket of an agent opened or closed.
     * @param id who
     * @param connected true if it opened */
    void connected(AgentId id, boolean connected);
}
