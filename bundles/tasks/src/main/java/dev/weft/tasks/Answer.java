package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.MessageHandler.Reply;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way back for one request of a peer: pieces and progress if it wants them, then exactly one response. Thread-safe. */
final class Answer implements RunListener {
    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

    private final Reply reply;
    private final boolean textual;
    private final AtomicInteger pieces = new AtomicInteger();
    private final AtomicBoolean given = new AtomicBoolean();

    /** @param textual whether the peer expects the result as text, as agents of the reference do */
    Answer(Reply reply, boolean textual) {
        this.reply = reply;
        this.textual = textual;
    }

    /** Answers when the task is final. */
    void follow(Run run, boolean stream) {
        if (stream) {
            run.follow(this);
            try {
                run.onChunk(this::piece);
            } catch (IllegalStateException unreachable) {
                LOG.debug("task {}: its caller cannot be reached", run.task().id());
            }
        }
        run.done().thenAccept(this::respond);
    }

    @Override
    public void changed(Task task) {
        if (task.state() == TaskState.WORKING) {
            send(
                    MeshMessage.TASK_PROGRESS,
                    Wire.object().put("fraction", 0).put("note", "")); // it has started
        }
    }

    @Override
    public void progress(Task task, double fraction, String note) {
        send(MeshMessage.TASK_PROGRESS, Wire.object().put("fraction", fraction).put("note", note));
    }

    private void piece(String text) {
        if (!send(
                MeshMessage.TASK_STREAM_CHUNK,
                Wire.object()
                        .put("text", text)
                        .put("done", false)
                        .put("seq", pieces.getAndIncrement()))) {
            throw new IllegalStateException("the caller cannot be reached, or does not keep up");
        }
    }

    void respond(Task task) {
        if (pieces.get() > 0) {
            send(
                    MeshMessage.TASK_STREAM_CHUNK,
                    Wire.object().put("text", "").put("done", true).put("seq", pieces.get()));
        }
        if (task.state() == TaskState.COMPLETED) {
            ObjectNode payload = Wire.object();
            JsonNode result = task.result();
            if (textual) {
                payload.put("result", result.isTextual() ? result.textValue() : result.toString());
            } else {
                payload.set("result", result);
            }
            give(payload);
        } else {
            refuse(task.error().code(), task.error().message());
        }
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
            send(
                    MeshMessage.TASK_RESPONSE,
                    Wire.object()
                            .put("error", "the result could not be sent: " + tooLarge.getMessage())
                            .put("code", "skill_failed"));
        }
    }

    private boolean send(String type, ObjectNode payload) {
        try {
            return reply.send(type, payload);
        } catch (LinkException e) {
            LOG.debug("{} could not be sent: {}", type, e.getMessage());
            return false;
        }
    }
}
