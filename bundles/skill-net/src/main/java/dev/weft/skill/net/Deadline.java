package dev.weft.skill.net;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The moment by which a fetch must be done.
 * @param endNanos in the time of {@link System#nanoTime()}
 * @param seconds what was granted, for messages */
public record Deadline(long endNanos, long seconds) {
    /** So many seconds from now.
     * @param seconds at least 1
     * @return the moment */
    public static Deadline in(long seconds) {
        return new Deadline(System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds), seconds);
    }

    /** What is left, at least one.
     * @throws IOException if nothing is left */
    int millis() throws IOException {
        long left = endNanos - System.nanoTime();
        if (left <= 0) {
            throw late();
        }
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
    }

    boolean isOver() {
        return endNanos - System.nanoTime() <= 0;
    }

    IOException late() {
        return new IOException("it took longer than " + seconds + " s");
    }
}
