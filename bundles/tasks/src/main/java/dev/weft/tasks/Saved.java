package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A durable task as the journal keeps it. Immutable.
 *
 * @param task as it stands
 * @param spec what does not change
 * @param said what people answered so far
 * @param shown digest of the call that a person is asked to approve; "" if nobody was asked
 * @param approved digest of the call that was approved; "" if none was
 */
record Saved(Task task, Spec spec, List<Dialogue.Said> said, String shown, String approved) {
    /** The whole of it, for the first record and for compaction. */
    ObjectNode whole() {
        ObjectNode json = change();
        json.set("input", task.input());
        json.put("skill", task.skill())
                .put("source", task.source().value())
                .put("created", task.created().toString())
                .put("deadline", task.deadline().toString())
                .put("traceparent", task.traceparent())
                .put("reference", spec.reference())
                .put("caller", spec.caller())
                .put("origin", name(spec.origin()))
                .put("depth", spec.depth())
                .put("nested", spec.nested())
                .put("key", spec.key())
                .put("idempotency_key", spec.options().idempotencyKey())
                .put("when_away", spec.options().whenAway())
                .put("priority", name(spec.options().priority()));
        spec.target().ifPresent(target -> json.put("wanted", target));
        return json;
    }

    /** What can change. */
    ObjectNode change() {
        ObjectNode json =
                Wire.object()
                        .put("id", task.id())
                        .put("skill", task.skill())
                        .put("tool", task.tool())
                        .put("target", task.target() == null ? "" : task.target().value())
                        .put("state", name(task.state()))
                        .put("path", task.path())
                        .put("updated", task.updated().toString())
                        .put("sequence", task.sequence())
                        .put("attempt", task.attempt())
                        .put("shown", shown)
                        .put("approved", approved);
        if (task.result() != null) {
            json.set("result", task.result());
        }
        json.set("error", task.error() == null ? null : Wire.node(task.error()));
        json.set("question", task.question() == null ? null : Wire.node(task.question()));
        json.set("said", Wire.node(said));
        return json;
    }

    /** Reads what {@link #whole} wrote, with later changes laid over it.
     * @throws RuntimeException if something is missing */
    static Saved read(ObjectNode json) {
        Task task =
                new Task(
                        json.get("id").asText(),
                        json.get("skill").asText(),
                        json.get("tool").asText(),
                        json.get("input"),
                        new AgentId(json.get("source").asText()),
                        json.get("target").asText().isEmpty()
                                ? null
                                : new AgentId(json.get("target").asText()),
                        TaskState.valueOf(upper(json, "state")),
                        json.get("path").asText(),
                        json.get("result"),
                        json.hasNonNull("error")
                                ? Wire.as(json.get("error"), TaskError.class)
                                : null,
                        Instant.parse(json.get("created").asText()),
                        Instant.parse(json.get("updated").asText()),
                        Instant.parse(json.get("deadline").asText()),
                        json.get("sequence").asLong(),
                        json.get("attempt").asInt(),
                        json.hasNonNull("question")
                                ? Wire.as(json.get("question"), TaskQuestion.class)
                                : null,
                        json.get("traceparent").asText());
        Spec spec =
                new Spec(
                        json.get("reference").asText(),
                        Optional.ofNullable(json.get("wanted")).map(JsonNode::asText),
                        json.get("caller").asText(),
                        Spec.Origin.valueOf(upper(json, "origin")),
                        json.get("depth").asInt(),
                        json.get("nested").asBoolean(),
                        json.get("key").asText(),
                        new TaskRequest.Options(
                                true,
                                json.get("idempotency_key").asText(),
                                json.get("when_away").asBoolean(),
                                TaskRequest.Priority.valueOf(upper(json, "priority")),
                                json.get("traceparent").asText()));
        List<Dialogue.Said> said = new ArrayList<>();
        json.path("said").forEach(one -> said.add(Wire.as(one, Dialogue.Said.class)));
        return new Saved(
                task,
                spec,
                List.copyOf(said),
                json.path("shown").asText(""),
                json.path("approved").asText(""));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String upper(ObjectNode json, String member) {
        return json.get(member).asText().toUpperCase(Locale.ROOT);
    }
}
