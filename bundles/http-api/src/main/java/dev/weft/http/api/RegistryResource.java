package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.AGENT;
import static dev.weft.api.identity.Role.OPERATOR;
import static dev.weft.api.identity.Role.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Role;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.RouteRequest;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The registry's directory, and the configuration it serves to hosts. */
final class RegistryResource implements Resource {
    private static final Set<Role> READERS = Route.roles(ADMIN, OPERATOR, VIEWER, AGENT);
    private static final Set<Role> KEEPERS = Route.roles(ADMIN, AGENT);

    /** Heartbeats tell loads anew every 15 s; some agent has room again sooner. */
    private static final int BUSY_SECONDS = 5;

    private final Rooms rooms;
    private final HostIdentity identity;

    RegistryResource(Rooms rooms, HostIdentity identity) {
        this.rooms = rooms;
        this.identity = identity;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/config",
                        "ICE servers with short-lived credentials",
                        READERS,
                        this::config),
                Route.get(
                        "/api/registry/agents",
                        "The directory",
                        READERS,
                        call ->
                                Page.of(
                                        call,
                                        rooms.registry().list(),
                                        agent -> agent.card().agentId().value())),
                Route.post(
                        "/api/registry/agents",
                        "Register an agent, or replace its card",
                        KEEPERS,
                        this::register),
                Route.get(
                        "/api/registry/agents/{id}",
                        "One agent",
                        READERS,
                        call -> Reply.ok(find(call))),
                Route.delete("/api/registry/agents/{id}", "Forget an agent", KEEPERS, this::remove),
                Route.get(
                        "/api/registry/agents/{id}/card",
                        "The card of an agent",
                        READERS,
                        call -> Reply.ok(find(call).card())),
                Route.get(
                        "/api/registry/route",
                        "The agent to ask for a skill, by label=KEY=VALUE too; never the caller",
                        READERS,
                        this::route));
    }

    private CompletionStage<Reply> config(Call call) {
        AgentId caller = call.caller().is(AGENT) ? call.caller().agent() : identity.agentId();
        var servers =
                rooms.need(
                                rooms.iceServers,
                                "this host is not a registry: it serves no ICE configuration")
                        .forCaller(caller);
        return Reply.ok(Map.of("iceServers", servers));
    }

    private CompletionStage<Reply> register(Call call) {
        JsonNode body = call.json();
        AgentCard card = Wire.as(body, AgentCard.class);
        call.caller().mayEnter(card.agentId(), rooms.pairing);
        return Reply.ok(rooms.registry().register(card));
    }

    private AgentRecord find(Call call) {
        AgentId id = new AgentId(call.path("id"));
        return rooms.registry()
                .find(id)
                .orElseThrow(() -> ApiException.notFound("no agent " + id + " is registered"));
    }

    private CompletionStage<Reply> remove(Call call) {
        AgentId id = new AgentId(call.path("id"));
        call.caller().mayActFor(id);
        if (!rooms.registry().remove(id)) {
            throw ApiException.notFound("no agent " + id + " is registered");
        }
        return Reply.ok(Map.of("removed", id.value()));
    }

    private CompletionStage<Reply> route(Call call) {
        String skill = call.query("skill");
        if (skill.isEmpty()) {
            throw ApiException.bad("missing_skill", "name the skill: ?skill=ID");
        }
        Optional<AgentId> caller =
                call.caller().is(AGENT) ? Optional.of(call.caller().agent()) : Optional.empty();
        RouteRequest request = new RouteRequest(skill, labels(call), caller, hops(call));
        return Reply.ok(
                routed(request)
                        .orElseThrow(
                                () ->
                                        new ApiException(
                                                404,
                                                "no_route",
                                                "no active agent offers the skill "
                                                        + Wire.quote(skill)
                                                        + (request.labels().isEmpty()
                                                                ? ""
                                                                : " with these labels"))));
    }

    private Optional<AgentRecord> routed(RouteRequest request) {
        try {
            return rooms.registry().route(request);
        } catch (ProtocolException refused) {
            throw refused.code().equals("all_busy")
                    ? new ApiException(503, refused.code(), refused.getMessage(), BUSY_SECONDS)
                    : new ApiException(409, refused.code(), refused.getMessage());
        }
    }

    private static Map<String, String> labels(Call call) {
        String[] given = call.request().getParameterValues("label");
        Map<String, String> labels = new LinkedHashMap<>();
        for (String label : given == null ? new String[0] : given) {
            int equals = label.indexOf('=');
            if (equals < 1) {
                throw ApiException.bad("bad_label", "a label is written label=KEY=VALUE");
            }
            labels.put(label.substring(0, equals), label.substring(equals + 1));
        }
        return labels;
    }

    /** How often the task was routed already: by header, as it travels with a request, or by parameter. */
    private static int hops(Call call) {
        String header = call.header("X-Weft-Hops");
        String hops = header == null ? call.query("hops") : header.strip();
        if (!hops.isEmpty() && !hops.matches("[0-9]{1,6}")) {
            throw ApiException.bad("bad_hops", "hops must be a number, 0 or more");
        }
        return hops.isEmpty() ? 0 : Integer.parseInt(hops);
    }
}
