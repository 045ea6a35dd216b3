package dev.weft.signaling.client;

import java.util.concurrent.ThreadLocalRandom;

/** Pauses between attempts: the ceiling doubles, the pause is anywhere below it, so that hosts do not come back all at once. */
final class Backoff {
    private static final long FLOOR_MILLIS = 20;
    private static final long FIRST_MILLIS = 200;
    private final long maxMillis;
    private long ceiling = FIRST_MILLIS;

    Backoff(long maxMillis) {
        this.maxMillis = Math.max(maxMillis, FIRST_MILLIS);
    }

    /** The next pause, in milliseconds. */
    synchronized long next() {
        long pause = ThreadLocalRandom.current().nextLong(FLOOR_MILLIS, ceiling + 1);
        ceiling = Math.min(maxMillis, ceiling * 2);
        return pause;
    }

    /** A connection held: the next trouble is a new one. */
    synchronized void reset() {
        ceiling = FIRST_MILLIS;
    }

    synchronized long ceilingMillis() {
        return ceiling;
    }
}
