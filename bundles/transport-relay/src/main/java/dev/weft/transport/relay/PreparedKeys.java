package dev.weft.transport.relay;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Key pairs made ahead, each for one seal: a new peer need not wait until one is made. Thread-safe. */
final class PreparedKeys {
    private static final int MOST = 4;
    private final Queue<SealKeys> ready = new ArrayBlockingQueue<>(MOST);
    private final Executor beside;

    /** Starts without any.
     * @param beside makes them */
    PreparedKeys(Executor beside) {
        this.beside = beside;
    }

    /** A pair that nobody else gets. */
    SealKeys take() {
        SealKeys keys = ready.poll();
        if (ready.isEmpty()) {
            fill();
        }
        return keys == null ? new SealKeys() : keys;
    }

    private void fill() {
        try {
            beside.execute(
                    () -> {
                        for (int i = ready.size(); i < MOST; i++) {
                            ready.offer(new SealKeys());
                        }
                    });
        } catch (RejectedExecutionException full) {
            // the next one is made when it is needed
        }
    }
}
