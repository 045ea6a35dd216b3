package dev.weft.http.api;

import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.Inbox.Entry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Waits for the end of a task of the inbox. Its agent may report to another host of the registry, so the database is asked, ever more rarely. */
record InboxWait(Executor blocking, ScheduledExecutorService timer) {
    private static final Set<String> FINAL = Set.of("completed", "failed");
    private static final long FIRST_MILLIS = 50;
    private static final long LAST_MILLIS = 1000;

    /** Looks until it has ended, or the time is up.
     * @param inbox where it lies
     * @param task as it was submitted
     * @param patience how long, at most
     * @return the task as it is then */
    CompletableFuture<Entry> end(Inbox inbox, Entry task, Duration patience) {
        CompletableFuture<Entry> end = new CompletableFuture<>();
        again(inbox, task, FIRST_MILLIS, System.nanoTime() + patience.toNanos(), end);
        return end;
    }

    static boolean isFinal(Entry task) {
        return FINAL.contains(task.state());
    }

    private void again(
            Inbox inbox, Entry task, long millis, long deadline, CompletableFuture<Entry> end) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0 || isFinal(task)) {
            end.complete(task);
            return;
        }
        Runnable look =
                () -> {
                    try {
                        Entry now = inbox.find(task.id()).orElse(task);
                        again(inbox, now, Math.min(LAST_MILLIS, 2 * millis), deadline, end);
                    } catch (RuntimeException e) {
                        end.completeExceptionally(e);
                    }
                };
        try {
            timer.schedule(
                    () -> onWorker(look, task, end), Math.min(millis, left), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            end.complete(task);
        }
    }

    private void onWorker(Runnable look, Entry task, CompletableFuture<Entry> end) {
        try {
            blocking.execute(look);
        } catch (RejectedExecutionException full) {
            end.complete(task); // it goes on; whoever asks may ask again
        }
    }
}
