package dev.weft.agent;

import dev.weft.api.agent.Agent.Answer;
import dev.weft.api.task.TaskException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs prompts: each ends once, by its answer, its failure, its deadline, or because it was given up. */
final class Running {
    private static final Logger log = LoggerFactory.getLogger(Running.class);

    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private final Map<Ask, Runnable> stops = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Answer>> keyed = new HashMap<>();

    Running(ExecutorService blocking, ScheduledExecutorService timer) {
        this.blocking = blocking;
        this.timer = timer;
    }

    /** Starts the work of a prompt.
     * @param ask the prompt
     * @param timeout when it is given up
     * @param work comes to the answer
     * @return the answer; cancelling it stops the work */
    CompletableFuture<Answer> start(Ask ask, Duration timeout, Callable<Answer> work) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        AtomicBoolean ended = new AtomicBoolean();
        FutureTask<Void> thread = new FutureTask<>(() -> work(ask, work, answer, ended), null);
        ScheduledFuture<?> alarm =
                timer.schedule(
                        () -> end(ask, thread, answer, ended, ask.late()),
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS);
        stops.put(
                ask,
                () ->
                        end(
                                ask,
                                thread,
                                answer,
                                ended,
                                new TaskException(
                                        "canceled",
                                        "the agent of this host stops; ask again when it is back")));
        answer.whenComplete(
                (text, failure) -> {
                    alarm.cancel(false);
                    stops.remove(ask);
                    if (answer.isCancelled() && ended.compareAndSet(false, true)) {
                        ask.stop(new TaskException("canceled", "the prompt was given up"));
                        thread.cancel(true);
                    }
                });
        try {
            blocking.execute(thread);
        } catch (RejectedExecutionException e) {
            ended.set(true);
            answer.completeExceptionally(
                    new TaskException(
                            "busy", "this host does too much at once; ask again in a moment", e));
        }
        return answer;
    }

    /** Starts the work of a prompt that has a key, or waits for the same one if it is under way: the host that asked first may be back
     * after a crash.
     * @param key of the prompt and its sender
     * @param ask see {@link #start}
     * @param timeout see above
     * @param work see above
     * @return the answer; cancelling it stops the work if this call started it */
    CompletableFuture<Answer> once(String key, Ask ask, Duration timeout, Callable<Answer> work) {
        synchronized (keyed) {
            CompletableFuture<Answer> same = keyed.get(key);
            if (same != null && !same.isDone()) {
                return same.copy();
            }
            CompletableFuture<Answer> answer = start(ask, timeout, work);
            keyed.put(key, answer);
            answer.whenComplete((text, failure) -> forget(key, answer));
            return answer;
        }
    }

    private void forget(String key, CompletableFuture<Answer> answer) {
        synchronized (keyed) {
            keyed.remove(key, answer);
        }
    }

    /** Ends every prompt. */
    void stopAll() {
        stops.values().forEach(Runnable::run);
    }

    private static void work(
            Ask ask, Callable<Answer> work, CompletableFuture<Answer> answer, AtomicBoolean ended) {
        try {
            ask.check();
            Answer text = work.call();
            if (ended.compareAndSet(false, true)) {
                answer.complete(text);
            }
        } catch (Exception | LinkageError e) {
            if (ended.compareAndSet(false, true)) {
                TaskException failure = reason(ask, e);
                log.debug("A prompt failed", e);
                answer.completeExceptionally(failure);
            }
        }
    }

    private void end(
            Ask ask,
            FutureTask<Void> thread,
            CompletableFuture<Answer> answer,
            AtomicBoolean ended,
            TaskException reason) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        ask.stop(reason);
        thread.cancel(true);
        Runnable tell = () -> answer.completeExceptionally(reason);
        try {
            blocking.execute(
                    tell); // whoever waits may do anything when told: not on the timer's thread
        } catch (RejectedExecutionException full) {
            tell.run();
        }
    }

    private static TaskException reason(Ask ask, Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth++ < 20; cause = cause.getCause()) {
            if (cause instanceof TaskException known) {
                return known;
            }
        }
        try {
            ask.check();
        } catch (TaskException givenUp) {
            return givenUp;
        }
        return new TaskException(
                "model_failed", "the chat model did not answer: " + failure.getMessage(), failure);
    }
}
