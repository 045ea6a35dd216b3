package dev.weft.tasks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pieces of a result that a skill sends ahead, numbered from 0. The newest are kept, up to a bound, so that a listener can
 * begin late and a peer can go on after its link broke. Until somebody listens none is dropped: the skill is told instead.
 * Listeners are called one at a time and in order. Thread-safe.
 */
final class Chunks {
    static final int MAX_PIECES = 1024;
    static final int MAX_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Chunks.class);

    /** Hears pieces. */
    @FunctionalInterface
    interface Listener {
        /** Takes a piece; must not block.
         * @throws IllegalStateException if the listener cannot keep up: it hears no more, and the skill is told */
        void piece(long sequence, String text);
    }

    private final Deque<String> kept = new ArrayDeque<>();
    private final List<Listener> listeners = new ArrayList<>();
    private boolean everHeard;
    private int keptBytes;
    private long next;

    /** Hands a piece on.
     * @throws IllegalStateException if nobody has listened so far and no more fits, or a listener cannot keep up */
    synchronized void add(String piece) {
        int bytes = 3 * piece.length(); // UTF-8 needs at most three a char
        if (!fits(bytes) && !everHeard) {
            throw new IllegalStateException(
                    "too much is waiting to be sent: the caller does not keep up");
        }
        while (!kept.isEmpty() && !fits(bytes)) {
            keptBytes -= 3 * kept.removeFirst().length();
        }
        kept.add(piece);
        keptBytes += bytes;
        long sequence = next++;
        for (Listener listener : List.copyOf(listeners)) {
            deliver(listener, sequence, piece);
        }
    }

    private boolean fits(int bytes) {
        return kept.size() < MAX_PIECES && keptBytes + bytes <= 3 * MAX_BYTES;
    }

    /** Hears pieces from a number on: of those that are past, the ones that are still kept. */
    synchronized void subscribe(long from, Listener listener) {
        listeners.add(listener);
        everHeard = true;
        long sequence = next - kept.size();
        for (String piece : List.copyOf(kept)) {
            if (sequence >= from) {
                deliver(listener, sequence, piece);
            }
            sequence++;
        }
    }

    synchronized void unsubscribe(Listener listener) {
        listeners.remove(listener);
    }

    private void deliver(Listener listener, long sequence, String piece) {
        if (!listeners.contains(listener)) {
            return; // it gave up at an earlier piece
        }
        try {
            listener.piece(sequence, piece);
        } catch (IllegalStateException full) {
            listeners.remove(listener);
            throw full;
        } catch (RuntimeException e) {
            listeners.remove(listener);
            LOG.warn("a listener of streamed output failed and hears no more of it", e);
        }
    }
}
