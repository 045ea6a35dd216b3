package dev.weft.signaling;

/** How fast one socket is read: a second's worth at once, then evenly. Used by one thread at a time. */
final class TokenBucket {
    private final long interval;
    private final long burst;
    private long due;

    /** Starts full.
     * @param perSecond messages a second
     * @param now {@link System#nanoTime()} */
    TokenBucket(int perSecond, long now) {
        this.interval = 1_000_000_000L / Math.max(1, perSecond);
        this.burst = 1_000_000_000L;
        this.due = now - burst;
    }

    /** Counts a message.
     * @param now {@link System#nanoTime()}
     * @return nanoseconds to wait before the next one is read, 0 if none */
    long take(long now) {
        due = Math.max(due, now - burst) + interval;
        return Math.max(0, due - now);
    }
}
