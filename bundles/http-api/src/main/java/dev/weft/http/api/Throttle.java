package dev.weft.http.api;

import dev.weft.api.identity.Principal;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Token buckets: one for each caller who proved who it is, one for each address that did not. Bounded: the bucket that was not used for
 * longest is forgotten first, which forgives a stranger at most one burst. Thread-safe.
 */
final class Throttle {
    /** Whoever may read the data directory is not held up on its own machine. */
    private static final String LOCAL = "local";

    private static final int BURST_SECONDS = 4;
    private static final int MOST = 10_000;

    private static final class Bucket {
        private double tokens;
        private long at;

        Bucket(double tokens, long at) {
            this.tokens = tokens;
            this.at = at;
        }
    }

    private final int perCaller;
    private final int perAddress;
    private final Clock clock;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true);

    /** Starts with full buckets.
     * @param perCaller requests a second of a proven caller, in the long run
     * @param perAddress requests a second of an address, in the long run
     * @param clock tells the time */
    Throttle(int perCaller, int perAddress, Clock clock) {
        this.perCaller = Math.max(1, perCaller);
        this.perAddress = Math.max(1, perAddress);
        this.clock = clock;
    }

    /** Takes a token.
     * @param principal who calls, or null
     * @param address from where
     * @param response told the limit, in headers
     * @throws ApiException 429 if there is none */
    void take(Principal principal, String address, HttpServletResponse response) {
        if (principal != null && principal.subject().equals(LOCAL)) {
            return;
        }
        int rate = principal == null ? perAddress : perCaller;
        double left = take(principal == null ? "@" + address : principal.subject(), rate);
        int capacity = rate * BURST_SECONDS;
        response.setHeader("X-RateLimit-Limit", String.valueOf(capacity));
        response.setHeader("X-RateLimit-Remaining", String.valueOf((long) Math.max(0, left)));
        response.setHeader(
                "X-RateLimit-Reset",
                String.valueOf((long) Math.ceil((capacity - Math.max(0, left)) / rate)));
        if (left < 0) {
            throw new ApiException(
                    429,
                    "too_many_requests",
                    "this "
                            + (principal == null ? "address" : "caller")
                            + " may make "
                            + rate
                            + " requests a second; try again in a second",
                    1);
        }
    }

    /** Takes a token if there is one.
     * @return how many are left; below 0 if there was none */
    private synchronized double take(String who, int rate) {
        long now = clock.millis();
        double capacity = (double) rate * BURST_SECONDS;
        Bucket bucket = buckets.get(who);
        if (bucket == null) {
            bucket = new Bucket(capacity, now);
            buckets.put(who, bucket);
            if (buckets.size() > MOST) {
                Iterator<String> oldest = buckets.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        bucket.tokens = Math.min(capacity, bucket.tokens + (now - bucket.at) / 1000.0 * rate);
        bucket.at = now;
        if (bucket.tokens < 1) {
            return -1;
        }
        bucket.tokens--;
        return bucket.tokens;
    }
}
