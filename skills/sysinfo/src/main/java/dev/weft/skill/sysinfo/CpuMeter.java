package dev.weft.skill.sysinfo;

import java.util.Optional;
import java.util.function.Supplier;

/** Processor use over a short window: since the last reading if that was a moment ago, else over one short wait. Thread-safe. */
final class CpuMeter {
    static final long WINDOW_MILLIS = 200;
    private static final long STALE_NANOS = 5_000_000_000L;

    private final Supplier<Optional<Proc.Ticks>> source;
    private Proc.Ticks last;
    private long lastNanos;

    CpuMeter(Supplier<Optional<Proc.Ticks>> source) {
        this.source = source;
    }

    /** Measures.
     * @return 0 to 100; empty where the system does not say */
    Optional<Double> percent() throws InterruptedException {
        Optional<Proc.Ticks> before = recent();
        if (before.isEmpty()) {
            before = source.get();
            if (before.isEmpty()) {
                return Optional.empty();
            }
            Thread.sleep(WINDOW_MILLIS);
        }
        Optional<Proc.Ticks> after = source.get();
        after.ifPresent(this::keep);
        Proc.Ticks from = before.get();
        return after.flatMap(to -> Proc.Ticks.percent(from, to));
    }

    private synchronized Optional<Proc.Ticks> recent() {
        long age = System.nanoTime() - lastNanos;
        return last != null && age >= WINDOW_MILLIS * 1_000_000 && age <= STALE_NANOS
                ? Optional.of(last)
                : Optional.empty();
    }

    private synchronized void keep(Proc.Ticks ticks) {
        last = ticks;
        lastNanos = System.nanoTime();
    }
}
