package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One task that a peer carries out for us. */
final class RemoteWork {
    /** Codes with which a peer refuses what it never started. */
    private static final Set<String> REFUSALS =
            Set.of(
                    "unknown_skill",
                    "unknown_tool",
                    "bad_arguments",
                    "bad_task",
                    "busy",
                    "too_deep");

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int MAX_ERROR = 4000;

    private final Run run;
    private final Mesh mesh;
    private final Choice choice;
    private final Clock clock;
    private volatile boolean answered;

    RemoteWork(Run run, Mesh mesh, Choice choice, Clock clock) {
        this.run = run;
        this.mesh = mesh;
        this.choice = choice;
        this.clock = clock;
    }

    void start(String reference) {
        Duration left = Duration.between(clock.instant(), run.task().deadline());
        if (choice.plain()) {
            run.working(path()); // it will not tell us when it starts
        }
        CompletableFuture<MeshMessage> answer;
        try {
            answer =
                    mesh.request(
                            choice.agent(),
                            MeshMessage.TASK_REQUEST,
                            request(reference, left),
                            left.plus(GRACE),
                            this::interim);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<MeshMessage> pending = answer;
        answer.whenComplete(this::answered);
        run.atEnd(
                () -> {
                    if (!answered) {
                        pending.cancel(false);
                        mesh.send(
                                choice.agent(),
                                MeshMessage.TASK_CANCEL,
                                "",
                                Wire.object().put("task_id", run.task().id()));
                    }
                });
    }

    private ObjectNode request(String reference, Duration left) {
        Task task = run.task();
        ObjectNode payload = Wire.object();
        payload.put("message", choice.plain() ? Arguments.message(task.input()) : "");
        payload.put("skill", reference);
        payload.set("args", task.input());
        payload.put("timeout_ms", Math.max(1, left.toMillis()));
        payload.put("task_id", task.id());
        payload.put("stream", !choice.plain()); // a plain peer takes any message for its answer
        payload.put("depth", run.depth());
        return payload;
    }

    private void interim(MeshMessage message) {
        run.working(path());
        JsonNode payload = message.payload();
        if (message.type().equals(MeshMessage.TASK_STREAM_CHUNK)) {
            String text = payload.path("text").asText("");
            if (!text.isEmpty()) {
                try {
                    run.emit(text);
                } catch (IllegalStateException nobodyListens) {
                    // what was streamed is lost to latecomers; the result is what counts
                }
            }
        } else if (message.type().equals(MeshMessage.TASK_PROGRESS)) {
            double fraction = payload.path("fraction").asDouble();
            String note = payload.path("note").asText("");
            if (fraction > 0 || !note.isEmpty()) {
                run.progress(fraction, note);
            }
        }
    }

    private void answered(MeshMessage answer, Throwable failure) {
        if (run.isFinal()) {
            return; // a late answer, or we gave up ourselves
        }
        answered = true;
        if (failure != null) {
            unreachable(
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure);
        } else if (!answer.type().equals(MeshMessage.TASK_RESPONSE)) {
            fail(
                    "skill_failed",
                    choice.name() + " answered the task with " + Wire.quote(answer.type()));
        } else if (failed(answer.payload())) {
            JsonNode code = answer.payload().path("code");
            JsonNode error = answer.payload().get("error");
            String text = error.isTextual() ? error.textValue() : error.toString();
            fail(
                    code.asText().matches("[a-z][a-z_]{0,39}") ? code.asText() : "skill_failed",
                    text.length() > MAX_ERROR ? text.substring(0, MAX_ERROR) + "…" : text);
        } else if (answer.payload().has("result")) {
            run.complete(answer.payload().get("result"), path());
        } else {
            fail("skill_failed", choice.name() + " answered with neither result nor error");
        }
    }

    /** Agents of the reference send an empty error beside their result. */
    private static boolean failed(JsonNode payload) {
        return payload.hasNonNull("error")
                && !(payload.has("result") && payload.path("error").asText("-").isEmpty());
    }

    private void unreachable(Throwable failure) {
        String code = failure instanceof MeshException mesh ? mesh.code() : "";
        if (code.equals("timeout")) {
            fail("deadline_exceeded", choice.name() + " did not answer in time");
        } else if (code.equals("busy")) {
            fail(
                    "busy",
                    "too much is waiting to be sent to "
                            + choice.name()
                            + ": "
                            + failure.getMessage());
        } else {
            fail(
                    choice.offline() ? "agent_offline" : "unreachable",
                    choice.name() + " cannot be reached: " + failure.getMessage());
        }
    }

    private void fail(String code, String message) {
        boolean started = run.task().state() != TaskState.SUBMITTED;
        TaskState end =
                code.equals("canceled")
                        ? TaskState.CANCELED
                        : !started && REFUSALS.contains(code)
                                ? TaskState.REJECTED
                                : TaskState.FAILED;
        run.end(end, new TaskError(code, message), path());
    }

    private String path() {
        return mesh.peer(choice.agent())
                .map(peer -> peer.path().wireName())
                .orElse(run.task().path());
    }
}
