package dev.weft.transport.webrtc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    private final ExecutorService pool =
            new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final SerialExecutor serial = new SerialExecutor(pool, timer);
    private final List<Integer> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        pool.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void tasks_wait_for_a_full_pool_and_keep_their_order() {
        CountDownLatch busy = new CountDownLatch(1);
        pool.execute(
                () -> {
                    try {
                        busy.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        IntStream.range(0, 100).forEach(i -> serial.execute(() -> done.add(i)));
        assertTrue(done.isEmpty());
        assertEquals(100, serial.size());
        busy.countDown();
        await().until(() -> done.size() == 100);
        assertEquals(IntStream.range(0, 100).boxed().toList(), done);
        await().until(() -> serial.size() == 0);
    }

    @Test
    void a_task_that_throws_does_not_stop_the_next() {
        IllegalStateException failure = new IllegalStateException("on purpose");
        failure.setStackTrace(new StackTraceElement[0]); // it is logged, and means nothing
        serial.execute(
                () -> {
                    throw failure;
                });
        serial.execute(() -> done.add(1));
        await().until(() -> done.size() == 1);
    }
}
