package dev.weft.tasks;

import dev.weft.api.task.TaskRequest.Priority;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Who may run now and who waits: bounds for the host, for each skill and for each source, and a bounded line for each priority.
 * In a line each pair of source and skill has a lane of its own, and the lanes take turns, so that one caller's thousand tasks do
 * not stand before another's first. A source may fill three quarters of the lines at most. A task that another one waits for
 * does not wait: nested calls could lock each other out. Thread-safe.
 */
final class Room {
    /** What a place in line is answered with. */
    static final String QUEUED = "queued";

    /**
     * The bounds.
     *
     * @param running tasks at once, without nested ones
     * @param perSource of them, for one agent; this host's own have no such bound
     * @param perSkill of them, by skill id; what is not named has no such bound
     * @param waiting tasks in line
     * @param waitingBytes what their arguments may take
     */
    record Bounds(
            int running,
            int perSource,
            Map<String, Integer> perSkill,
            int waiting,
            long waitingBytes) {}

    private record Lane(String source, String skill) {}

    /** A place in the room, or in the line before it. */
    static final class Place {
        private final Lane lane;
        private final boolean free;
        private final LongSupplier weigher;
        private long weight;
        private final Runnable enter;
        private boolean waits;

        /**
         * @param source "" for this host's own
         * @param free whether it does not count
         * @param weigher bytes that it takes while it waits
         */
        Place(String source, String skill, boolean free, LongSupplier weigher, Runnable enter) {
            this.lane = new Lane(source, skill);
            this.free = free;
            this.weigher = weigher;
            this.enter = enter;
        }
    }

    private final Bounds bounds;
    private final Map<Priority, Map<Lane, Deque<Place>>> lines = new EnumMap<>(Priority.class);
    private final Map<String, Integer> bySource = new HashMap<>();
    private final Map<String, Integer> bySkill = new HashMap<>();
    private final Map<String, Integer> waitingBySource = new HashMap<>();
    private int running;
    private int counted;
    private int waiting;
    private long waitingBytes;

    Room(Bounds bounds) {
        this.bounds = bounds;
        for (Priority priority : Priority.values()) {
            lines.put(priority, new LinkedHashMap<>());
        }
    }

    synchronized double load() {
        return Math.min(1.0, (double) running / bounds.running);
    }

    synchronized int running() {
        return running;
    }

    synchronized int waiting() {
        return waiting;
    }

    /** Asks for a place; it enters at once or when it is its turn.
     * @return "" if it is in; {@link #QUEUED} if it waits; else why there is no room */
    String ask(Place place, Priority priority) {
        synchronized (this) {
            if (!place.free && !fits(place.lane)) {
                place.weight = place.weigher.getAsLong();
                String refusal = refusal(place);
                if (!refusal.isEmpty()) {
                    return refusal;
                }
                lines.get(priority)
                        .computeIfAbsent(place.lane, lane -> new ArrayDeque<>())
                        .add(place);
                place.waits = true;
                waiting++;
                waitingBytes += place.weight;
                waitingBySource.merge(place.lane.source, 1, Integer::sum);
                return QUEUED;
            }
            take(place);
        }
        place.enter.run();
        return "";
    }

    private String refusal(Place place) {
        if (waiting >= bounds.waiting || waitingBytes + place.weight > bounds.waitingBytes) {
            return "this host already runs "
                    + counted
                    + " tasks and "
                    + waiting
                    + " wait; try again later, or on another host";
        }
        return waitingBySource.getOrDefault(place.lane.source, 0)
                        >= Math.max(1, bounds.waiting * 3 / 4)
                ? "too many tasks of this caller wait here already; try again later, or on another host"
                : "";
    }

    private boolean fits(Lane lane) {
        return counted < bounds.running
                && (lane.source.isEmpty()
                        || bySource.getOrDefault(lane.source, 0) < bounds.perSource)
                && bySkill.getOrDefault(lane.skill, 0)
                        < bounds.perSkill.getOrDefault(lane.skill, Integer.MAX_VALUE);
    }

    private void take(Place place) {
        running++;
        if (!place.free) {
            counted++;
            bySource.merge(place.lane.source, 1, Integer::sum);
            bySkill.merge(place.lane.skill, 1, Integer::sum);
        }
    }

    /** Gives a place back, and lets in whose turn it is. */
    void leave(Place place) {
        Place next;
        synchronized (this) {
            running--;
            if (place.free) {
                return;
            }
            counted--;
            one(bySource, place.lane.source);
            one(bySkill, place.lane.skill);
            next = next();
        }
        if (next != null) {
            next.enter.run();
        }
    }

    /** Whose turn it is; nobody that waits fitted before one left, so one at most fits now. */
    private Place next() {
        for (int rank = Priority.values().length - 1; rank >= 0 && waiting > 0; rank--) {
            Map<Lane, Deque<Place>> line = lines.get(Priority.values()[rank]);
            for (Lane lane : line.keySet()) {
                if (fits(lane)) {
                    Deque<Place> places = line.remove(lane);
                    Place place = places.remove();
                    if (!places.isEmpty()) {
                        line.put(lane, places); // behind the others
                    }
                    out(place);
                    take(place);
                    return place;
                }
            }
        }
        return null;
    }

    /** Takes a place out of the line, if it is there: its task ended before its turn. */
    synchronized void giveUp(Place place) {
        if (!place.waits) {
            return;
        }
        for (Map<Lane, Deque<Place>> line : lines.values()) {
            Deque<Place> lane = line.get(place.lane);
            if (lane != null && lane.remove(place)) {
                if (lane.isEmpty()) {
                    line.remove(place.lane);
                }
                out(place);
                return;
            }
        }
    }

    private void out(Place place) {
        place.waits = false;
        waiting--;
        waitingBytes -= place.weight;
        one(waitingBySource, place.lane.source);
    }

    private static void one(Map<String, Integer> counts, String key) {
        counts.computeIfPresent(key, (known, count) -> count == 1 ? null : count - 1);
    }
}
