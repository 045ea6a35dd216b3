package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Its timer; what it does with tasks is in {@link RemoteTasksTest}. The test lets the time pass. */
class RemoteHostTest {
    private final Queue<Runnable> planned = new ArrayDeque<>();
    private final List<Long> pauses = new ArrayList<>();
    private final Queue<Runnable> handed = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private boolean stopping;
    private boolean full;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(0) {
                @Override
                public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                    if (stopping) {
                        throw new RejectedExecutionException();
                    }
                    planned.add(task);
                    pauses.add(unit.toMillis(delay));
                    return null;
                }
            };
    private final ThreadPoolExecutor workers =
            new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>()) {
                @Override
                public void execute(Runnable task) {
                    if (full) {
                        throw new RejectedExecutionException();
                    }
                    handed.add(task);
                }
            };
    private final RemoteHost host = new RemoteHost(Optional::empty, workers, timer);

    @AfterEach
    void stop() {
        timer.shutdownNow();
        workers.shutdownNow();
    }

    @Test
    void when_time_is_up_the_work_goes_to_a_worker() {
        assertTrue(host.later(() -> done.add("work"), 250));
        assertEquals(List.of(250L), pauses);
        planned.remove().run();
        assertEquals(List.of(), done, "not on the timer");
        handed.remove().run();
        assertEquals(List.of("work"), done);
    }

    @Test
    void while_all_workers_are_busy_the_work_waits_a_second_and_is_not_lost() {
        full = true;
        host.onWorker(() -> done.add("work"));
        planned.remove().run();
        assertEquals(List.of(1_000L, 1_000L), pauses);
        full = false;
        planned.remove().run();
        handed.remove().run();
        assertEquals(List.of("work"), done);
        assertTrue(planned.isEmpty());
    }

    @Test
    void a_host_that_stops_plans_nothing_and_says_so() {
        stopping = true;
        assertFalse(host.later(() -> done.add("work"), 1));
        full = true;
        host.onWorker(() -> done.add("work"));
        assertTrue(planned.isEmpty());
        assertEquals(List.of(), done);
    }
}
