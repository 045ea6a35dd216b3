package dev.weft.llm.router;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** A provider's limits: so many calls at once, so many in any minute. Thread-safe. */
final class Gate {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final int concurrent;
    private final int perMinute;
    private final Deque<Long> starts = new ArrayDeque<>();
    private int inside;

    /** @param concurrent most calls at once; 0: no limit
     * @param perMinute most calls in any minute; 0: no limit */
    Gate(int concurrent, int perMinute) {
        this.concurrent = concurrent;
        this.perMinute = perMinute;
    }

    /** Tries to come in. Whoever gets in must {@link #leave}.
     * @param now {@link System#nanoTime()}
     * @return whether */
    synchronized boolean enter(long now) {
        if (waitFor(now) > 0) {
            return false;
        }
        inside++;
        if (perMinute > 0) {
            starts.addLast(now);
        }
        return true;
    }

    synchronized void leave() {
        inside--;
        notifyAll();
    }

    /** Waits until it may be worth another try.
     * @param most nanoseconds
     * @throws InterruptedException if the caller gave up */
    synchronized void await(long most) throws InterruptedException {
        long wait = Math.min(most, waitFor(System.nanoTime()));
        if (wait > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, wait);
        }
    }

    /** Nanoseconds until a call may come in; an hour if that depends on others leaving. */
    private long waitFor(long now) {
        if (concurrent > 0 && inside >= concurrent) {
            return TimeUnit.HOURS.toNanos(1);
        }
        if (perMinute < 1) {
            return 0;
        }
        while (!starts.isEmpty() && now - starts.peekFirst() >= MINUTE) {
            starts.removeFirst();
        }
        return starts.size() < perMinute ? 0 : MINUTE - (now - starts.peekFirst());
    }
}
