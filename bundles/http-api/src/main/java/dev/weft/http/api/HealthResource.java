package dev.weft.http.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Readiness;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Whether this host works. Strangers learn which check fails, but not why. */
final class HealthResource implements Resource {
    private final Rooms rooms;
    private final String version;

    HealthResource(Rooms rooms, String version) {
        this.rooms = rooms;
        this.version = version;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                new Route(
                        "GET",
                        "/api/health",
                        Route.Access.OPEN,
                        Set.of(),
                        Route.Body.NONE,
                        true,
                        "Whether the host is ready, check by check; 503 if it is not",
                        this::health));
    }

    private CompletionStage<Reply> health(Call call) {
        Readiness readiness = rooms.readiness;
        Map<String, HealthCheck.Status> checks =
                readiness == null
                        ? Map.of(
                                "health",
                                HealthCheck.Status.notReady(
                                        "the bundle dev.weft.health is not running"))
                        : readiness.checks();
        boolean ready =
                checks.values().stream().noneMatch(status -> !status.ok() && status.blocking());
        boolean trusted = call.caller() != null || Addresses.isLocal(call.request());
        ObjectNode body =
                Wire.object().put("status", ready ? "ready" : "not-ready").put("version", version);
        ObjectNode list = body.putObject("checks");
        checks.forEach(
                (name, status) -> {
                    ObjectNode check = list.putObject(name).put("ok", status.ok());
                    if (trusted) {
                        check.put("detail", status.detail());
                    }
                });
        return Reply.of(ready ? 200 : 503, body);
    }
}
