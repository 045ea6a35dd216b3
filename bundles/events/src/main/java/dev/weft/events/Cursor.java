package dev.weft.events;

import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where one subscriber stands. At most one thread drains it at a time. */
final class Cursor {
    private static final Logger LOG = LoggerFactory.getLogger(Cursor.class);
    private static final int BATCH = 64;

    /** It passes over what it does not want at the latest when so much has gathered, long before the ring overtakes it. */
    private static final int MOST_UNWANTED = 512;

    private final Ring ring;
    private final Predicate<String> types;
    private final Consumer<Event> subscriber;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile long seen; // written under the claim
    private boolean failed; // guarded by the claim
    private volatile boolean closed;

    Cursor(Ring ring, long seen, Predicate<String> types, Consumer<Event> subscriber) {
        this.ring = ring;
        this.types = types;
        this.seen = seen;
        this.subscriber = subscriber;
    }

    /** Whether an event is a reason to wake it. */
    boolean isFor(long id, String type) {
        return types.test(type) || id - seen > MOST_UNWANTED;
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
                if (event.type().equals(Events.GAP) || types.test(event.type())) {
                    deliver(event);
                }
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
