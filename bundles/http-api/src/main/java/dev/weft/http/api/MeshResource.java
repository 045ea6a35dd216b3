package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.AGENT;
import static dev.weft.api.identity.Role.OPERATOR;
import static dev.weft.api.identity.Role.VIEWER;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.Role;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.Peer;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The mesh as this host sees it: the agents it knows, and the links it has, measured. */
final class MeshResource implements Resource {
    private static final Set<Role> READERS = Route.roles(ADMIN, OPERATOR, VIEWER, AGENT);
    private final Rooms rooms;

    private final LoadHistory loads;

    MeshResource(Rooms rooms, LoadHistory loads) {
        this.rooms = rooms;
        this.loads = loads;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/agents",
                        "The agents this host knows, itself included, with health and path",
                        READERS,
                        this::agents),
                Route.get(
                        "/api/agents/{id}/load",
                        "How busy an agent was, by the minute, for as long as this host runs and for a day at most",
                        READERS,
                        this::load),
                Route.get(
                        "/api/peers",
                        "The peers this host has a link to: path, RTT, bytes, candidate pair, since",
                        READERS,
                        call -> Page.of(call, rooms.mesh().peers(), peer -> peer.id().value())),
                Route.get(
                        "/api/hub/network/topology",
                        "Nodes, and the edges measured at this host",
                        READERS,
                        this::topology));
    }

    private CompletionStage<Reply> agents(Call call) {
        List<ObjectNode> agents = rooms.agents().stream().map(this::describe).toList();
        return Page.of(call, agents, agent -> agent.path("agent_id").asText());
    }

    private CompletionStage<Reply> load(Call call) {
        String which = call.path("id");
        AgentId agent =
                rooms.directory()
                        .find(which)
                        .orElseThrow(
                                () ->
                                        ApiException.notFound(
                                                "no agent " + Wire.quote(which) + " is known here"))
                        .card()
                        .agentId();
        ObjectNode answer = Wire.object().put("agent_id", agent.value());
        answer.put("until", loads.at()).put("step_seconds", 60).set("load", loads.of(agent));
        return Reply.ok(answer);
    }

    private ObjectNode describe(KnownAgent agent) {
        ObjectNode json = (ObjectNode) Wire.node(agent.card());
        Mesh mesh = rooms.mesh;
        Optional<Peer> peer = mesh == null ? Optional.empty() : mesh.peer(agent.card().agentId());
        json.put("health", agent.health()).put("local", agent.local());
        json.put(
                "path",
                agent.local() ? "local" : peer.map(link -> link.path().wireName()).orElse(""));
        return json.put("rtt_ms", peer.map(Peer::rttMillis).orElse(-1.0));
    }

    private CompletionStage<Reply> topology(Call call) {
        Collection<KnownAgent> agents = rooms.agents();
        ObjectNode topology = Wire.object();
        ArrayNode nodes = topology.putArray("nodes");
        for (KnownAgent agent : agents) {
            ObjectNode node =
                    nodes.addObject()
                            .put("id", agent.card().agentId().value())
                            .put("name", agent.card().name());
            node.put("health", agent.health())
                    .put("local", agent.local())
                    .put("version", agent.card().version())
                    .put("platform", agent.card().platform());
        }
        String self =
                agents.stream()
                        .filter(KnownAgent::local)
                        .findFirst()
                        .map(agent -> agent.card().agentId().value())
                        .orElse("");
        ArrayNode edges = topology.putArray("edges");
        Mesh mesh = rooms.mesh;
        for (Peer peer : mesh == null ? List.<Peer>of() : mesh.peers()) {
            ObjectNode edge =
                    edges.addObject()
                            .put("source", self)
                            .put("target", peer.id().value())
                            .put("path", peer.path().wireName());
            edge.put("rtt_ms", peer.rttMillis())
                    .put("bytes_sent", peer.bytesSent())
                    .put("bytes_received", peer.bytesReceived())
                    .put("candidate_pair", peer.candidatePair())
                    .put("since", peer.since());
        }
        return Reply.ok(topology);
    }
}
