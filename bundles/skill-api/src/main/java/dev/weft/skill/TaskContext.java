package dev.weft.skill;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a running call can know and do beyond its arguments. A {@code @Tool} method that wants it declares one parameter of
 * this type, which is no part of its schema. Thread-safe; valid until the call returns.
 */
@ProviderType
public interface TaskContext {
    /** The id of the task that this call carries out.
     * @return never null */
    String taskId();

    /** Who asked: the agent id of the caller.
     * @return never null */
    String caller();

    /** The time by which the call must be done; work past it is discarded.
     * @return UTC, never null */
    Instant deadline();

    /** Whether the caller gave up or the deadline has passed. Long work asks now and then, and stops. The thread of a
     * canceled call is interrupted too.
     * @return true if the result is no longer wanted */
    boolean isCanceled();

    /** Tells how far the work is.
     * @param fraction 0 to 1
     * @param note a few words; may be empty */
    void progress(double fraction, String note);

    /** Sends a piece of the result ahead. Pieces arrive in order.
     * @param text the piece
     * @throws IllegalStateException if too much is waiting to be sent and the caller does not keep up */
    void emit(String text);
}
