package dev.weft.host.bench;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Calls at an even rate, whatever happens, until it is closed. */
final class CallLoad implements AutoCloseable {
    private static final int CALLERS = 8;
    private static final int MOST = 1_000_000;
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final Samples samples = new Samples(MOST);
    private final AtomicLong failed = new AtomicLong();
    private final ConcurrentLinkedQueue<String> reasons = new ConcurrentLinkedQueue<>();
    private final long begun = System.nanoTime();
    private volatile boolean over;

    /** Begins.
     * @param host where
     * @param body of the task
     * @param rate calls a second, of all callers together */
    CallLoad(BenchHost host, String body, int rate) throws IOException {
        for (int i = 0; i < CALLERS; i++) {
            PlainHttp http = new PlainHttp(host.port(), host.key());
            long first = System.nanoTime() + i * TimeUnit.SECONDS.toNanos(1) / rate;
            callers.execute(
                    () -> call(http, body, first, CALLERS * TimeUnit.SECONDS.toNanos(1) / rate));
        }
    }

    private void call(PlainHttp http, String body, long first, long pause) {
        try (http) {
            for (long due = first; !over; due += pause) {
                long wait = due - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                }
                long start = System.nanoTime();
                var task = http.tryCall("POST", "/api/hub/tasks", body);
                samples.add(System.nanoTime() - start);
                if (!task.path("state").asText().equals("completed")) {
                    failed.incrementAndGet();
                    reasons.add(
                            "after "
                                    + TimeUnit.NANOSECONDS.toMillis(start - begun)
                                    + " ms: "
                                    + task.path("error"));
                }
            }
        } catch (IOException broken) {
            failed.incrementAndGet();
            reasons.add(broken.toString());
        }
    }

    /** Times of all calls, also of those that failed. */
    Samples samples() {
        return samples;
    }

    /** How many did not complete. */
    long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        over = true;
        callers.shutdown();
        try {
            callers.awaitTermination(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reasons.stream().limit(3).forEach(reason -> System.err.println("failed: " + reason));
    }
}
