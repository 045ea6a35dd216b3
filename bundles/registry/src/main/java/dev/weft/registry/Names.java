package dev.weft.registry;

import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Whose a name is: one agent's. An agent that is offline and no member of the mesh does not keep its name. */
final class Names {
    private static final Comparator<Presence> OLDER =
            Comparator.comparing(Presence::registeredAt)
                    .thenComparing(agent -> agent.card().agentId().value());
    private final Function<String, Stream<Presence>> agents;
    private final Members members;
    private final Predicate<Presence> offline;

    /** Looks at agents that others change.
     * @param agents those of a name
     * @param members who belongs to the mesh
     * @param offline whether an agent is */
    Names(Function<String, Stream<Presence>> agents, Members members, Predicate<Presence> offline) {
        this.agents = agents;
        this.members = members;
        this.offline = offline;
    }

    /** Another agent that a name belongs to.
     * @param name a label
     * @param claimant who wants it
     * @return empty if the claimant may have it */
    Optional<AgentId> holder(String name, AgentId claimant) {
        Optional<AgentId> owner = members.owner(name).filter(id -> !id.equals(claimant));
        return owner.isPresent()
                ? owner
                : rivals(name, claimant).stream()
                        .filter(
                                agent ->
                                        members.isApproved(agent.card().agentId())
                                                || !offline.test(agent))
                        .map(agent -> agent.card().agentId())
                        .findFirst();
    }

    /** Refuses a card whose name is another's.
     * @throws ProtocolException code {@code name_taken} */
    void check(AgentCard card) {
        holder(card.name(), card.agentId())
                .ifPresent(
                        other -> {
                            throw new ProtocolException(
                                    "name_taken",
                                    "the name \""
                                            + card.name()
                                            + "\" belongs to agent "
                                            + other
                                            + "; give agent "
                                            + card.agentId()
                                            + " another name");
                        });
    }

    /** The other agents whose cards have a name. */
    List<Presence> rivals(String name, AgentId claimant) {
        return agents.apply(name).filter(one -> !one.card().agentId().equals(claimant)).toList();
    }

    /** Two agents that took one name at two hosts at once: every host keeps the same one, whose name it is or who came first. */
    boolean wins(Presence newcomer, List<Presence> rivals) {
        Optional<AgentId> owner = members.owner(newcomer.card().name());
        return rivals.stream()
                .allMatch(
                        rival ->
                                owner.isPresent()
                                        ? !owner.get().equals(rival.card().agentId())
                                        : OLDER.compare(newcomer, rival) < 0);
    }
}
