package dev.weft.api.task;

import dev.weft.protocol.AgentId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** The task engine. Thread-safe; nothing here blocks but {@link #call}. */
@ProviderType
public interface Tasks {
    /** Accepts a task. What is wrong with it shows in the handle: a task that cannot be done is REJECTED, it does not throw.
     * @param request what is wanted
     * @return the handle */
    TaskHandle submit(TaskRequest request);

    /** Accepts a task and waits until it is final, whatever the end. One that lives in memory, that this host does and for which
     * there is room at once runs on the calling thread, which saves waking others: deadline and cancel interrupt it there, and a
     * skill that does not heed that holds the caller up until it returns. If the calling thread is interrupted, the task is
     * canceled and the thread's interrupt status stays set.
     * @param request what is wanted
     * @param accepted gets the handle before the call waits or works; must not block. If it throws, the task is canceled and the
     *     exception goes to the caller
     * @return the final task */
    Task call(TaskRequest request, Consumer<TaskHandle> accepted);

    /** One task of this host: submitted or carried out here.
     * @param id its id
     * @return empty if unknown, or finished too long ago */
    Optional<Task> find(String id);

    /** Tasks of this host, newest first; a bounded number of finished ones is kept.
     * @param limit at most so many
     * @return the tasks */
    List<Task> list(int limit);

    /** The handle of a task that is not final.
     * @param id its id
     * @return empty if unknown or final */
    Optional<TaskHandle> running(String id);

    /** Stops a task; reaches the running skill, here or on the peer.
     * @param id its id
     * @return false if it is unknown or final */
    boolean cancel(String id);

    /** Answers what a task of this host asks, wherever it runs.
     * @param id its id
     * @param answer what the person says
     * @return the task as it is now
     * @throws TaskException codes {@code unknown_task}, {@code not_asked}, {@code bad_answer}; {@code not_here} for an approval
     *     that only the host that carries the task out can take */
    Task answer(String id, TaskAnswer answer);

    /** What became of a task step by step, here and on the peer that did it.
     * @param id its id
     * @return in order of time, at most 100; empty if the task is unknown */
    List<TaskStep> trace(String id);

    /** Notes a part of a trace that one host's agent does for another's, beside tasks: which hosts took part, and when. A bounded number of
     * the newest is kept, in memory.
     * @param traceparent W3C trace context; anything else is not noted
     * @param peer the other host
     * @param given whether this host gave it; else it does it
     * @return to be told of its end */
    default Trace.Part part(String traceparent, AgentId peer, boolean given) {
        return good -> {};
    }

    /** Gathers a trace: what this host knows, and what the hosts tell that did a part of it for this host, and those that did one for
     * them. A host tells only who gave it a task or a question of that trace.
     * @param trace 32 hexadecimal digits
     * @param patience how long to wait for the others, at most
     * @return completes within {@code patience}, never with an error; who is away is named in it */
    default CompletableFuture<Trace> gather(String trace, Duration patience) {
        return CompletableFuture.completedFuture(new Trace(trace, List.of(), List.of()));
    }

    /** Share of what this host can run at once that is in use.
     * @return 0 to 1 */
    double load();
}
