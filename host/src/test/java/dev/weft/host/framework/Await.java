package dev.weft.host.framework;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for a condition; tests inside the framework see no library but the host's own and JUnit. */
final class Await {
    private static final int PATIENCE_SECONDS = 60;

    private Await() {}

    static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        what + " did not come true within " + PATIENCE_SECONDS + " s");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
