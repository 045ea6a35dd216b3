package dev.weft.deploy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
    private static final int AT_ONCE = 16;
    private final Loop loop;
    private final Deque<Job> waiting = new ArrayDeque<>();
    private final Map<Job, Thread> running = new HashMap<>();

    Crew(Loop loop) {
        this.loop = loop;
    }

    /** Work that may fail in any way. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private record Job(String name, Duration limit, Work work, CompletableFuture<Void> done) {
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
    CompletableFuture<Void> run(String name, Duration limit, Work work) {
        Job job = new Job(name, limit, work, new CompletableFuture<>());
        if (running.size() < AT_ONCE) {
            launch(job);
        } else {
            waiting.add(job);
        }
        return job.done();
    }

    private void launch(Job job) {
        Thread thread =
                daemon("weft-deploy " + job.name())
                        .newThread(
                                () -> {
                                    Throwable failure = null;
                                    try {
                                        job.work().run();
                                    } catch (Throwable e) {
                                        failure = e;
                                    }
                                    Throwable outcome = failure;
                                    loop.execute(() -> end(job, outcome));
                                });
        running.put(job, thread);
        thread.start();
        loop.after(
                job.limit(),
                () -> {
                    if (running.containsKey(job)) {
                        LOG.warn(
                                "Thread \"{}\" did not end within {} s; it is interrupted and left behind",
                                thread.getName(),
                                job.limit().toSeconds());
                        thread.interrupt();
                        end(job, new TimeoutException(job.name()));
                    }
                });
    }

    private void end(Job job, Throwable failure) {
        if (running.remove(job) == null) {
            LOG.info("What was left behind has ended: {}", job.name());
            return;
        }
        Job next = waiting.poll();
        if (next != null) {
            launch(next);
        }
        if (failure == null) {
            job.done().complete(null);
        } else {
            job.done().completeExceptionally(failure);
        }
    }

    /** Starts nothing more and interrupts what runs. */
    @Override
    public void close() {
        waiting.clear();
        running.values().forEach(Thread::interrupt);
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
