package dev.weft.api.task;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** A submitted task. Thread-safe. */
@ProviderType
public interface TaskHandle {
    /** The task as it is now.
     * @return never null */
    Task task();

    /** Done when the task is safe from a crash of this host, if it is durable; at once if not.
     * @return completes with the task as it was accepted or refused; fails with a {@link TaskException} of code {@code not_stored}
     *     if the disk did not take it */
    default CompletableFuture<Task> accepted() {
        return CompletableFuture.completedFuture(task());
    }

    /** Done when the task is final, whatever the end: it never fails. Cancelling the future does not cancel the task.
     * @return completes with the final task, on a thread that must not be blocked for long */
    CompletableFuture<Task> done();

    /** Hears the pieces that the skill emits, from the first on, in order.
     * @param subscriber must not block */
    void onChunk(Consumer<String> subscriber);
}
