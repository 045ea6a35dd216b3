package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.Peer;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One task that a peer carries out for us. The request is sent again when there is reason to believe that it or its answer was
 * lost: always for a durable task, of which the peer keeps a record; for others only to take up again what the peer is doing.
 */
final class RemoteWork {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int MAX_ERROR = 4000;

    private final Run run;
    private final RemoteHost host;
    private final Choice choice;
    private final Retrying retrying;
    private final Pieces pieces = new Pieces();
    private CompletableFuture<MeshMessage> pending;
    private double linkSince;
    private boolean resuming;
    private boolean answered;

    RemoteWork(Run run, RemoteHost host, Choice choice) {
        this.run = run;
        this.host = host;
        this.choice = choice;
        this.retrying = new Retrying(run, choice);
        run.atEnd(this::stop);
    }

    void start() {
        if (choice.plain()) {
            run.working(path()); // it will not tell us when it starts
        }
        send("sent");
    }

    private void send(String what) {
        if (run.isFinal()) {
            return;
        }
        Mesh mesh = host.mesh().orElse(null);
        if (mesh == null) {
            failed(
                    "unreachable",
                    choice.name() + " cannot be reached: this host has no mesh running");
            return;
        }
        boolean linked = mesh.peer(choice.agent()).isPresent();
        if (!linked && !host.breakers().mayTry(choice.agent())) {
            failed("unreachable", choice.name() + " could not be reached several times just now");
            return;
        }
        run.attempt();
        run.step(what, "to " + choice.name());
        Duration left = run.left();
        double link = since(mesh); // before it is sent: the link may break while it is
        CompletableFuture<MeshMessage> request;
        try {
            request =
                    mesh.request(
                            choice.agent(),
                            MeshMessage.TASK_REQUEST,
                            request(left),
                            left.plus(GRACE),
                            this::interim);
        } catch (RuntimeException e) {
            request = CompletableFuture.failedFuture(e);
        }
        synchronized (this) {
            pending = request;
            linkSince = link;
        }
        CompletableFuture<MeshMessage> mine = request;
        mine.whenComplete((answer, failure) -> answered(mine, linked, answer, failure));
    }

    private ObjectNode request(Duration left) {
        Task task = run.task();
        ObjectNode payload = Wire.object();
        payload.put("message", choice.plain() ? Arguments.message(task.input()) : "");
        payload.put("skill", run.spec().reference());
        payload.set("args", task.input());
        payload.put("timeout_ms", Math.max(1, left.toMillis()));
        payload.put("task_id", task.id());
        payload.put("stream", !choice.plain()); // a plain peer takes any message for its answer
        payload.put("depth", run.spec().depth());
        payload.put("traceparent", task.traceparent());
        if (run.spec().isDurable()) {
            payload.put("idempotency_key", task.id());
        }
        synchronized (this) {
            if (resuming) {
                payload.put("resume", !run.spec().isDurable());
                pieces.tell(payload);
            }
        }
        return payload;
    }

    /** On a worker, with all that are away in turn: sends the request again if the link over which it went is gone or another one. */
    void look() {
        Mesh mesh = host.mesh().orElse(null);
        CompletableFuture<MeshMessage> lost;
        synchronized (this) {
            if (mesh == null || choice.plain() || pending == null || pending.isDone()) {
                return;
            }
            double since = since(mesh);
            if (since == linkSince) {
                return;
            }
            if (linkSince == 0 && !run.spec().isDurable()) {
                linkSince = since; // the link that the request waited for, as far as we know
                return;
            }
            lost = pending;
            pending = null;
            resuming = true;
        }
        lost.cancel(false);
        send("resumed");
    }

    private double since(Mesh mesh) {
        return mesh.peer(choice.agent()).map(Peer::since).orElse(0.0);
    }

    private void interim(MeshMessage message) {
        JsonNode payload = message.payload();
        switch (message.type()) {
            case MeshMessage.TASK_STREAM_CHUNK -> {
                run.working(path());
                piece(payload);
            }
            case MeshMessage.TASK_PROGRESS -> {
                run.working(path());
                double fraction = payload.path("fraction").asDouble();
                String note = payload.path("note").asText("");
                if (fraction > 0 || !note.isEmpty()) {
                    run.progress(fraction, note);
                }
            }
            case MeshMessage.TASK_INPUT_REQUIRED -> asked(payload);
            default -> run.working(path());
        }
    }

    /** A person is asked over there: whoever looks here sees it. */
    private void asked(JsonNode payload) {
        String text = payload.path("text").asText("");
        boolean approval =
                payload.path("state").asText().equals(TaskState.AUTH_REQUIRED.wireName());
        run.ask(
                approval ? TaskState.AUTH_REQUIRED : TaskState.INPUT_REQUIRED,
                new TaskQuestion(
                        text.length() > Dialogue.MAX_TEXT
                                ? text.substring(0, Dialogue.MAX_TEXT)
                                : text,
                        payload.get("schema"),
                        payload.get("arguments")),
                path());
    }

