package dev.weft.tasks;

import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.Peer;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Chooses who does a task: whom the caller names, else this host if it has the skill, else the best peer that offers it. */
final class Chooser {
    private final HostIdentity self;
    private final Skills skills;
    private final Supplier<Optional<AgentDirectory>> directory;
    private final Supplier<Optional<Mesh>> mesh;

    Chooser(
            HostIdentity self,
            Skills skills,
            Supplier<Optional<AgentDirectory>> directory,
            Supplier<Optional<Mesh>> mesh) {
        this.self = self;
        this.skills = skills;
        this.directory = directory;
        this.mesh = mesh;
    }

    /** Chooses.
     * @throws TaskException codes {@code bad_task, agent_unknown, agent_offline, unknown_skill} */
    Choice choose(String reference, Optional<String> target, AgentId source, boolean whenAway) {
        List<SkillRef> readings = SkillRef.readings(reference);
        if (readings.isEmpty()) {
            throw new TaskException(
                    "bad_task",
                    "a skill is named id or id.tool, id being 1 to 64 characters [a-z0-9][a-z0-9._-]*, got "
                            + Wire.quote(reference));
        }
        return target.isPresent()
                ? named(target.get(), readings, whenAway)
                : best(readings, source, whenAway);
    }

    private Choice named(String target, List<SkillRef> readings, boolean whenAway) {
        SkillRef own = readings.get(readings.size() - 1);
        if (target.equals(self.agentId().value()) || target.equals(self.name())) {
            return local(own);
        }
        Optional<KnownAgent> known = directory.get().flatMap(agents -> agents.find(target));
        if (known.filter(KnownAgent::local).isPresent()) {
            return local(own);
        }
        if (known.isPresent()) {
            Choice choice = remote(known.get(), reading(known.get().card(), readings));
            if (choice.offline() && !linked(choice.agent()) && !whenAway) {
                throw new TaskException(
                        "agent_offline",
                        choice.name() + " is offline; start it, or wait until it is back");
            }
            return choice;
        }
        // the registry may be away: a link is proof enough
        return mesh.get().stream()
                .flatMap(links -> links.peers().stream())
                .filter(peer -> peer.id().value().equals(target) || peer.name().equals(target))
                .findFirst()
                .map(peer -> remote(peer, own))
                .orElseThrow(
                        () ->
                                new TaskException(
                                        "agent_unknown",
                                        "there is no agent "
                                                + Wire.quote(target)
                                                + "; known: "
                                                + names()));
    }

    private Choice best(List<SkillRef> readings, AgentId source, boolean whenAway) {
        List<SkillCard> installed = skills.installed();
        for (SkillRef reading : readings) {
            if (installed.stream().anyMatch(reading::fits)) {
                return local(reading);
            }
            Optional<Choice> peer = peer(reading, source, true, whenAway);
            if (peer.isPresent()) {
                return peer.get();
            }
        }
        // no such tool anywhere: who has the skill says so best
        for (SkillRef reading : readings) {
            if (installed.stream().anyMatch(card -> card.id().equals(reading.skill()))) {
                return local(reading);
            }
            Optional<Choice> peer = peer(reading, source, false, whenAway);
            if (peer.isPresent()) {
                return peer.get();
            }
        }
        throw nobody(readings);
    }

    private Optional<Choice> peer(
            SkillRef reading, AgentId source, boolean withTool, boolean whenAway) {
        return agents().stream()
                .filter(
                        agent ->
                                !isSelf(agent)
                                        && !agent.card().agentId().equals(source)
                                        && agent.card().offers(reading.skill()))
                .filter(
                        agent ->
                                !withTool
                                        || agent.card().skills().stream()
                                                .filter(card -> card.id().equals(reading.skill()))
                                                .allMatch(reading::fits))
                .map(
                        agent ->
                                new Candidate(
                                        remote(agent, reading),
                                        agent.card().load(),
                                        linked(agent.card().agentId())))
                .filter(candidate -> candidate.linked || whenAway || !candidate.choice.offline())
                .min(
                        Comparator.comparing((Candidate candidate) -> !candidate.linked)
                                .thenComparing(candidate -> candidate.choice.offline())
                                .thenComparing(Candidate::load)
                                .thenComparing(candidate -> candidate.choice.name()))
                .map(Candidate::choice);
    }

