package dev.weft.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.registry.Inbox;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.TaskStep;
import dev.weft.protocol.Traceparent;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
        json.put("sequence", task.sequence())
                .put("attempt", task.attempt())
                .put("traceparent", task.traceparent());
        if (task.question() != null) {
            json.set("question", Wire.node(task.question()));
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

    /** With what became of the task, step by step. */
    static ObjectNode traced(Task task, List<TaskStep> steps) {
        ObjectNode json = of(task);
        addSteps(json, steps);
        return json;
    }

    static void addSteps(ObjectNode json, List<TaskStep> steps) {
        json.set("trace", steps(steps));
    }

    static ArrayNode steps(List<TaskStep> steps) {
        ArrayNode trace = Wire.object().putArray("steps");
        for (TaskStep step : steps) {
            trace.addObject()
                    .put("at", seconds(step.at()))
                    .put("agent", step.agent())
                    .put("what", step.what())
                    .put("note", step.note());
        }
        return trace;
    }

    /** The trace that a task belongs to: 32 hex digits of its traceparent, "" if it has none. */
    static String trace(ObjectNode task) {
        return Traceparent.trace(task.path("traceparent").asText());
    }

    /** As agents of the mesh read it: they know the reference's four states; the one in full is beside it. */
    static ObjectNode forAgents(ObjectNode json) {
        String state = json.path("state").asText();
        for (TaskState known : TaskState.values()) {
            if (known.wireName().equals(state)) {
                json.put("task_state", state).put("state", known.referenceName());
            }
        }
        return json;
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

    static double seconds(Instant instant) {
        return instant.toEpochMilli() / 1000.0;
    }
}
