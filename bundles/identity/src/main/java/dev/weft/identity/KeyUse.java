package dev.weft.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * When each key was last shown, to the minute. Checking a key must not wait for a disk: the times are kept in memory and stored now
 * and then, so that a killed process loses minutes of them at most.
 */
final class KeyUse {
    private static final Duration PAUSE = Duration.ofMinutes(5);

    private final Map<String, Instant> last = new ConcurrentHashMap<>();
    private final AtomicReference<Instant> due;
    private final Clock clock;
    private final ExecutorService blocking;
    private final Runnable store;

    KeyUse(Clock clock, ExecutorService blocking, Runnable store) {
        this.clock = clock;
        this.blocking = blocking;
        this.store = store;
        this.due = new AtomicReference<>(clock.instant().plus(PAUSE));
    }

    void shown(String id) {
        Instant now = clock.instant();
        Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
        if (minute.equals(last.get(id))) {
            return;
        }
        last.put(id, minute);
        Instant planned = due.get();
        if (!now.isBefore(planned) && due.compareAndSet(planned, now.plus(PAUSE))) {
            try {
                blocking.execute(store);
            } catch (RejectedExecutionException busy) {
                due.set(now); // the next key shown tries again
            }
        }
    }

    /** The key with its last use, as far as it is known here. */
    StoredKey with(StoredKey key) {
        return key.used(last.get(key.info().id()));
    }

    void forget(String id) {
        last.remove(id);
    }
}
