package dev.weft.http.api;

import dev.weft.api.health.Readiness;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Whether this host still starts: it was never ready, and has not had its time. What is missing meanwhile comes in a moment. */
final class Starting {
    /** As long as the launcher waits in all: for the bundles, and then for their checks. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(40);

    private final LongSupplier nanos;
    private final long begin;
    private volatile boolean over;

    /** Begins now.
     * @param nanos as {@link System#nanoTime} */
    Starting(LongSupplier nanos) {
        this.nanos = nanos;
        this.begin = nanos.getAsLong();
    }

    /** Runs the checks, until they were good once.
     * @param readiness null if it is still to come */
    boolean goesOn(Readiness readiness) {
        if (!over) {
            over = nanos.getAsLong() - begin > PATIENCE || readiness != null && readiness.isReady();
        }
        return !over;
    }
}
