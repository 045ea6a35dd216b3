package dev.weft.http.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.registry.Inbox;
import dev.weft.api.task.Task;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;

/** The one shape of a task in JSON, wherever it comes from: the reference's members, and Weft's. */
final class TaskJson {
    private TaskJson() {}

    static ObjectNode of(Task task) {
        ObjectNode json =
                Wire.object()
                        .put("id", task.id())
                        .put("skill", task.skill())
                        .put("tool", task.tool() == null ? "" : task.tool());
        String target = task.target() == null ? "" : task.target().value();
        json.put("target_agent_id", target)
                .put("source_agent_id", task.source().value())
                .put("assigned_agent_id", target);
        json.set("payload", task.input());
        json.put("state", task.state().wireName())
                .put("path", task.path() == null ? "" : task.path());
        json.set("result", task.result());
        if (task.error() == null) {
            json.put("error", "");
        } else {
            json.putObject("error")
                    .put("code", task.error().code())
                    .put("message", task.error().message());
        }
        Instant created = task.created() == null ? task.deadline() : task.created();
        json.put("created_at", seconds(created))
                .put("updated_at", seconds(task.updated() == null ? created : task.updated()));
        return json.put(
                "ttl",
                Math.max(
                        0,
                        Math.round(
                                Duration.between(created, task.deadline()).toMillis() / 1000.0)));
    }

    static ObjectNode of(Inbox.Entry entry) {
        ObjectNode json = (ObjectNode) Wire.node(entry);
        return json.put("tool", "").put("path", "");
    }

    /** Whether an agent asked for a task, is meant by it or works on it. */
    static boolean concerns(ObjectNode task, Predicate<String> agent) {
        return agent.test(task.path("source_agent_id").asText())
                || agent.test(task.path("target_agent_id").asText())
                || agent.test(task.path("assigned_agent_id").asText());
    }

    private static double seconds(Instant instant) {
        return instant.toEpochMilli() / 1000.0;
    }
}
