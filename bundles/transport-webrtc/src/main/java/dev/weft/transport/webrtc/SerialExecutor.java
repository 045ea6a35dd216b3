package dev.weft.transport.webrtc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time and in order on the shared executor; holds a thread only while there is something to do. When the shared executor is
 * full the tasks wait a moment: an event that is dropped would leave a connection in limbo. Who adds tasks bounds them.
 */
final class SerialExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);
    private static final long BUSY_MILLIS = 20;

    private final ExecutorService pool;
    private final ScheduledExecutorService timer;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    SerialExecutor(ExecutorService pool, ScheduledExecutorService timer) {
        this.pool = pool;
        this.timer = timer;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (size.getAndIncrement() == 0) {
            start();
        }
    }

    /** Tasks that wait or run.
     * @return the one that runs counts */
    int size() {
        return size.get();
    }

    private void start() {
        try {
            pool.execute(this::run);
        } catch (RejectedExecutionException full) {
            if (!pool.isShutdown() && !timer.isShutdown()) {
                timer.schedule(this::start, BUSY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void run() {
        do {
            try {
                tasks.remove().run();
            } catch (Throwable e) {
                LOG.error("an event of a WebRTC link failed", e);
            }
        } while (size.decrementAndGet() > 0);
    }
}
