package dev.weft.tasks;

import java.util.concurrent.Executor;

/** The thread of a caller that waits for its task: it does the work itself, if that can be begun before it waits. */
final class Caller implements Executor {
    /** Why a task is canceled whose caller is interrupted. */
    static final String INTERRUPTED = "its caller was interrupted";

    private static final ClassLoader LOADER = Caller.class.getClassLoader();

    private final Executor workers;
    private final Thread thread = Thread.currentThread();
    private Runnable work; // this and the next one are of the thread alone
    private boolean begun;

    /** Stands for the calling thread.
     * @param workers do what it cannot */
    Caller(Executor workers) {
        this.workers = workers;
    }

    /** Keeps work for {@link #begin}. What comes from another thread, or later, goes to the workers. */
    @Override
    public void execute(Runnable task) {
        if (isHere() && !begun && work == null) {
            work = task;
        } else {
            workers.execute(task);
        }
    }

    /** Whether the calling thread is the one that waits. */
    boolean isHere() {
        return Thread.currentThread() == thread;
    }

    /** Does what there is to do; the skill sees no more of the caller's class loader than a worker has. */
    void begin() {
        begun = true;
        Runnable mine = work;
        work = null;
        if (mine == null) {
            return;
        }
        ClassLoader own = thread.getContextClassLoader();
        thread.setContextClassLoader(LOADER);
        try {
            mine.run();
        } finally {
            thread.setContextClassLoader(own);
        }
    }
}
