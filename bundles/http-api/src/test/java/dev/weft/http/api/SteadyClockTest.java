package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void time_goes_by_as_the_monotonic_clock_says_whatever_the_wall_clock_does() {
        AtomicLong nanos = new AtomicLong(-5);
        SteadyClock clock = new SteadyClock(START, nanos::get);
        assertEquals(START, clock.instant());
        nanos.addAndGet(1_500_000_000L);
        assertEquals(START.plusMillis(1500), clock.instant());
    }

    @Test
    void a_limit_that_goes_by_it_ends_after_its_window() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1); // it may overflow
        RateLimit limit =
                new RateLimit(1, Duration.ofMinutes(1), new SteadyClock(START, nanos::get));
        limit.attempt("a");
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThrows(ApiException.class, () -> limit.attempt("a"));
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        limit.attempt("a");
    }
}
