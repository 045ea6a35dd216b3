package dev.weft.deploy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** Calls a tool again and again; closing it fails if one call failed. */
final class Caller implements AutoCloseable {
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stop;

    Caller(Host host, String tool) {
        thread =
                new Thread(
                        () -> {
                            while (!stop && failure.get() == null) {
                                try {
                                    host.call(tool);
                                    calls.incrementAndGet();
                                } catch (Throwable e) {
                                    failure.compareAndSet(null, e);
                                }
                            }
                        },
                        "caller");
        thread.start();
    }

    /** Waits for so many more calls. */
    void more(int count) {
        int target = calls.get() + count;
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> calls.get() >= target || failure.get() != null);
    }

    @Override
    public void close() {
        stop = true;
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> !thread.isAlive());
        if (failure.get() != null) {
            throw new AssertionError(
                    "call " + calls + " failed: " + failure.get().getMessage(), failure.get());
        }
    }
}
