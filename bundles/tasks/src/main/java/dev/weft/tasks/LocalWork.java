package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskState;
import dev.weft.skill.TaskContext;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of a skill of this host, on a thread that can be interrupted as long as the call is running, and not after. The thread
 * may be that of a caller, which others interrupt too: what they mean by it stays. */
final class LocalWork implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalWork.class);
    static final String PATH = "local";

    private final Run run;
    private final Skills.Call call;
    private final TaskContext context;
    private final ThreadLocal<Run> current;
    private final BooleanSupplier stopping;
    private Thread thread;
    private boolean interrupted;

    /** @param stopping whether this host stops: then a durable task that breaks off is begun again after the next start */
    LocalWork(
            Run run,
            Skills.Call call,
            TaskContext context,
            ThreadLocal<Run> current,
            BooleanSupplier stopping) {
        this.run = run;
        this.call = call;
        this.context = context;
        this.current = current;
        this.stopping = stopping;
        run.atEnd(this::interrupt);
    }

    @Override
    public void run() {
        LogContext.within(run.task().traceparent(), this::work);
    }

    private void work() {
        try (call) {
            run.attempt();
            if (!run.working(PATH)) {
                return; // canceled before its turn came
            }
            claim(Thread.currentThread());
            Run outer = current.get();
            current.set(run);
            JsonNode result;
            try {
                if (run.isFinal()) {
                    return; // canceled between the two lines above, when there was no thread to
                    // interrupt
                }
                result = call.run(context);
            } finally {
                release(outer);
            }
            if (!run.complete(result, PATH)) {
                LOG.debug(
                        "task {}: the result of {} came too late and was dropped",
                        run.task().id(),
                        call.skill());
            }
        } catch (InterruptedException e) {
            interrupted();
        } catch (TaskException e) {
            fail(e.error().code(), e.error().message());
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            LOG.warn("task {}: {} failed", run.task().id(), name(), e);
            fail("skill_failed", name() + " failed: " + e);
        } catch (Error e) {
            fail("skill_failed", name() + " failed: " + e);
            throw e;
        }
    }

    private void fail(String code, String message) {
        if (stopping.getAsBoolean() && run.spec().isDurable()) {
            return; // its record stays as it is, and nobody is told of an end that is none
        }
        run.end(TaskState.FAILED, new TaskError(code, message), PATH);
    }

    private String name() {
        return call.skill() + "." + call.tool();
    }

    private void interrupted() {
        if (run.isLent() && !isInterrupted()) {
            Thread.currentThread().interrupt(); // meant for the caller
            run.end(TaskState.CANCELED, new TaskError("canceled", Caller.INTERRUPTED), PATH);
        } else {
            fail("skill_failed", "the call of " + name() + " was interrupted before it was done");
        }
    }

    /** A late cancel must not reach the next user of this thread, nor get lost if it was for the task that this one is called by. */
    private void release(Run outer) {
        if (outer == null) {
            current.remove();
        } else {
            current.set(outer);
        }
        claim(null);
        if (isInterrupted() || !run.isLent()) {
            Thread.interrupted();
        }
        if (outer != null && outer.isFinal()) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isInterrupted() {
        return interrupted;
    }

    private synchronized void claim(Thread owner) {
        thread = owner;
    }

    private synchronized void interrupt() {
        if (thread != null) {
            interrupted = true;
            thread.interrupt();
        }
    }
}
