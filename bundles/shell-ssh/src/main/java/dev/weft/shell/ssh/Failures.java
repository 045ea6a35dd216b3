package dev.weft.shell.ssh;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Counts wrong passwords by address: after some, the address waits. Bounded: the address that failed longest ago is forgotten first. Thread-safe. */
final class Failures {
    static final int MOST = 5;
    private static final long WAIT_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int ADDRESSES = 1024;

    private record Count(int failures, long since) {}

    private final LongSupplier nanoTime;
    private final Map<String, Count> counts =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
                    return size() > ADDRESSES;
                }
            };

    Failures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized boolean mustWait(String address) {
        Count count = counts.get(address);
        if (count != null && nanoTime.getAsLong() - count.since >= WAIT_NANOS) {
            counts.remove(address);
            return false;
        }
        return count != null && count.failures >= MOST;
    }

    synchronized void failed(String address) {
        Count before = counts.remove(address);
        counts.put(
                address, new Count(before == null ? 1 : before.failures + 1, nanoTime.getAsLong()));
    }

    synchronized void succeeded(String address) {
        counts.remove(address);
    }
}
