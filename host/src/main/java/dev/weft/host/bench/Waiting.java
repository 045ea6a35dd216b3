package dev.weft.host.bench;

import dev.weft.host.launcher.HostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what a benchmark has set off. */
final class Waiting {
    private static final long PATIENCE_SECONDS = 60;

    private Waiting() {}

    /** Something that may have become true. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits, looking every millisecond.
     * @param what for people
     * @throws HostException if it does not become true within a minute */
    static void until(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new HostException(
                        HostException.FAILED,
                        "waited " + PATIENCE_SECONDS + " s for " + what + " in vain");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
