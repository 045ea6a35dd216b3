package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.MessageHandler.Reply;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way back for one request of a peer: pieces and progress if it wants them, then exactly one response. Thread-safe. */
final class Answer implements RunListener {
    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

    private final Reply reply;
    private final boolean textual;
    private final boolean traced;
    private final AtomicBoolean given = new AtomicBoolean();
    private volatile Chunks.Listener listener;
    private volatile long pieces;
    private volatile boolean abandoned;

    /**
     * @param textual whether the peer expects the result as text, as agents of the reference do
     * @param traced whether the peer shows what happened here to its people
     */
    Answer(Reply reply, boolean textual, boolean traced) {
        this.reply = reply;
        this.textual = textual;
        this.traced = traced;
    }

    /** Answers when the task is final.
     * @param from number of the first piece that the peer does not have yet */
    void follow(Run run, boolean stream, long from) {
        if (stream) {
            run.follow(this);
            listener = (sequence, text) -> piece(run.task().attempt(), sequence, text);
            try {
                run.chunks().subscribe(from, listener);
            } catch (IllegalStateException unreachable) {
                LOG.debug("task {}: its caller cannot be reached", run.task().id());
            }
        }
        run.done().thenAccept(task -> respond(task, run.timeline()));
    }

    /** The peer has sent its request again: pieces and progress go there, the response to both. */
    void abandon(Run run) {
        abandoned = true;
        if (listener != null) {
            run.chunks().unsubscribe(listener);
        }
    }

    @Override
    public void changed(Task task) {
        if (task.state() == TaskState.WORKING) {
            send(
                    MeshMessage.TASK_PROGRESS,
                    Wire.object().put("fraction", 0).put("note", "")); // it has started
        } else if (task.question() != null) {
            TaskQuestion question = task.question();
            ObjectNode payload =
                    Wire.object()
                            .put("state", task.state().wireName())
                            .put("text", question.text());
            payload.set("schema", question.schema());
            payload.set("arguments", question.arguments());
            send(MeshMessage.TASK_INPUT_REQUIRED, payload);
        }
    }

    @Override
    public void progress(Task task, double fraction, String note) {
        send(MeshMessage.TASK_PROGRESS, Wire.object().put("fraction", fraction).put("note", note));
    }

    private void piece(int attempt, long sequence, String text) {
        pieces = sequence + 1;
        if (!send(
                MeshMessage.TASK_STREAM_CHUNK,
                Wire.object()
                        .put("text", text)
                        .put("done", false)
                        .put("attempt", attempt)
                        .put("seq", sequence))) {
            throw new IllegalStateException("the caller cannot be reached, or does not keep up");
        }
    }

    /** @param timeline what happened here; null if it is not known any more */
    void respond(Task task, Timeline timeline) {
        if (pieces > 0) {
            send(
                    MeshMessage.TASK_STREAM_CHUNK,
                    Wire.object()
                            .put("text", "")
                            .put("done", true)
                            .put("attempt", task.attempt())
                            .put("seq", pieces));
        }
        ObjectNode payload = Wire.object();
        if (task.state() == TaskState.COMPLETED) {
            JsonNode result = task.result();
            if (textual) {
                payload.put("result", result.isTextual() ? result.textValue() : result.toString());
            } else {
                payload.set("result", result);
            }
        } else {
            payload.put("error", task.error().message()).put("code", task.error().code());
        }
        if (traced && timeline != null) {
            payload.set("trace", timeline.own());
        }
        give(payload);
    }

    void refuse(String code, String message) {
        give(Wire.object().put("error", message).put("code", code));
    }

    private void give(ObjectNode payload) {
        if (given.getAndSet(true)) {
            return;
        }
        try {
            if (!reply.send(MeshMessage.TASK_RESPONSE, payload)) {
                LOG.debug("a peer went away before its task was answered");
            }
        } catch (LinkException tooLarge) {
            post(
                    MeshMessage.TASK_RESPONSE,
                    Wire.object()
                            .put("error", "the result could not be sent: " + tooLarge.getMessage())
                            .put("code", "skill_failed"));
        }
    }

    private boolean send(String type, ObjectNode payload) {
        return !abandoned && post(type, payload);
    }

    private boolean post(String type, ObjectNode payload) {
        try {
            return reply.send(type, payload);
        } catch (LinkException e) {
            LOG.debug("{} could not be sent: {}", type, e.getMessage());
            return false;
        }
    }
}
