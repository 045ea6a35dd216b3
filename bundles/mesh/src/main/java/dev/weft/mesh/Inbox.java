package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.Acks;
import dev.weft.protocol.Lane;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Receipt;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/**
 * What comes from one peer: each lane in the order of its numbers, whatever links the messages came by, each message once. Bounded: an
 * honest peer never has more under way than its {@link Outbox} holds. Thread-safe.
 */
final class Inbox {
    /** Most bytes that wait: for a message before them, or to be handled. */
    static final long ROOM = 96L << 20;

    /** Messages handled without acknowledgement after which one is due at once. */
    private static final int ACK_AFTER = 256;

    private static final long ACK_AFTER_BYTES = 1L << 20;

    /** What is handled next.
     * @param lane null if it has no number
     * @param after what must be handled before, in more urgent lanes
     * @param message null if it could not be read
     * @param link that brought it */
    record Arrival(
            Lane lane, long number, Acks after, MeshMessage message, Link link, long bytes) {}

    private static final class Line {
        final TreeMap<Long, Arrival> early = new TreeMap<>();
        long next;
        long handled;
    }

    private final Map<Lane, Line> lines = new EnumMap<>(Lane.class);
    private final Queue<Arrival> ready = new ArrayDeque<>();
    private final int mark;
    private long bytes;
    private int unacked;
    private long unackedBytes;

    /** @param stream whose messages it takes */
    Inbox(String stream) {
        mark = Greeting.mark(stream);
        for (Lane lane : Lane.values()) {
            lines.put(lane, new Line());
        }
    }

    /** A message arrived.
     * @return false if there is no room: the peer breaks the rules */
    synchronized boolean arrived(Arrival arrival) {
        if (arrival.lane == null) {
            bytes += arrival.bytes;
            ready.add(arrival);
            return bytes <= ROOM;
        }
        Line line = lines.get(arrival.lane);
        if (arrival.number < line.next) {
            unacked++; // it did not hear that this one is here
            return true;
        }
        if (arrival.number >= line.next + 4L * Outbox.MOST) {
            return false;
        }
        if (line.early.putIfAbsent(arrival.number, arrival) == null) {
            bytes += arrival.bytes;
        }
        for (Line each : lines.values()) { // the most urgent first: others may wait for it
            while (!each.early.isEmpty() && mayFollow(each, each.early.firstEntry().getValue())) {
                ready.add(each.early.pollFirstEntry().getValue());
                each.next++;
            }
        }
        return bytes <= ROOM;
    }

    private boolean mayFollow(Line line, Arrival first) {
        return first.number == line.next
                && lines.get(Lane.CONTROL).next >= first.after.control()
                && lines.get(Lane.INTERACTIVE).next >= first.after.interactive();
    }

    /** The next message to handle.
     * @return null if there is none */
    synchronized Arrival poll() {
        return ready.poll();
    }

    /** A message was handled. */
    synchronized void handled(Arrival arrival) {
        bytes -= arrival.bytes;
        Line line = arrival.lane == null ? null : lines.get(arrival.lane);
        if (line != null && arrival.number == line.handled) {
            line.handled++;
            unacked++;
            unackedBytes += arrival.bytes;
        }
    }

    /** What the peer may forget. */
    synchronized Acks acks() {
        return new Acks(
                lines.get(Lane.CONTROL).handled,
                lines.get(Lane.INTERACTIVE).handled,
                lines.get(Lane.BULK).handled);
    }

    /** What to say now to the peer, which will hear it. */
    synchronized Receipt acknowledge() {
        unacked = 0;
        unackedBytes = 0;
        return new Receipt(acks(), mark);
    }

    /** Whether there is something to acknowledge. */
    synchronized boolean unacknowledged() {
        return unacked > 0;
    }

    /** Whether the peer should hear at once. */
    synchronized boolean urgent() {
        return unacked >= ACK_AFTER || unackedBytes >= ACK_AFTER_BYTES;
    }
}
