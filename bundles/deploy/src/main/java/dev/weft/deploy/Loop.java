package dev.weft.deploy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which files are looked at and decisions are made, so that what is decided needs no lock. */
final class Loop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, Crew.daemon("weft-deploy"));

    Loop() {
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable task) {
        after(Duration.ZERO, task);
    }

    /** Runs a task later; not at all once the loop is closed.
     * @return cancels it, and then nothing of it is kept */
    Future<?> after(Duration delay, Runnable task) {
        try {
            return thread.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("The deploy loop is closed, a task is left out");
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Runs a task again and again. */
    void every(Duration period, Runnable task) {
        thread.scheduleWithFixedDelay(
                () -> guarded(task), 0, period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("The deploy loop met an error it did not expect; it goes on", e);
        }
    }

    /** Ends what runs and waits a little for it. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
