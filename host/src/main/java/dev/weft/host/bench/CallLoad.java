package dev.weft.host.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls at an even rate, however long they take, until it is closed: an open loop. A call's time counts from when it was due, so what
 * a host holds up shows in every call that waits for it.
 */
final class CallLoad implements AutoCloseable {
    /** Calls that are open at once; what is due when all of them wait begins late, which its time shows. */
    private static final int CALLERS = 64;

    private static final int MOST = 1_000_000;
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final Samples samples = new Samples(MOST);
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final ConcurrentLinkedQueue<String> reasons = new ConcurrentLinkedQueue<>();
    private final long pause;
    private final long begun;
    private volatile long end = Long.MAX_VALUE;

    /** Begins.
     * @param host where
     * @param body of the task
     * @param rate calls a second, of all callers together */
    CallLoad(BenchHost host, String body, int rate) throws IOException {
        pause = TimeUnit.SECONDS.toNanos(1) / rate;
        List<PlainHttp> connections = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            connections.add(new PlainHttp(host.port(), host.key()));
        }
        begun = System.nanoTime();
        connections.forEach(http -> callers.execute(() -> call(http, body)));
    }

    private void call(PlainHttp http, String body) {
        try (http) {
            for (long due = await(); due - begun < end; due = await()) {
                var task = http.tryCall("POST", "/api/hub/tasks", body);
                samples.add(System.nanoTime() - due);
                if (!task.path("state").asText().equals("completed")) {
                    failed(due, task.path("error").toString());
                }
            }
        } catch (IOException broken) {
            failed(System.nanoTime(), broken.toString());
        }
    }

    /** Waits for the turn of the next call.
     * @return when it is due; past the end if there are no more */
    private long await() {
        long due = begun + next.getAndIncrement() * pause;
        for (long wait = due - System.nanoTime();
                wait > 0 && due - begun < end;
                wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
        return due;
    }

    private void failed(long when, String why) {
        failed.incrementAndGet();
        reasons.add("after " + TimeUnit.NANOSECONDS.toMillis(when - begun) + " ms: " + why);
    }

    /** Adds what became of the calls. */
    void addTo(Figures figures) {
        double seconds = end / 1e9;
        figures.add("calls during that", samples.size(), "calls");
        figures.add("calls a second", samples.size() / seconds, "calls/s");
        figures.add("calls during that which failed", failed.get(), "calls");
        figures.add("call during that p50", samples.millis(0.5), "ms");
        figures.add("call during that p99", samples.millis(0.99), "ms");
        figures.add("longest call during that", samples.millis(1), "ms");
    }

    @Override
    public void close() {
        end = System.nanoTime() - begun;
        callers.shutdown();
        try {
            callers.awaitTermination(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reasons.stream().limit(3).forEach(reason -> System.err.println("failed: " + reason));
    }
}
