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

    /** A name for this piece of work that stays the same when it is begun again, after a crash of this host for instance. A skill
     * that changes something outside keeps it with the change, and looks for it before it changes anything.
     * @return 1 to 260 characters */
    String idempotencyKey();

    /** How often the work was begun, this time included.
     * @return 1 for the first time */
    int attempt();

    /** Whether this call is begun again if the host crashes before it is done.
     * @return false for a task that lives in memory */
    default boolean isDurable() {
        return false;
    }

    /** How many tasks led to this one, on this host and others. Whoever hands work on in another way than by a task, such as a
     * question to an agent, passes it on, so that circles come to an end.
     * @return 0 for what a person asked for */
    default int depth() {
        return 0;
    }

    /** Asks a person and waits for the answer. The task is input-required meanwhile, and its deadline goes on. If the host
     * stops while it waits, the method is called again from its beginning once there is an answer, and gets it here at once.
     * @param question one or two sentences
     * @param choices the answers that are possible; none if any text is
     * @return the answer, one of the choices if there are any
     * @throws InterruptedException if the task was canceled or its deadline passed
     * @throws IllegalStateException if too many tasks wait for people already */
    String ask(String question, String... choices) throws InterruptedException;
}
