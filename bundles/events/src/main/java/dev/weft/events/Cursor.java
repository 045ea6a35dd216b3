package dev.weft.events;

import dev.weft.api.event.Event;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where one subscriber stands. At most one thread drains it at a time. */
final class Cursor {
    private static final Logger LOG = LoggerFactory.getLogger(Cursor.class);
    private static final int BATCH = 64;

    private final Ring ring;
    private final Consumer<Event> subscriber;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private long seen; // guarded by the claim
    private boolean failed; // guarded by the claim
    private volatile boolean closed;

    Cursor(Ring ring, long seen, Consumer<Event> subscriber) {
        this.ring = ring;
        this.seen = seen;
        this.subscriber = subscriber;
    }

    /** Whoever gets true must see to it that {@link #drain} runs. */
    boolean claim() {
        return !closed && claimed.compareAndSet(false, true);
    }

    void drain() {
        while (true) {
            var batch = ring.after(seen, BATCH);
            for (Event event : batch) {
                if (closed) {
                    return;
                }
                seen = event.id();
                deliver(event);
            }
            if (batch.isEmpty()) {
                long last = seen;
                claimed.set(false);
                if (!ring.hasAfter(last)
                        || !claim()) { // published between the look and the release: nobody was
                    // woken
                    return;
                }
            }
        }
    }

    private void deliver(Event event) {
        try {
            subscriber.accept(event);
        } catch (RuntimeException | LinkageError e) {
            if (!failed) {
                LOG.warn(
                        "a subscriber failed on event {} (logged once, it stays subscribed): {}",
                        event.type(),
                        e,
                        e);
            }
            failed = true;
        }
    }

    void close() {
        closed = true;
    }
}
