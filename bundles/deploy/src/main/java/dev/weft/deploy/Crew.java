package dev.weft.deploy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs foreign code that may hang (a bundle's start and stop), a few at a time and each on a thread of its own. One that overruns its
 * limit is interrupted and left behind: its place is free for the next. Used on the loop only.
 */
final class Crew implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Crew.class);
    private final Loop loop;
    private final int atOnce;
    private final Deque<Job<?>> waiting = new ArrayDeque<>();
    private final Map<Job<?>, Work> running = new HashMap<>();

    Crew(Loop loop, int atOnce) {
        this.loop = loop;
        this.atOnce = atOnce;
    }

    /** What runs, and what ends it when its time is over. */
    private record Work(Thread thread, Future<?> alarm) {}

    private record Job<T>(
            String name, Duration limit, Callable<T> work, CompletableFuture<T> done) {
        // Two jobs are never the same one, whatever they say.
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Runs work.
     * @param limit counts from when it begins
     * @return completes on the loop; with a {@link TimeoutException} if the limit passed */
    <T> CompletableFuture<T> run(String name, Duration limit, Callable<T> work) {
        Job<T> job = new Job<>(name, limit, work, new CompletableFuture<>());
        if (running.size() < atOnce) {
            launch(job);
        } else {
            waiting.add(job);
        }
        return job.done();
    }

    private <T> void launch(Job<T> job) {
        Thread thread =
                daemon("weft-deploy " + job.name())
                        .newThread(
                                () -> {
                                    T result = null;
                                    Throwable failure = null;
                                    try {
                                        result = job.work().call();
                                    } catch (Throwable e) {
                                        failure = e;
                                    }
                                    T value = result;
                                    Throwable cause = failure;
                                    loop.execute(() -> end(job, value, cause));
                                });
        Future<?> alarm =
                loop.after(
                        job.limit(),
                        () -> {
                            LOG.warn(
                                    "Thread \"{}\" did not end within {} s; it is interrupted and left behind",
                                    thread.getName(),
                                    job.limit().toSeconds());
                            thread.interrupt();
                            end(job, null, new TimeoutException(job.name()));
                        });
        running.put(job, new Work(thread, alarm));
        thread.start();
    }

    private <T> void end(Job<T> job, T value, Throwable failure) {
        Work work = running.remove(job);
        if (work == null) {
            LOG.info("What was left behind has ended: {}", job.name());
            return;
        }
        work.alarm().cancel(false); // it holds the thread, and that the code of a skill
        Job<?> next = waiting.poll();
        if (next != null) {
            launch(next);
        }
        if (failure == null) {
            job.done().complete(value);
        } else {
            job.done().completeExceptionally(failure);
        }
    }

    /** Tells whether there is work that has not ended. */
    boolean isBusy() {
        return !running.isEmpty();
    }

    /** Starts nothing more and interrupts what runs. */
    @Override
    public void close() {
        waiting.clear();
        running.values().forEach(work -> work.thread().interrupt());
    }

    /** Makes daemon threads with a fixed class loader: one that is born in a skill's call would keep the skill's for good. */
    static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.setContextClassLoader(Crew.class.getClassLoader());
            return thread;
        };
    }
}
