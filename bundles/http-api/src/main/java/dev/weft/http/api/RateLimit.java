package dev.weft.http.api;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts failures by address in a sliding window. Bounded: the address that failed longest ago is forgotten first. Thread-safe. */
final class RateLimit {
    private static final int MOST_ADDRESSES = 10_000;
    private final int failures;
    private final Duration window;
    private final Clock clock;

    /** Times of attempts by address, in the order of their last attempt. */
    private final Map<String, ArrayDeque<Long>> buckets = new LinkedHashMap<>();

    RateLimit(int failures, Duration window, Clock clock) {
        this.failures = failures;
        this.window = window;
        this.clock = clock;
    }

    /** Counts an attempt before it is made, so that a burst of parallel ones cannot slip through.
     * @param address who
     * @throws ApiException 429 with {@code Retry-After} */
    synchronized void attempt(String address) {
        long now = clock.millis();
        long oldest = now - window.toMillis();
        buckets.values().removeIf(bucket -> bucket.peekLast() <= oldest);
        ArrayDeque<Long> bucket = buckets.getOrDefault(address, new ArrayDeque<>());
        while (!bucket.isEmpty() && bucket.peekFirst() <= oldest) {
            bucket.pollFirst();
        }
        if (bucket.size() >= failures) {
            int seconds = (int) Math.max(1, (bucket.peekFirst() - oldest + 999) / 1000);
            throw new ApiException(
                    429,
                    "too_many_attempts",
                    "too many failed attempts from this address; try again in " + seconds + " s",
                    seconds);
        }
        bucket.addLast(now);
        buckets.remove(address);
        buckets.put(address, bucket);
        if (buckets.size() > MOST_ADDRESSES) {
            buckets.remove(buckets.keySet().iterator().next());
        }
    }

    /** The attempt was no failure: it does not count.
     * @param address who */
    synchronized void succeeded(String address) {
        ArrayDeque<Long> bucket = buckets.get(address);
        if (bucket != null) {
            bucket.pollLast();
            if (bucket.isEmpty()) {
                buckets.remove(address);
            }
        }
    }

    synchronized int addresses() {
        return buckets.size();
    }
}
