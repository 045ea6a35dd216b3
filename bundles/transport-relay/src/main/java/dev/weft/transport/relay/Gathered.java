package dev.weft.transport.relay;

import java.util.ArrayList;
import java.util.List;

/** Frames that leave as one: a JSON array of messages, which every host reads. Not thread-safe. */
final class Gathered {
    private final List<String> frames = new ArrayList<>();
    private int bytes;

    /** Whether another frame fits.
     * @param frame JSON; an array stays by itself
     * @param length of it in bytes */
    boolean takes(String frame, int length) {
        return frame.startsWith("{") && bytes + length + 2 <= RelayLink.MAX_FRAME;
    }

    void add(String frame, int length) {
        frames.add(frame);
        bytes += length + 1;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** What was added, in order; nothing is left. */
    String take() {
        String all = frames.size() == 1 ? frames.get(0) : "[" + String.join(",", frames) + "]";
        frames.clear();
        bytes = 0;
        return all;
    }
}