    /** What a person said here goes to where it is asked. */
    void answer(String text) {
        host.mesh()
                .ifPresent(
                        mesh ->
                                mesh.send(
                                        choice.agent(),
                                        MeshMessage.TASK_INPUT,
                                        "",
                                        Wire.object()
                                                .put("task_id", run.task().id())
                                                .put("answer", text)));
    }

    String peerName() {
        return choice.name();
    }

    private void piece(JsonNode payload) {
        Pieces.Taken piece = pieces.take(payload);
        if (!piece.broken().isEmpty()) {
            run.step("stream", choice.name() + " " + piece.broken());
            run.progress(0, choice.name() + " " + piece.broken());
        }
        if (piece.text().isEmpty()) {
            return;
        }
        try {
            run.emit(piece.text());
        } catch (IllegalStateException nobodyListens) {
            // what was streamed is lost to latecomers; the result is what counts
        }
    }

    private void answered(
            CompletableFuture<MeshMessage> mine,
            boolean linked,
            MeshMessage answer,
            Throwable failure) {
        if (!linked && failure == null) {
            host.breakers().reached(choice.agent());
        } else if (!linked) {
            host.breakers().missed(choice.agent());
        }
        synchronized (this) {
            if (run.isFinal() || pending != null && pending != mine || mine.isCancelled()) {
                return; // a late answer, or we gave up ourselves
            }
            answered = failure == null;
        }
        if (failure != null) {
            unreachable(
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure);
            return;
        }
        JsonNode payload = answer.payload();
        run.timeline().merge(choice.agent().value(), payload.path("trace"));
        if (!answer.type().equals(MeshMessage.TASK_RESPONSE)) {
            end(
                    "skill_failed",
                    choice.name() + " answered the task with " + Wire.quote(answer.type()));
        } else if (isError(payload)) {
            JsonNode code = payload.path("code");
            JsonNode error = payload.get("error");
            String text = error.isTextual() ? error.textValue() : error.toString();
            failed(
                    code.asText().matches("[a-z][a-z_]{0,39}") ? code.asText() : "skill_failed",
                    text.length() > MAX_ERROR ? text.substring(0, MAX_ERROR) + "…" : text);
        } else if (payload.has("result")) {
            run.complete(payload.get("result"), path());
        } else {
            end("skill_failed", choice.name() + " answered with neither result nor error");
        }
    }

    /** Agents of the reference send an empty error beside their result. */
    private static boolean isError(JsonNode payload) {
        return payload.hasNonNull("error")
                && !(payload.has("result") && payload.path("error").asText("-").isEmpty());
    }

    private void unreachable(Throwable failure) {
        String code = failure instanceof MeshException mesh ? mesh.code() : "";
        if (code.equals("timeout")) {
            end("deadline_exceeded", choice.name() + " did not answer in time");
        } else if (code.equals("busy")) {
            failed(
                    "busy",
                    "too much is waiting to be sent to "
                            + choice.name()
                            + ": "
                            + failure.getMessage());
        } else {
            failed(
                    choice.offline() ? "agent_offline" : "unreachable",
                    choice.name() + " cannot be reached: " + failure.getMessage());
        }
    }

    private void failed(String code, String message) {
        long delay = retrying.next(code);
        if (delay >= 0) {
            run.step("retried", code + ", again in " + delay + " ms");
            synchronized (this) {
                pending = null;
                answered = false;
                resuming |= run.task().state() != TaskState.SUBMITTED;
            }
            if (host.later(() -> send("sent"), delay)) {
                return;
            }
        }
        end(code.equals("unknown_task") ? "unreachable" : code, message);
    }

    private void end(String code, String message) {
        boolean started = run.task().state() != TaskState.SUBMITTED;
        TaskState end =
                code.equals("canceled")
                        ? TaskState.CANCELED
                        : code.equals("refused") || !started && Retrying.REFUSALS.contains(code)
                                ? TaskState.REJECTED
                                : TaskState.FAILED;
        run.end(end, new TaskError(code, message), path());
    }

    private void stop() {
        CompletableFuture<MeshMessage> open;
        synchronized (this) {
            open = answered ? null : pending;
            if (answered) {
                return;
            }
        }
        if (open != null) {
            open.cancel(false);
        }
        host.mesh()
                .ifPresent(
                        mesh ->
                                mesh.send(
                                        choice.agent(),
                                        MeshMessage.TASK_CANCEL,
                                        "",
                                        Wire.object().put("task_id", run.task().id())));
    }

    private String path() {
        return host.mesh()
                .flatMap(mesh -> mesh.peer(choice.agent()))
                .map(peer -> peer.path().wireName())
                .orElse(run.task().path());
    }
}