    private record Candidate(Choice choice, double load, boolean linked) {}

    private TaskException nobody(List<SkillRef> readings) {
        String owners =
                agents().stream()
                        .filter(
                                agent ->
                                        !isSelf(agent)
                                                && readings.stream()
                                                        .anyMatch(
                                                                reading ->
                                                                        agent.card()
                                                                                .offers(
                                                                                        reading
                                                                                                .skill())))
                        .map(Chooser::title)
                        .collect(Collectors.joining(", "));
        if (!owners.isEmpty()) {
            return new TaskException(
                    "agent_offline",
                    "only "
                            + owners
                            + " offers "
                            + readings.get(0)
                            + " and is offline; start it, or wait until it is back");
        }
        List<String> available =
                agents().stream()
                        .filter(agent -> !isSelf(agent) && !isOffline(agent))
                        .flatMap(agent -> agent.card().capabilities().skills().stream())
                        .toList();
        return new TaskException(
                "unknown_skill",
                Nearness.advice(
                        readings,
                        skills.installed().stream().map(SkillCard::id).toList(),
                        available));
    }

    private static SkillRef reading(AgentCard card, List<SkillRef> readings) {
        return readings.stream()
                .filter(reading -> card.offers(reading.skill()))
                .findFirst()
                .orElse(readings.get(readings.size() - 1));
    }

    private Choice local(SkillRef reading) {
        return new Choice(self.agentId(), self.name(), true, false, false, reading);
    }

    private static Choice remote(KnownAgent agent, SkillRef reading) {
        return new Choice(
                agent.card().agentId(),
                title(agent),
                false,
                isOffline(agent),
                agent.card().skills().isEmpty() && agent.card().publicKey().isEmpty(),
                reading);
    }

    private static Choice remote(Peer peer, SkillRef reading) {
        return new Choice(peer.id(), peer.name(), false, false, false, reading);
    }

    /** Whom a task from before a crash was with: it may be at work there. */
    Choice again(AgentId agent, String reference) {
        List<SkillRef> readings = SkillRef.readings(reference);
        return directory
                .get()
                .flatMap(agents -> agents.find(agent.value()))
                .map(known -> remote(known, reading(known.card(), readings)))
                .orElseGet(
                        () ->
                                new Choice(
                                        agent,
                                        agent.value(),
                                        false,
                                        false,
                                        false,
                                        readings.get(readings.size() - 1)));
    }

    /** The label of an agent; "" if it is not known. */
    String name(String id) {
        return directory
                .get()
                .flatMap(agents -> agents.find(id))
                .filter(known -> known.card().agentId().value().equals(id))
                .map(known -> known.card().name())
                .orElse("");
    }

    private static String title(KnownAgent agent) {
        String id = agent.card().agentId().value();
        return agent.card().name().equals(id) ? id : agent.card().name() + " (" + id + ")";
    }

    private String names() {
        String names =
                agents().stream()
                        .limit(20)
                        .map(agent -> agent.card().name())
                        .collect(Collectors.joining(", "));
        return names.isEmpty() ? "only this host, " + self.name() : names;
    }

    private Collection<KnownAgent> agents() {
        return directory.get().map(AgentDirectory::agents).orElse(List.of());
    }

    private boolean isSelf(KnownAgent agent) {
        return agent.local() || agent.card().agentId().equals(self.agentId());
    }

    private static boolean isOffline(KnownAgent agent) {
        return "offline".equals(agent.health());
    }

    private boolean linked(AgentId id) {
        return mesh.get().flatMap(links -> links.peer(id)).isPresent();
    }
}
