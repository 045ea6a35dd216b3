package dev.weft.api.registry;

import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import java.util.Map;
import java.util.Optional;

/**
 * Whom a task is for, when no agent is named.
 *
 * @param skill a skill id, or a tool as {@code skill.tool}
 * @param labels what the agent's labels must say; empty for any
 * @param caller who asks, and is never the answer; empty if nobody is to be left out
 * @param hops how many times the task was routed already, 0 at first
 */
public record RouteRequest(
        String skill, Map<String, String> labels, Optional<AgentId> caller, int hops) {
    /** Hops that a task may make. */
    public static final int MAX_HOPS = 8;

    /** Copies the labels. */
    public RouteRequest {
        labels = Map.copyOf(labels);
    }

    /** Whether an agent is one that was asked for, by what its card says.
     * @param card of an agent
     * @return true if it offers the skill, has the labels and is not the caller */
    public boolean fits(AgentCard card) {
        int dot = skill.lastIndexOf('.');
        return (card.offers(skill) || dot > 0 && card.offers(skill.substring(0, dot)))
                && card.labels().entrySet().containsAll(labels.entrySet())
                && caller.filter(card.agentId()::equals).isEmpty();
    }
}
