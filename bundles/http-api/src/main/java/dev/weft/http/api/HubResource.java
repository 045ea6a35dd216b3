package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.Role;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.Inbox;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Heartbeats of agents; the answer carries the tasks that waited for them. */
final class HubResource implements Resource {
    private final Rooms rooms;

    HubResource(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                        "/api/hub/heartbeat",
                        "A sign of life; answers the tasks that wait. Absent members change nothing",
                        Route.roles(Role.ADMIN, Role.AGENT),
                        this::heartbeat));
    }

    private CompletionStage<Reply> heartbeat(Call call) {
        JsonNode body = call.json();
        String named = Call.text(body, "agent_id");
        AgentId id = named.isEmpty() ? call.caller().agent() : new AgentId(named);
        call.caller().mayEnter(id, rooms.pairing);
        AgentRecord agent = rooms.registry().heartbeat(id, body);
        Inbox inbox = rooms.inbox;
        List<Inbox.Entry> waiting =
                inbox == null ? List.of() : inbox.take(id, agent.card().capabilities().skills());
        boolean weft = !agent.card().publicKey().isEmpty();
        Object tasks = weft ? waiting : waiting.stream().map(HubResource::plain).toList();
        return Reply.ok(Map.of("status", "ok", "pending_tasks", tasks));
    }

    /** A task with the members that the reference knows, which has no use for others. */
    private static ObjectNode plain(Inbox.Entry task) {
        ObjectNode json = (ObjectNode) Wire.node(task);
        json.remove(List.of("traceparent", "request_id"));
        return json;
    }
}
