package dev.weft.shell;

import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.Peer;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SkillCard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The agents of the mesh, and the way to each. */
@Component(
        service = Agents.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=agents",
            "osgi.command.function=peers"
        })
public final class Agents {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Mesh mesh;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile AgentDirectory directory;

    @Reference CommandLine program;

    /** The agents of the mesh, with what they offer and run.
     * @return a table */
    @Descriptor("the agents of the mesh: health, path, skills, version, platform")
    public String agents() {
        AgentDirectory known = directory;
        if (known == null) {
            return Words.missing("the mesh");
        }
        Mesh links = mesh;
        Map<AgentId, String> paths =
                links == null
                        ? Map.of()
                        : links.peers().stream()
                                .collect(
                                        Collectors.toMap(
                                                Peer::id,
                                                peer -> peer.path().wireName(),
                                                (one, other) -> one));
        Table table = new Table("NAME", "ID", "HEALTH", "PATH", "SKILLS", "VERSION", "PLATFORM");
        for (KnownAgent agent : known.agents()) {
            table.row(
                    agent.card().name(),
                    agent.card().agentId().value(),
                    agent.health(),
                    agent.local() ? "here" : paths.getOrDefault(agent.card().agentId(), ""),
                    agent.card().skills().stream()
                            .map(SkillCard::id)
                            .collect(Collectors.joining(" ")),
                    agent.card().version(),
                    agent.card().platform());
        }
        return table.isEmpty() ? "no agents" : table.toString();
    }

    /** The agents, in another form.
     * @param words options of the command line
     * @return what it prints */
    @Descriptor("the same as the command line has it: --json")
    public String agents(String... words) {
        return program.ask("agents", words);
    }

    /** The links, in another form.
     * @param words options of the command line
     * @return what it prints */
    @Descriptor("the same as the command line has it: --json")
    public String peers(String... words) {
        return program.ask("peers", words);
    }

    /** The agents of the mesh and how they are reached.
     * @return a table */
    @Descriptor("the agents of the mesh, their health, and the path to them")
    public String peers() {
        Mesh links = mesh;
        AgentDirectory known = directory;
        if (known == null && links == null) {
            return Words.missing("the mesh");
        }
        List<Peer> linked = new ArrayList<>(links == null ? List.of() : links.peers());
        Table table = new Table("NAME", "ID", "HEALTH", "PATH", "RTT", "SENT", "RECEIVED", "SINCE");
        for (KnownAgent agent : known == null ? List.<KnownAgent>of() : known.agents()) {
            Optional<Peer> link =
                    linked.stream()
                            .filter(peer -> peer.id().equals(agent.card().agentId()))
                            .findFirst();
            link.ifPresent(linked::remove);
            row(
                    table,
                    agent.card().name(),
                    agent.card().agentId().value(),
                    agent.health(),
                    agent.local() ? "here" : "",
                    link);
        }
        linked.forEach(
                peer -> row(table, peer.name(), peer.id().value(), "", "", Optional.of(peer)));
        return table.isEmpty() ? "no agents" : table.toString();
    }

    private static void row(
            Table table,
            String name,
            String id,
            String health,
            String otherwise,
            Optional<Peer> link) {
        table.row(
                name,
                id,
                health,
                link.map(peer -> peer.path().wireName()).orElse(otherwise),
                link.filter(peer -> peer.rttMillis() >= 0)
                        .map(peer -> String.format(Locale.ROOT, "%.1f ms", peer.rttMillis()))
                        .orElse(""),
                link.map(peer -> Words.bytes(peer.bytesSent())).orElse(""),
                link.map(peer -> Words.bytes(peer.bytesReceived())).orElse(""),
                link.map(peer -> Words.age(Instant.ofEpochSecond((long) peer.since()))).orElse(""));
    }
}
