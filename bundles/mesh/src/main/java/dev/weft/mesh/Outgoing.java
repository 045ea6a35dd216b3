package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.MeshException;
import dev.weft.protocol.Acks;
import dev.weft.protocol.Deflate;
import dev.weft.protocol.JsonText;
import dev.weft.protocol.Lane;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One message on its way out, written once. Guarded by its {@link Outbox}, but for what is final. */
final class Outgoing {
    /** Where a message has no listener. */
    static final CompletableFuture<Void> NOBODY = new CompletableFuture<>();

    final JsonText json;
    final Lane usual;
    final boolean answer;
    final String requestId;
    final String taskId;
    private final Consumer<Link> carrier;
    private final CompletableFuture<?> outcome;
    private final Runnable left;

    Lane lane;

    /** Its place in the lane; -1 until it is sent for the first time. */
    long number = -1;

    /** What was sent before it in more urgent lanes. */
    Acks after = Acks.NONE;

    /** The link that carries it, or carried it last. */
    Link link;

    long sentAt;

    /** What is cut into pieces: the message or, where that is much shorter, its compressed form; null until it is cut. */
    JsonText whole;

    boolean deflated;
    int offset;

    /** Writes a message.
     * @param message what
     * @param carrier told which link will carry it, before it does
     * @param outcome fails if it cannot be sent; once it is done nothing is sent that has not begun to
     * @param left run when it left for the first time; may be null
     * @throws MeshException {@code too_large} */
    Outgoing(
            MeshMessage message,
            Consumer<Link> carrier,
            CompletableFuture<?> outcome,
            Runnable left) {
        json = Wire.json(message);
        if (json.length() > Wire.MAX_MESH_MESSAGE) {
            throw new MeshException(
                    "too_large",
                    "a message may have "
                            + Wire.MAX_MESH_MESSAGE
                            + " bytes, this "
                            + message.type()
                            + " has "
                            + json.length()
                            + "; send it in chunks or store it and send where it is");
        }
        usual = Lane.of(message.type(), json.length());
        answer = Pending.isFinal(message.type());
        requestId = message.requestId();
        taskId = message.payload().path("task_id").asText("");
        this.carrier = carrier;
        this.outcome = outcome;
        this.left = left;
    }

    /** Whether two messages belong to one request or task, so that neither may overtake the other. */
    boolean belongsWith(Outgoing other) {
        return !requestId.isEmpty() && requestId.equals(other.requestId)
                || !taskId.isEmpty() && taskId.equals(other.taskId);
    }

    /** Whether nobody wants it to be sent any more. */
    boolean given() {
        return number < 0 && outcome.isDone();
    }

    /** Makes it ready to be cut. */
    void cut(boolean deflate) {
        if (whole == null) {
            byte[] shorter = deflate ? Deflate.shrink(json) : null;
            deflated = shorter != null;
            whole = deflated ? JsonText.of(shorter) : json;
        }
    }

    void carriedBy(Link chosen) {
        carrier.accept(chosen);
    }

    void leftNow() {
        if (left != null) {
            left.run();
        }
    }

    void fail(MeshException reason) {
        if (outcome != NOBODY) {
            outcome.completeExceptionally(reason);
        }
    }
}
