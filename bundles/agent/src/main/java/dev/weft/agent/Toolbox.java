package dev.weft.agent;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.skill.Skills;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SkillCard;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tools of the whole mesh as they are now. Made anew only when a skill, a peer or a peer's health has changed. */
final class Toolbox {
    private static final Logger log = LoggerFactory.getLogger(Toolbox.class);

    /** The skill by which messages to an agent come; models have {@code ask_agent} for that. */
    private static final String AGENT = "agent";

    private static final int MOST_TOOLS = 128;
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_DESCRIPTION = 1000;
    private static final int LONGEST_SCHEMA = 16 << 10;

    /** A host and what it offers. */
    private record Source(
            String label, AgentId id, boolean local, boolean offline, List<SkillCard> skills) {}

    private record Snapshot(List<Source> sources, Map<String, Offer> offers) {}

    private final HostIdentity identity;
    private final Skills skills;
    private final AgentDirectory directory;
    private volatile Snapshot snapshot = new Snapshot(List.of(), Map.of());

    Toolbox(HostIdentity identity, Skills skills, AgentDirectory directory) {
        this.identity = identity;
        this.skills = skills;
        this.directory = directory;
    }

    /** What is on offer.
     * @return by the name that the model uses, sorted */
    Map<String, Offer> offers() {
        return offers(new Scope(List.of(), List.of()));
    }

    /** What is on offer within bounds.
     * @param scope the bounds
     * @return by the name that the model uses, sorted */
    Map<String, Offer> offers(Scope scope) {
        List<Source> sources = sources();
        if (!scope.isWhole()) {
            sources.removeIf(source -> !scope.allows(source.label, source.id));
            return build(sources, scope);
        }
        Snapshot known = snapshot;
        if (!known.sources.equals(sources)) {
            known = new Snapshot(sources, build(sources, scope));
            snapshot = known;
        }
        return known.offers;
    }

    /** The other hosts whose agents can be asked.
     * @return by label */
    Map<String, AgentId> agents() {
        Map<String, AgentId> agents = new TreeMap<>();
        for (AgentDirectory.KnownAgent agent : directory.agents()) {
            if (!agent.local()
                    && !agent.card().agentId().equals(identity.agentId())
                    && !"offline".equals(agent.health())) {
                agents.putIfAbsent(agent.card().name(), agent.card().agentId());
            }
        }
        return agents;
    }

    /** The label of a host.
     * @param id its address; may be null
     * @return the label, "" for null */
    String label(AgentId id) {
        if (id == null) {
            return "";
        }
        return id.equals(identity.agentId())
                ? identity.name()
                : directory.find(id.value()).map(agent -> agent.card().name()).orElse(id.value());
    }

    private List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        sources.add(
                new Source(identity.name(), identity.agentId(), true, false, skills.installed()));
        for (AgentDirectory.KnownAgent agent : directory.agents()) {
            if (!agent.local()
                    && !agent.card().agentId().equals(identity.agentId())
                    && !agent.card().skills().isEmpty()) {
                boolean taken =
                        sources.stream()
                                .anyMatch(source -> source.label.equals(agent.card().name()));
                String label = taken ? agent.card().agentId().value() : agent.card().name();
                sources.add(
                        new Source(
                                label,
                                agent.card().agentId(),
                                false,
                                "offline".equals(agent.health()),
                                agent.card().skills()));
            }
        }
        return sources;
    }

    private static Map<String, Offer> build(List<Source> sources, Scope scope) {
        Map<String, List<Source>> where = new TreeMap<>();
        Map<String, SkillCard> skills = new TreeMap<>();
        Map<String, SkillCard.ToolCard> tools = new TreeMap<>();
        for (Source source : sources) {
            for (SkillCard skill : source.skills) {
                if (skill.id().equals(AGENT)) {
                    continue;
                }
                for (SkillCard.ToolCard tool : skill.tools()) {
                    String key = skill.id() + "." + tool.name();
                    if (!scope.allows(key)) {
                        continue;
                    }
                    where.computeIfAbsent(key, absent -> new ArrayList<>()).add(source);
                    skills.putIfAbsent(key, skill);
                    tools.putIfAbsent(key, tool);
                }
            }
        }
        Map<String, Offer> offers = new LinkedHashMap<>();
        List<String> order =
                where.keySet().stream()
                        .sorted(
                                (one, other) ->
                                        Boolean.compare(
                                                where.get(other).get(0).local,
                                                where.get(one).get(0).local))
                        .toList();
        for (String key : order) {
            SkillCard.ToolCard tool = tools.get(key);
            if (offers.size() == MOST_TOOLS || tool.schema().toString().length() > LONGEST_SCHEMA) {
                log.warn(
                        "The model is not told of {}: {}",
                        key,
                        offers.size() == MOST_TOOLS
                                ? "there are more than " + MOST_TOOLS + " tools"
                                : "its schema is too long");
                continue;
            }
            String name = name(key, offers.keySet());
            offers.put(
                    name,
                    offer(
                            key,
                            name,
                            skills.get(key),
                            tool,
                            where.get(key),
                            !scope.agents().isEmpty()));
        }
        return java.util.Collections.unmodifiableMap(new TreeMap<>(offers));
    }

    private static Offer offer(
            String key,
            String name,
            SkillCard skill,
            SkillCard.ToolCard tool,
            List<Source> sources,
            boolean bounded) {
        String parameter = "agent";
        while (tool.schema().path("properties").has(parameter)) {
            parameter = parameter.equals("agent") ? "on_agent" : parameter + "_";
        }
        Map<String, AgentId> agents = new LinkedHashMap<>();
        sources.forEach(source -> agents.put(source.label, source.id));
        JsonObjectSchema parameters =
                Schemas.object(tool.schema())
                        .addEnumProperty(
                                parameter,
                                List.copyOf(agents.keySet()),
                                "the host that does it; leave it out if any will do")
                        .build();
        String offered =
                sources.stream()
                        .map(
                                source ->
                                        source.label
                                                + (source.local
                                                        ? " (this host)"
                                                        : source.offline ? " (offline)" : ""))
                        .collect(Collectors.joining(", "));
        String description =
                cut(tool.description().isBlank() ? skill.description() : tool.description())
                        + "\nOffered by: "
                        + offered;
        ToolSpecification specification =
                ToolSpecification.builder()
                        .name(name)
                        .description(description)
                        .parameters(parameters)
                        .build();
        return new Offer(key, specification, parameter, agents, bounded);
    }

    /** Models take letters, digits, _ and - only, 64 at most; two tools never share a name. */
    private static String name(String key, Collection<String> taken) {
        String name = key.replaceAll("[^a-zA-Z0-9_-]", "_");
        if (name.length() <= LONGEST_NAME && !taken.contains(name)) {
            return name;
        }
        CRC32 checksum = new CRC32();
        checksum.update(key.getBytes(StandardCharsets.UTF_8));
        for (long number = checksum.getValue(); ; number++) {
            String suffix = "_" + Long.toHexString(number);
            String unique =
                    name.substring(0, Math.min(name.length(), LONGEST_NAME - suffix.length()))
                            + suffix;
            if (!taken.contains(unique)) {
                return unique;
            }
        }
    }

    private static String cut(String description) {
        String line = description.strip();
        return line.length() > LONGEST_DESCRIPTION
                ? line.substring(0, LONGEST_DESCRIPTION) + "…"
                : line;
    }
}
