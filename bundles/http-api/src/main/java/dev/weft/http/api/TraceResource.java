package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.OPERATOR;
import static dev.weft.api.identity.Role.VIEWER;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.registry.Inbox;
import dev.weft.api.task.Tasks;
import dev.weft.api.task.Trace;
import dev.weft.protocol.Traceparent;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A trace over all hosts that did a part of it. */
final class TraceResource implements Resource {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int MOST = 1000;
    private final Rooms rooms;
    private final HostIdentity identity;

    TraceResource(Rooms rooms, HostIdentity identity) {
        this.rooms = rooms;
        this.identity = identity;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/hub/traces/{id}",
                        "Tasks and agents' parts of a trace on all hosts that took part, by this host's clock; within 3 s",
                        Route.roles(ADMIN, OPERATOR, VIEWER),
                        this::trace));
    }

    private CompletionStage<Reply> trace(Call call) {
        String id = call.path("id");
        Tasks tasks = rooms.tasks;
        Inbox inbox = tasks == null ? rooms.inbox() : null;
        if (!id.matches("[0-9a-f]{32}")) {
            throw ApiException.bad("bad_trace", "a trace is 32 hexadecimal digits");
        }
        if (tasks == null) {
            return Reply.ok(json(new Trace(id, kept(inbox, id), List.of())));
        }
        return tasks.gather(id, PATIENCE).thenApply(trace -> Reply.json(200, json(trace)));
    }

    /** A registry and nothing else knows of a trace what its inbox keeps. */
    private List<Trace.Span> kept(Inbox inbox, String id) {
        return inbox.list(MOST).stream()
                .filter(task -> Traceparent.trace(task.traceparent()).equals(id))
                .map(
                        task ->
                                new Trace.Span(
                                        task.id(),
                                        identity.agentId().value(),
                                        task.skill(),
                                        "",
                                        task.source(),
                                        task.assigned().isEmpty() ? task.target() : task.assigned(),
                                        task.state(),
                                        at(task.createdAt()),
                                        InboxWait.isFinal(task) ? at(task.updatedAt()) : null,
                                        List.of()))
                .toList();
    }

    private static Instant at(double seconds) {
        return Instant.ofEpochMilli(Math.round(seconds * 1000));
    }

    private static ObjectNode json(Trace trace) {
        ObjectNode json = Wire.object().put("trace", trace.id());
        ArrayNode spans = json.putArray("spans");
        for (Trace.Span span : trace.spans()) {
            ObjectNode one =
                    spans.addObject()
                            .put("id", span.id())
                            .put("host", span.host())
                            .put("skill", span.skill())
                            .put("tool", span.tool())
                            .put("source", span.source())
                            .put("target", span.target())
                            .put("state", span.state())
                            .put("start", TaskJson.seconds(span.start()));
            one.put("end", span.end() == null ? null : TaskJson.seconds(span.end()));
            one.set("steps", TaskJson.steps(span.steps()));
        }
        json.set("hosts", Wire.node(trace.hosts()));
        return json;
    }
}
