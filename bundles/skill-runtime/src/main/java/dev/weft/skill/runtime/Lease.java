package dev.weft.skill.runtime;

import java.util.concurrent.CompletableFuture;

/** Counts the running calls of one skill, so that it can be let go when the last has ended. Thread-safe. */
final class Lease {
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private int running;
    private boolean closed;

    /** Begins a call.
     * @return false if no new calls are taken; otherwise {@link #release} must follow */
    synchronized boolean open() {
        if (closed) {
            return false;
        }
        running++;
        return true;
    }

    /** Ends a call. */
    void release() {
        boolean last;
        synchronized (this) {
            running--;
            last = closed && running == 0;
        }
        if (last) {
            drained.complete(null);
        }
    }

    /** Takes no new calls; the running ones go on.
     * @return done when none runs any more */
    CompletableFuture<Void> close() {
        boolean idle;
        synchronized (this) {
            closed = true;
            idle = running == 0;
        }
        if (idle) {
            drained.complete(null);
        }
        return drained.copy();
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
