package dev.weft.transport.webrtc;

import java.time.Duration;

/**
 * How much to hand to libwebrtc ahead of time: what it sends in some 20 ms, as measured, so that the channel never runs dry and what is
 * urgent never waits long behind what is not. Used by one thread at a time.
 */
final class Pace {
    /** How often to look while the channel is full. */
    static final Duration LOOK = Duration.ofMillis(2);

    private static final long LEAST = 128 << 10;
    private static final long MOST = 2 << 20;
    private static final double AHEAD_SECONDS = 0.02;

    private long room = 512 << 10;
    private long unseen;
    private long unasked;
    private long buffered;
    private long seenAt = System.nanoTime();

    /** Bytes were handed over.
     * @return whether it is time to ask how many wait */
    boolean sent(int bytes) {
        unseen += bytes;
        unasked += bytes;
        return unasked >= room / 4;
    }

    /** Learns how many bytes wait.
     * @return whether the channel has enough for now */
    boolean full(long now) {
        unasked = 0;
        long at = System.nanoTime();
        long gone = buffered + unseen - now;
        double seconds = (at - seenAt) / 1e9;
        if (now > 0
                && buffered > 0
                && seconds > 0.001) { // it was never empty meanwhile: this is what the path takes
            double target = gone / seconds * AHEAD_SECONDS;
            room = (long) Math.max(LEAST, Math.min(MOST, room * 0.75 + target * 0.25));
        }
        if (seconds > 0.001 || now == 0) {
            seenAt = at;
            buffered = now;
            unseen = 0;
        }
        return now >= room;
    }
}
