package dev.weft.signaling.client;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;

/** The host's executor, and the JVM's common pool when that is full: an HTTP client whose executor refuses never recovers, and
 * a busy host must not fall off the mesh. Nothing here blocks, so the common pool is not held up. */
final class Spill implements Executor {
    private final Executor first;

    Spill(Executor first) {
        this.first = first;
    }

    @Override
    public void execute(Runnable task) {
        try {
            first.execute(task);
        } catch (RejectedExecutionException full) {
            ForkJoinPool.commonPool().execute(task);
        }
    }
}
