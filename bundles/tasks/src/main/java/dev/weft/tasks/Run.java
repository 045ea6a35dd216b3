package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task on its way: the only place where its state changes. What is final stays so. Thread-safe. */
final class Run implements TaskHandle {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);
    private static final int PROGRESS_PER_SECOND = 50;

    private final Clock clock;
    private final long due;
    private final Executor aside;
    private final Spec spec;
    private final Keeper keeper;
    private final Dialogue dialogue;
    private final Timeline timeline;
    private final List<RunListener> listeners = new ArrayList<>();
    private final Chunks chunks = new Chunks();
    private final CompletableFuture<Task> done = new CompletableFuture<>();
    private final List<Runnable> atEnd = new ArrayList<>();
    private volatile CompletableFuture<Task> accepted;
    private volatile Caller caller;
    private volatile Task task;
    private Task told;
    private boolean ended;
    private Thread worker;
    private boolean untold;
    private long progressSecond;
    private int progressCount;

    /**
     * @param left time until the deadline: from here on the wall clock may jump
     * @param aside completes the future, so that whoever waits for it cannot hold up a timer or a link
     * @param keeper hears of every change before others do
     */
    Run(
            Task task,
            Spec spec,
            Dialogue dialogue,
            Timeline timeline,
            Duration left,
            Clock clock,
            Executor aside,
            Keeper keeper) {
        this.task = task;
        this.told = task;
        this.spec = spec;
        this.dialogue = dialogue;
        this.timeline = timeline;
        this.clock = clock;
        this.due = System.nanoTime() + left.toNanos();
        this.aside = aside;
        this.keeper = keeper;
        if (task.state().isFinal()) {
            ended = true;
            done.complete(task);
        }
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public CompletableFuture<Task> accepted() {
        CompletableFuture<Task> storing = accepted;
        return storing == null ? CompletableFuture.completedFuture(task) : storing.copy();
    }

    void accepting(CompletableFuture<Task> storing) {
        accepted = storing;
    }

    /** Whose thread may do the work; null if nobody waits. Before it begins. */
    void lend(Caller waiting) {
        caller = waiting;
    }

    /** Who does the work: the thread that waits for it, else one of the workers. */
    Executor worker(Executor workers) {
        Caller waiting = caller;
        return waiting == null ? workers : waiting;
    }

    /** Whether the calling thread is that of whoever waits for it. */
    boolean isLent() {
        Caller waiting = caller;
        return waiting != null && waiting.isHere();
    }

    /** Waits for the end.
     * @param grace how long after the deadline it is given up
     * @return the final task */
    Task await(Duration grace) throws InterruptedException, ExecutionException, TimeoutException {
        return done.get(
                Math.max(0, due - System.nanoTime()) + grace.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public CompletableFuture<Task> done() {
        return done.copy();
    }

    @Override
    public void onChunk(Consumer<String> subscriber) {
        chunks.subscribe(0, (sequence, piece) -> subscriber.accept(piece));
    }

    Chunks chunks() {
        return chunks;
    }

    Spec spec() {
        return spec;
    }

    Dialogue dialogue() {
        return dialogue;
    }

    Timeline timeline() {
        return timeline;
    }

    Saved saved() {
        return new Saved(task, spec, dialogue.said(), dialogue.shown(), dialogue.approved());
    }

    /** Time until the deadline; negative when it is over. No change of the machine's clock changes it. */
    Duration left() {
        return Duration.ofNanos(due - System.nanoTime());
    }

    boolean isFinal() {
        return task.state().isFinal();
    }

    /** From now on, tells a listener; first of all how the task stands. */
    synchronized void follow(RunListener listener) {
        listeners.add(listener);
        listener.changed(told);
    }

    void step(String what, String note) {
        timeline.add(clock.instant(), what, note);
    }

    /** Fills in what has been found out about the task while it is not final. */
    synchronized void assign(String skill, String tool, AgentId target) {
        if (!task.state().isFinal()) {
            task = TaskChange.assigned(task, skill, tool, target);
        }
    }

    /** It is begun once more. */
    synchronized void attempt() {
        task = TaskChange.begun(task);
        dialogue.rewind();
    }

    boolean working(String path) {
        return become(TaskState.WORKING, path, null, null, null);
    }

    boolean complete(JsonNode result, String path) {
        return become(TaskState.COMPLETED, path, result, null, null);
    }

    boolean end(TaskState state, TaskError error, String path) {
        return become(state, path, null, error, null);
    }

    boolean ask(TaskState state, TaskQuestion question, String path) {
        return become(state, path, null, null, question);
    }

    /** It is not done. What had begun before is failed, not rejected. */
    void reject(String code, String message) {
        TaskError error = new TaskError(code, message);
        if (!end(TaskState.REJECTED, error, task.path())) {
            end(TaskState.FAILED, error, task.path());
        }
    }

    /** Takes the open question away, so that it is answered once.
     * @return the question; null if nothing is asked */
    synchronized TaskQuestion takeQuestion() {
        TaskQuestion open = task.question();
        if (open != null && !task.state().isFinal()) {
            task = TaskChange.answered(task);
        }
        return task.state().isFinal() ? null : open;
    }

    /** What was said is kept. */
    synchronized CompletableFuture<Void> keep() {
        return keeper.changed(this);
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
        long second = System.nanoTime() / 1_000_000_000;
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

    private boolean become(
            TaskState next, String path, JsonNode result, TaskError error, TaskQuestion question) {
        List<Runnable> actions;
        CompletableFuture<Void> keeping;
        boolean own;
        synchronized (this) {
            if (!task.state().mayBecome(next)) {
                return false;
            }
            task = TaskChange.become(task, next, path, result, error, question, clock.instant());
            timeline.add(task.updated(), next.wireName(), note(error, question));
            keeping = keeper.changed(this);
            if (!next.isFinal()) {
                tell(task);
                return true;
            }
            if (keeping == null) {
                tell(task);
            }
            ended = true;
            own = keeping == null && worker == Thread.currentThread();
            untold = own;
            actions = List.copyOf(atEnd);
            atEnd.clear();
        }
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("task {}: could not tidy up after it", task.id(), e);
            }
        }
        if (keeping != null) {
            keeping.whenComplete((kept, failure) -> aside.execute(this::announce));
        } else if (!own) {
            aside.execute(() -> done.complete(task));
        }
        return true;
    }

    /** The calling thread does the task from now on, until it calls {@link #leave}. */
    synchronized void enter() {
        worker = Thread.currentThread();
    }

    /** The calling thread has given back all that it held for the task: if the task ended on it, whoever waits is told by it, which
     * saves the way over another thread. */
    void leave() {
        boolean tell;
        synchronized (this) {
            worker = null;
            tell = untold;
            untold = false;
        }
        if (tell) {
            done.complete(task);
        }
    }

    /** Whoever is told of the end may rely on it: by now a crash cannot undo it. */
    private void announce() {
        synchronized (this) {
            tell(task);
        }
        done.complete(task);
    }

    private void tell(Task now) {
        told = now;
        listeners.forEach(listener -> listener.changed(now));
    }

    private static String note(TaskError error, TaskQuestion question) {
        return error != null
                ? error.code() + ": " + error.message()
                : question != null ? question.text() : "";
    }
}
