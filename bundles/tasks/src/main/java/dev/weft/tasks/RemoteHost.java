package dev.weft.tasks;

import dev.weft.api.mesh.Mesh;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Hands tasks to peers, and looks after those that are with them: a link that broke may have lost what was on its way, so the
 * request is sent again over the next one. Thread-safe. */
final class RemoteHost {
    private static final long LOOK_MILLIS = 1000;

    private final Supplier<Optional<Mesh>> mesh;
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final Breakers breakers = new Breakers();
    private final Map<String, RemoteWork> away = new ConcurrentHashMap<>();
    private final AtomicBoolean watching = new AtomicBoolean();
    private volatile boolean stopped;

    RemoteHost(
            Supplier<Optional<Mesh>> mesh,
            ExecutorService executor,
            ScheduledExecutorService timer) {
        this.mesh = mesh;
        this.executor = executor;
        this.timer = timer;
    }

    void start(Run run, Choice choice) {
        RemoteWork work = new RemoteWork(run, this, choice);
        away.put(run.task().id(), work);
        run.atEnd(() -> away.remove(run.task().id()));
        work.start();
        watch();
    }

    /** Looks at the tasks that are away within a second, and again while there are any. */
    private void watch() {
        if (!watching.get() && watching.compareAndSet(false, true)) {
            later(this::look, LOOK_MILLIS);
        }
    }

    private void look() {
        watching.set(false); // first: a task that goes out from now on asks for itself
        if (!stopped && !away.isEmpty()) {
            // one after the other: hundreds at once would leave no thread for anything else
            away.values().forEach(RemoteWork::look);
            watch();
        }
    }

    /** The work of a task that is with a peer. */
    Optional<RemoteWork> work(String id) {
        return Optional.ofNullable(away.get(id));
    }

    Optional<Mesh> mesh() {
        return mesh.get();
    }

    Breakers breakers() {
        return breakers;
    }

    /** Does something later, on a worker.
     * @return false if this host is stopping */
    boolean later(Runnable work, long millis) {
        try {
            timer.schedule(() -> onWorker(work), millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    void onWorker(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException full) {
            later(work, LOOK_MILLIS);
        }
    }

    void stop() {
        stopped = true;
    }
}
