package dev.weft.skill.mesh;

import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The other agents, seen from one call: neither this host nor who asks is among them. */
record Neighbours(AgentDirectory directory, HostIdentity self, String caller) {
    /** Those that can be asked, the best first: active before stale, then the least loaded. */
    List<KnownAgent> best(Predicate<AgentCard> wanted) {
        return directory.agents().stream()
                .filter(agent -> isOther(agent) && !agent.health().equals("offline"))
                .filter(agent -> wanted.test(agent.card()))
                .sorted(
                        Comparator.comparing((KnownAgent agent) -> !agent.health().equals("active"))
                                .thenComparing(agent -> agent.card().load()))
                .toList();
    }

    /** Whether a card offers what a reference, {@code skill} or {@code skill.tool}, may mean. */
    static Predicate<AgentCard> offering(String reference) {
        int dot = reference.lastIndexOf('.');
        return card ->
                card.offers(reference) || dot > 0 && card.offers(reference.substring(0, dot));
    }

    /** The agent that is named.
     * @throws IllegalArgumentException if there is none, or it must not be asked; says why */
    AgentId named(String name) {
        KnownAgent agent =
                directory
                        .find(name)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "there is no agent \"" + name + "\"; " + known()));
        if (agent.card().agentId().equals(self.agentId())) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is this host itself: call the skill without the mesh");
        }
        if (!isOther(agent)) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" asked for this; it is not handed back. " + known());
        }
        return agent.card().agentId();
    }

    boolean isCaller(AgentId id) {
        return id.value().equals(caller);
    }

    private boolean isOther(KnownAgent agent) {
        AgentId id = agent.card().agentId();
        return !agent.local() && !id.equals(self.agentId()) && !isCaller(id);
    }

    private String known() {
        String names =
                directory.agents().stream()
                        .filter(this::isOther)
                        .limit(20)
                        .map(agent -> agent.card().name())
                        .collect(Collectors.joining(", "));
        return names.isEmpty() ? "no other agent is known" : "others are " + names;
    }
}
