package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task on its way: the only place where its state changes. What is final stays so. Thread-safe. */
final class Run implements TaskHandle {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);
    private static final int PROGRESS_PER_SECOND = 50;

    private final Clock clock;
    private final Executor aside;
    private final int depth;
    private final boolean nested;
    private final List<RunListener> listeners = new ArrayList<>();
    private final Chunks chunks = new Chunks();
    private final CompletableFuture<Task> done = new CompletableFuture<>();
    private final List<Runnable> atEnd = new ArrayList<>();
    private Task task;
    private boolean ended;
    private long progressSecond;
    private int progressCount;

    /**
     * @param aside completes the future, so that whoever waits for it cannot hold up a timer or a link
     * @param depth how many tasks led to this one
     * @param nested whether it must not wait for room, since another task waits for it
     */
    Run(Task task, int depth, boolean nested, Clock clock, Executor aside) {
        this.task = task;
        this.depth = depth;
        this.nested = nested;
        this.clock = clock;
        this.aside = aside;
    }

    @Override
    public synchronized Task task() {
        return task;
    }

    @Override
    public CompletableFuture<Task> done() {
        return done.copy();
    }

    @Override
    public void onChunk(Consumer<String> subscriber) {
        chunks.subscribe(subscriber);
    }

    /** From now on, tells a listener; first of all how the task stands. */
    synchronized void follow(RunListener listener) {
        listeners.add(listener);
        listener.changed(task);
    }

    int depth() {
        return depth;
    }

    boolean isNested() {
        return nested;
    }

    boolean isFinal() {
        return task().state().isFinal();
    }

    /** Fills in what has been found out about the task while it is not final. */
    synchronized void assign(String skill, String tool, AgentId target) {
        if (!task.state().isFinal()) {
            task = copy(skill, tool, target, task.state(), task.path(), null, null);
        }
    }

    boolean working(String path) {
        return become(TaskState.WORKING, path, null, null);
    }

    boolean complete(JsonNode result, String path) {
        return become(TaskState.COMPLETED, path, result, null);
    }

    boolean end(TaskState state, TaskError error, String path) {
        return become(state, path, null, error);
    }

    boolean reject(String code, String message) {
        return end(TaskState.REJECTED, new TaskError(code, message), task().path());
    }

    /** Runs something when the task is final; at once if it is. In the order of the calls. */
    void atEnd(Runnable action) {
        synchronized (this) {
            if (!ended) {
                atEnd.add(action);
                return;
            }
        }
        action.run();
    }

    /** Hands a piece of the result to whoever listens; nothing once the task is final. */
    void emit(String piece) {
        if (!isFinal()) {
            chunks.add(piece);
            synchronized (this) {
                listeners.forEach(listener -> listener.chunk(task, piece));
            }
        }
    }

    /** Reports progress; floods are thinned out, and nothing is heard once the task is final. */
    synchronized void progress(double fraction, String note) {
        long second = clock.millis() / 1000;
        progressCount = second == progressSecond ? progressCount + 1 : 1;
        progressSecond = second;
        if (task.state().isFinal() || progressCount > PROGRESS_PER_SECOND) {
            return;
        }
        double share = fraction >= 0 ? Math.min(fraction, 1) : 0;
        String words =
                note == null ? "" : note.length() > 200 ? note.substring(0, 200) + "…" : note;
        listeners.forEach(listener -> listener.progress(task, share, words));
    }

    private boolean become(TaskState next, String path, JsonNode result, TaskError error) {
        List<Runnable> actions;
        synchronized (this) {
            if (!task.state().mayBecome(next)) {
                return false;
            }
            task = copy(task.skill(), task.tool(), task.target(), next, path, result, error);
            listeners.forEach(listener -> listener.changed(task));
            if (!next.isFinal()) {
                return true;
            }
            ended = true;
            actions = List.copyOf(atEnd);
            atEnd.clear();
        }
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("task {}: could not tidy up after it", task().id(), e);
            }
        }
        aside.execute(() -> done.complete(task()));
        return true;
    }

    private Task copy(
            String skill,
            String tool,
            AgentId target,
            TaskState state,
            String path,
            JsonNode result,
            TaskError error) {
        return new Task(
                task.id(),
                skill,
                tool,
                task.input(),
                task.source(),
                target,
                state,
                path,
                result,
                error,
                task.created(),
                clock.instant(),
                task.deadline());
    }
}
