package dev.weft.tasks;

import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskException;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries tasks out with the skills of this host, a bounded number at a time. A task that another one waits for is let in
 * above the bound: nothing ever waits for room, so nested calls cannot lock each other out. Thread-safe. */
final class LocalHost {
    private static final Logger LOG = LoggerFactory.getLogger(LocalHost.class);

    private final Skills skills;
    private final ExecutorService executor;
    private final Clock clock;
    private final int maxRunning;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger counted = new AtomicInteger();

    /** The task that a thread works on: what it submits is nested in it. */
    private final ThreadLocal<Run> current = new ThreadLocal<>();

    LocalHost(Skills skills, ExecutorService executor, Clock clock, int maxRunning) {
        this.skills = skills;
        this.executor = executor;
        this.clock = clock;
        this.maxRunning = maxRunning;
    }

    double load() {
        return Math.min(1.0, (double) running.get() / maxRunning);
    }

    /** How deep a task is that the calling thread submits: below the task that it works on, if any. */
    int depth(int claimed) {
        Run outer = current.get();
        return Math.max(claimed, outer == null ? 0 : outer.depth() + 1);
    }

    void start(Run run, String reference) {
        Skills.Call call;
        try {
            call = skills.prepare(reference, run.task().input());
        } catch (TaskException e) {
            run.reject(e.error().code(), e.error().message());
            return;
        } catch (RuntimeException e) {
            LOG.warn("task {}: {} could not be prepared", run.task().id(), reference, e);
            run.reject("skill_failed", reference + " could not be prepared: " + e);
            return;
        }
        run.assign(call.skill(), call.tool(), run.task().target());
        boolean counts = !run.isNested();
        if (counts && counted.incrementAndGet() > maxRunning) {
            counted.decrementAndGet();
            call.close();
            run.reject(
                    "busy",
                    "this host already runs "
                            + maxRunning
                            + " tasks; try again later, or on another host");
            return;
        }
        running.incrementAndGet();
        LocalWork work = new LocalWork(run, call, new RunContext(run, clock), current);
        try {
            executor.execute(
                    () -> {
                        try {
                            work.run();
                        } finally {
                            leave(counts);
                        }
                    });
        } catch (RejectedExecutionException e) {
            leave(counts);
            call.close();
            run.reject(
                    "busy",
                    "this host has no thread to spare; try again later, or on another host");
        }
    }

    private void leave(boolean counts) {
        running.decrementAndGet();
        if (counts) {
            counted.decrementAndGet();
        }
    }
}
