package dev.weft.skill.bench;

import dev.weft.skill.TaskContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Times calls one after another, for a task. */
record Timer(TaskContext task) {
    private static final Logger log = LoggerFactory.getLogger(Timer.class);
    private static final int MOST = 100_000;

    /** What is timed. */
    @FunctionalInterface
    interface Call {
        void run() throws InterruptedException;
    }

    /** Times calls.
     * @param call each
     * @param calls how many
     * @param perSecond how many begin in a second; 0: no pause between them
     * @return microseconds, in order; -1 for a call that failed
     * @throws InterruptedException if the task was canceled */
    double[] time(Call call, int calls, int perSecond) throws InterruptedException {
        if (calls < 1 || calls > MOST || perSecond < 0) {
            throw new IllegalArgumentException(
                    "calls must be 1 to " + MOST + ", per_second 0 or more");
        }
        long pace = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        double[] micros = new double[calls];
        long due = System.nanoTime();
        for (int i = 0; i < calls; i++, due += pace) {
            if (task.isCanceled()) {
                throw new InterruptedException("nobody wants to know any more");
            }
            for (long wait = due - System.nanoTime();
                    pace > 0 && wait > 0;
                    wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            long start = System.nanoTime();
            try {
                call.run();
                micros[i] = (System.nanoTime() - start) / 1000.0;
            } catch (RuntimeException failed) {
                log.warn("A timed call failed: {}", failed.toString());
                micros[i] = -1;
            }
        }
        return micros;
    }
}
