package dev.weft.events;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.protocol.Wire;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal: a ring of events that subscribers read at their own pace. Each subscriber is drained by itself on the
 * blocking executor, so one that is slow or stuck holds up nobody else; an idle one costs no thread.
 */
@Component
public final class EventJournal implements Events {
    private static final Logger LOG = LoggerFactory.getLogger(EventJournal.class);
    private static final int CAPACITY = 4096;
    private static final long BUSY_RETRY_MILLIS = 50;

    private final ExecutorService work;
    private final ScheduledExecutorService timer;
    private final Ring ring = new Ring(CAPACITY);
    private final Set<Cursor> cursors = ConcurrentHashMap.newKeySet();

    /** Starts empty.
     * @param work drains subscribers
     * @param timer tries again when {@code work} is full */
    @Activate
    public EventJournal(
            @Reference(target = "(weft.executor=blocking)") ExecutorService work,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this.work = work;
        this.timer = timer;
    }

    @Override
    public void publish(String type, Object data) {
        JsonNode json;
        try {
            // once for all subscribers, and a copy: later changes by the publisher do not show
            json = data instanceof JsonNode tree ? tree.deepCopy() : Wire.node(data);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "event {} is lost, its data cannot be written as JSON: {}",
                    type,
                    e.getMessage());
            return;
        }
        long id = ring.append(Instant.now(), type, json);
        for (Cursor cursor : cursors) {
            if (cursor.isFor(id, type)) {
                wake(cursor);
            }
        }
    }

    @Override
    public Subscription subscribe(long after, Consumer<Event> subscriber) {
        return subscribe(after, type -> true, subscriber);
    }

    @Override
    public Subscription subscribe(long after, Predicate<String> types, Consumer<Event> subscriber) {
        Cursor cursor = new Cursor(ring, ring.start(after), types, subscriber);
        cursors.add(cursor);
        wake(cursor);
        return () -> {
            cursor.close();
            cursors.remove(cursor);
        };
    }

    private void wake(Cursor cursor) {
        if (cursor.claim()) {
            hand(cursor);
        }
    }

    private void hand(Cursor cursor) {
        try {
            work.execute(cursor::drain);
        } catch (RejectedExecutionException busy) {
            try {
                timer.schedule(() -> hand(cursor), BUSY_RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                LOG.debug("events end: this host is stopping");
            }
        }
    }

    /** Ends every subscription. */
    @Deactivate
    public void close() {
        List.copyOf(cursors).forEach(Cursor::close);
        cursors.clear();
    }
}
