package dev.weft.transport.webrtc;

import dev.weft.protocol.AgentId;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;

/** When to call a peer again that was linked before: only the side with the smaller id does, ever more rarely, and with jitter. */
final class Redial {
    private static final long FIRST_MILLIS = 1_000;
    private static final long MAX_MILLIS = Duration.ofSeconds(60).toMillis();

    private final Surroundings around;
    private final AgentId peer;
    private final Runnable task;
    private long next = FIRST_MILLIS;
    private boolean linkedBefore;
    private ScheduledFuture<?> planned;

    Redial(Surroundings around, AgentId peer, Runnable task) {
        this.around = around;
        this.peer = peer;
        this.task = task;
    }

    void succeeded() {
        linkedBefore = true;
        next = FIRST_MILLIS;
        cancel();
    }

    /** Whether this host should call the peer, as things are now. */
    boolean wanted() {
        return linkedBefore && around.self().compareTo(peer) < 0 && around.known(peer).isPresent();
    }

    boolean pending() {
        return planned != null;
    }

    void plan() {
        if (planned == null && wanted()) {
            planned =
                    around.later(
                            Duration.ofMillis(
                                    next / 2 + ThreadLocalRandom.current().nextLong(next / 2 + 1)),
                            task);
            next = Math.min(next * 2, MAX_MILLIS);
        }
    }

    void fired() {
        planned = null;
    }

    /** Never again, until a link comes up by other means. */
    void forget() {
        linkedBefore = false;
        cancel();
    }

    private void cancel() {
        if (planned != null) {
            planned.cancel(false);
            planned = null;
        }
    }
}
