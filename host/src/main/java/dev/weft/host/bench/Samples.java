package dev.weft.host.bench;

import java.util.Arrays;

/** Durations of many like things. Thread-safe; the first so many are kept. */
final class Samples {
    private final long[] nanos;
    private int size;

    Samples(int capacity) {
        this.nanos = new long[capacity];
    }

    synchronized void add(long duration) {
        if (size < nanos.length) {
            nanos[size++] = duration;
        }
    }

    void addAll(Samples others) {
        for (long duration : others.copy()) {
            add(duration);
        }
    }

    private synchronized long[] copy() {
        return Arrays.copyOf(nanos, size);
    }

    synchronized int size() {
        return size;
    }

    /** A percentile.
     * @param part 0 to 1
     * @return milliseconds
     * @throws IllegalStateException if there are no samples */
    synchronized double millis(double part) {
        if (size == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        Arrays.sort(nanos, 0, size);
        return nanos[Math.min(size - 1, (int) (size * part))] / 1e6;
    }
}
