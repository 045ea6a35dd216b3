package dev.weft.http.api;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * Tells how time goes by, from about the true time at its start: what somebody may do in a minute must not hang on a machine whose clock is
 * set. Thread-safe.
 */
final class SteadyClock extends Clock {
    private final Instant start;
    private final LongSupplier nanos;
    private final long begun;

    SteadyClock() {
        this(Instant.now(), System::nanoTime);
    }

    /** @param nanos never goes back or jumps */
    SteadyClock(Instant start, LongSupplier nanos) {
        this.start = start;
        this.nanos = nanos;
        begun = nanos.getAsLong();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos.getAsLong() - begun);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a steady clock has no time zone");
    }
}
