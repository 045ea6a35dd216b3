package dev.weft.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pieces of a result that a skill sends ahead. They wait, up to a bound, until somebody listens; listeners are called one
 * at a time and in order. Thread-safe.
 */
final class Chunks {
    static final int MAX_PIECES = 1024;
    static final int MAX_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Chunks.class);

    private final List<String> kept = new ArrayList<>();
    private final List<Consumer<String>> subscribers = new ArrayList<>();
    private int keptBytes;
    private boolean keeping = true;

    /** Hands a piece on.
     * @throws IllegalStateException if nobody has listened so far and no more fits, or a listener cannot keep up */
    synchronized void add(String piece) {
        int bytes = 3 * piece.length(); // UTF-8 needs at most three a char
        boolean fits = kept.size() < MAX_PIECES && keptBytes + bytes <= 3 * MAX_BYTES;
        if (!fits && subscribers.isEmpty()) {
            throw new IllegalStateException(
                    "too much is waiting to be sent: the caller does not keep up");
        }
        if (keeping && fits) {
            kept.add(piece);
            keptBytes += bytes;
        } else {
            // somebody listens, so nothing waits; who comes later hears what is still to come
            keeping = false;
            kept.clear();
            keptBytes = 0;
        }
        for (Consumer<String> subscriber : List.copyOf(subscribers)) {
            deliver(subscriber, piece);
        }
    }

    synchronized void subscribe(Consumer<String> subscriber) {
        subscribers.add(subscriber);
        for (String piece : List.copyOf(kept)) {
            deliver(subscriber, piece);
        }
    }

    private void deliver(Consumer<String> subscriber, String piece) {
        try {
            subscriber.accept(piece);
        } catch (IllegalStateException full) {
            subscribers.remove(subscriber);
            throw full;
        } catch (RuntimeException e) {
            subscribers.remove(subscriber);
            LOG.warn("a listener of streamed output failed and hears no more of it", e);
        }
    }
}
