package dev.weft.events;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The newest events, by id. */
final class Ring {
    private final Event[] events;
    private long newest;

    Ring(int capacity) {
        events = new Event[capacity];
    }

    /** @return its id */
    synchronized long append(Instant at, String type, JsonNode data) {
        newest++;
        events[slot(newest)] = new Event(newest, at, type, data);
        return newest;
    }

    /** The id of the last event that a subscriber has seen; what it named may be of an earlier run of the host. */
    synchronized long start(long after) {
        if (after < 0) {
            return newest;
        }
        if (after == 0) {
            return oldest() - 1;
        }
        return after > newest
                ? -1
                : after; // ahead of us: ids began anew, so everything kept is new, after a gap
    }

    /** Events after an id, at most {@code max}; if some of them are gone, the gap event comes first. */
    synchronized List<Event> after(long id, int max) {
        long next = id + 1;
        long oldest = oldest();
        List<Event> batch = new ArrayList<>();
        if (next < oldest) {
            var missed =
                    dev.weft.protocol.Wire.object()
                            .put("missed", Math.max(0, oldest - Math.max(next, 1)));
            // the id before the oldest kept: whoever resumes after the gap event goes on where it
            // ends
            batch.add(new Event(oldest - 1, Instant.now(), Events.GAP, missed));
            next = oldest;
        }
        for (; next <= newest && batch.size() < max; next++) {
            batch.add(events[slot(next)]);
        }
        return batch;
    }

    synchronized boolean hasAfter(long id) {
        return id < newest || id + 1 < oldest();
    }

    private long oldest() {
        return Math.max(1, newest - events.length + 1);
    }

    private int slot(long id) {
        return (int) (id % events.length);
    }
}
