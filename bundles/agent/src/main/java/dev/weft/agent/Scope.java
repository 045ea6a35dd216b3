package dev.weft.agent;

import dev.weft.api.agent.Agent.Question;
import dev.weft.protocol.AgentId;
import java.util.List;

/**
 * What may be used for a question. What is outside is not shown to the model, so it cannot be called.
 *
 * @param skills {@code skill} or {@code skill.tool}; empty for everything
 * @param agents names or ids; empty for all
 */
record Scope(List<String> skills, List<String> agents) {
    static Scope of(Question question) {
        return new Scope(question.skills(), question.agents());
    }

    boolean isWhole() {
        return skills.isEmpty() && agents.isEmpty();
    }

    boolean allows(String label, AgentId agent) {
        return agents.isEmpty() || agents.contains(label) || agents.contains(agent.value());
    }

    boolean allows(String tool) {
        return skills.isEmpty()
                || skills.stream()
                        .anyMatch(skill -> tool.equals(skill) || tool.startsWith(skill + "."));
    }
}
