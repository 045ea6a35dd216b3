package dev.weft.registry;

import dev.weft.protocol.AgentId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The agents in memory, found by id, by name and by skill, however many there are. Anybody may read at any time; who changes it takes
 * care that one thread does at a time.
 */
final class AgentIndex {
    private final Map<AgentId, Presence> byId = new ConcurrentHashMap<>();
    private final Map<String, Set<AgentId>> byName = new ConcurrentHashMap<>();
    private final Map<String, Set<AgentId>> bySkill = new ConcurrentHashMap<>();

    Presence get(AgentId id) {
        return byId.get(id);
    }

    Collection<Presence> values() {
        return byId.values();
    }

    int size() {
        return byId.size();
    }

    void put(Presence agent) {
        AgentId id = agent.card().agentId();
        Presence before = byId.put(id, agent);
        List<String> skills = agent.card().capabilities().skills();
        if (before == null || !before.card().name().equals(agent.card().name())) {
            add(byName, agent.card().name(), id);
        }
        if (before == null || !before.card().capabilities().skills().equals(skills)) {
            skills.forEach(skill -> add(bySkill, skill, id));
        }
        if (before != null) {
            if (!before.card().name().equals(agent.card().name())) {
                take(byName, before.card().name(), id);
            }
            before.card().capabilities().skills().stream()
                    .filter(skill -> !skills.contains(skill))
                    .forEach(skill -> take(bySkill, skill, id));
        }
    }

    /** Forgets an agent.
     * @return what was known of it, null if nothing was */
    Presence remove(AgentId id) {
        Presence gone = byId.remove(id);
        if (gone != null) {
            take(byName, gone.card().name(), id);
            gone.card().capabilities().skills().forEach(skill -> take(bySkill, skill, id));
        }
        return gone;
    }

    private static void add(Map<String, Set<AgentId>> index, String key, AgentId id) {
        index.computeIfAbsent(key, any -> ConcurrentHashMap.newKeySet()).add(id);
    }

    private static void take(Map<String, Set<AgentId>> index, String key, AgentId id) {
        index.computeIfPresent(
                key,
                (same, ids) -> {
                    ids.remove(id);
                    return ids.isEmpty() ? null : ids;
                });
    }

    Stream<Presence> named(String name) {
        return of(byName, name);
    }

    /** The agents that offer a skill, or the skill of a tool.
     * @param skill a skill id, or {@code skill.tool} */
    Stream<Presence> offering(String skill) {
        int dot = skill.lastIndexOf('.');
        Stream<Presence> whole = of(bySkill, skill);
        return dot <= 0
                ? whole
                : Stream.concat(whole, of(bySkill, skill.substring(0, dot))).distinct();
    }

    private Stream<Presence> of(Map<String, Set<AgentId>> index, String key) {
        return index.getOrDefault(key, Set.of()).stream()
                .map(byId::get)
                .filter(agent -> agent != null);
    }
}
