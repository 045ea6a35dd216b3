package dev.weft.llm.router;

import dev.weft.api.llm.ProviderException;
import java.time.Duration;

/**
 * Lets a provider rest that asks for it ({@code Retry-After}) or fails again and again. After the rest one call tries; if it fails
 * too, the next rest is twice as long. Thread-safe.
 */
final class Breaker {
    private static final int FAILURES = 3;
    private static final Duration FIRST_REST = Duration.ofSeconds(5);
    private static final Duration LONGEST_REST = Duration.ofSeconds(60);
    private static final Duration LIMITED_REST = Duration.ofSeconds(1);
    private static final long TRIAL = Duration.ofMillis(100).toNanos();

    private int failures;
    private Duration rest = FIRST_REST;
    private boolean resting;
    private boolean trying;
    private long until;

    /** Asks to call.
     * @param now {@link System#nanoTime()}
     * @return 0: go on, and tell the outcome; else nanoseconds until it is worth asking again */
    synchronized long enter(long now) {
        if (!resting) {
            return 0;
        }
        if (now - until < 0) {
            return until - now;
        }
        if (trying) {
            return TRIAL;
        }
        trying = true;
        return 0;
    }

    /** Whether calls are turned away now.
     * @param now {@link System#nanoTime()}
     * @return true while it rests */
    synchronized boolean isResting(long now) {
        return resting && now - until < 0;
    }

    synchronized void worked() {
        failures = 0;
        rest = FIRST_REST;
        resting = false;
        trying = false;
    }

    /** The call did not come to an outcome that tells anything of the provider. */
    synchronized void unknown() {
        trying = false;
    }

    /** Hears of a failure.
     * @param failure what was thrown
     * @param now {@link System#nanoTime()} */
    synchronized void failed(Throwable failure, long now) {
        boolean again = trying;
        trying = false;
        if (!(failure instanceof ProviderException known) || !known.kind().isPassing()) {
            return;
        }
        failures++;
        if (known.retryAfter().isPresent()) {
            restUntil(now + known.retryAfter().get().toNanos());
        } else if (known.kind() == ProviderException.Kind.RATE_LIMITED) {
            restUntil(now + LIMITED_REST.toNanos());
        } else if (again || failures >= FAILURES) {
            restUntil(now + rest.toNanos());
            rest =
                    rest.multipliedBy(2).compareTo(LONGEST_REST) > 0
                            ? LONGEST_REST
                            : rest.multipliedBy(2);
        }
    }

    private void restUntil(long time) {
        resting = true;
        until = time;
    }
}
