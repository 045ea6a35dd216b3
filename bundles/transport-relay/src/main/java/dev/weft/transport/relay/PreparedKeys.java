package dev.weft.transport.relay;

import dev.weft.api.identity.HostIdentity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keys that are made and signed ahead, each for one seal: a new peer need not wait for that. They are kept in memory only. Thread-safe. */
final class PreparedKeys {
    private static final int MOST = 8;

    /** What a key was taken for is done by then, as a rule, and has the processor for itself. */
    private static final long REFILL_MILLIS = 250;

    private static final long ROUND_HOURS = 1;
    private final Queue<Prekey> ready = new ArrayBlockingQueue<>(MOST);
    private final AtomicBoolean refilling = new AtomicBoolean();
    private final HostIdentity self;
    private final InstantSource clock;
    private final Executor beside;
    private final ScheduledExecutorService timer;
    private final Future<?> rounds;

    /** Starts without any.
     * @param beside makes them */
    PreparedKeys(
            HostIdentity self,
            InstantSource clock,
            Executor beside,
            ScheduledExecutorService timer) {
        this.self = self;
        this.clock = clock;
        this.beside = beside;
        this.timer = timer;
        rounds =
                timer.scheduleWithFixedDelay(
                        this::fillBeside, ROUND_HOURS, ROUND_HOURS, TimeUnit.HOURS);
    }

    /** A key that nobody else gets, with enough of its life left. */
    Prekey take() {
        refillSoon();
        Instant now = clock.instant();
        for (Prekey key = ready.poll(); key != null; key = ready.poll()) {
            if (key.staleAt().isAfter(now)) {
                return key;
            }
        }
        return new Prekey(self, now);
    }

    private void refillSoon() {
        if (refilling.compareAndSet(false, true)) {
            try {
                timer.schedule(this::fillBeside, REFILL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                refilling.set(false);
            }
        }
    }

    private void fillBeside() {
        refilling.set(false);
        try {
            beside.execute(this::fill);
        } catch (RejectedExecutionException full) {
            // the next one is made when it is needed
        }
    }

    /** Makes what is missing, and what goes stale before the next round. */
    void fill() {
        Instant now = clock.instant();
        Instant next = now.plusSeconds(TimeUnit.HOURS.toSeconds(ROUND_HOURS));
        ready.removeIf(key -> key.staleAt().isBefore(next));
        while (ready.size() < MOST) {
            ready.offer(new Prekey(self, now));
        }
    }

    void stop() {
        rounds.cancel(false);
        ready.clear();
    }
}
