package dev.weft.executor;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class TimerExecutorTest {
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream err = System.err;
    private TimerExecutor timer;

    @BeforeEach
    void open() {
        System.setErr(
                new PrintStream(log, true, StandardCharsets.UTF_8)); // slf4j-simple writes here
        timer = new TimerExecutor();
    }

    @AfterEach
    void close() {
        timer.close();
        System.setErr(err);
    }

    private String logged() {
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_failing_periodic_task_is_logged_and_does_not_hurt_the_others() throws Exception {
        timer.scheduleWithFixedDelay(
                () -> {
                    throw new IllegalStateException("lamp broken");
                },
                0,
                10,
                MILLISECONDS);
        await().atMost(Duration.ofSeconds(30)).until(() -> logged().contains("lamp broken"));
        assertTrue(logged().contains("will not run again"), logged());
        CountDownLatch ticks = new CountDownLatch(3);
        timer.scheduleAtFixedRate(ticks::countDown, 0, 5, MILLISECONDS);
        assertTrue(ticks.await(30, SECONDS));
    }

    @Test
    void a_failing_single_task_is_logged_however_it_was_handed_in() {
        timer.schedule(
                () -> {
                    throw new IllegalStateException("by schedule");
                },
                1,
                MILLISECONDS);
        timer.execute(
                () -> {
                    throw new IllegalStateException("by execute");
                });
        Future<?> future =
                timer.submit(
                        () -> {
                            throw new IllegalStateException("by submit");
                        });
        assertEquals(
                "by submit",
                assertThrows(ExecutionException.class, future::get).getCause().getMessage());
        await().atMost(Duration.ofSeconds(30))
                .until(
                        () ->
                                logged().contains("by schedule")
                                        && logged().contains("by execute")
                                        && logged().contains("by submit"));
    }

    @Test
    void closing_ends_the_threads_and_drops_what_is_due_later() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        timer.schedule(never::countDown, 1, SECONDS);
        timer.close();
        await().atMost(Duration.ofSeconds(30))
                .until(
                        () ->
                                timer.isTerminated()
                                        && Thread.getAllStackTraces().keySet().stream()
                                                .map(Thread::getName)
                                                .noneMatch(name -> name.startsWith("weft-timer-")));
        assertThrows(
                RejectedExecutionException.class,
                () -> timer.schedule(never::countDown, 0, SECONDS));
        assertEquals(1, never.getCount());
    }

    @Test
    void a_user_cannot_end_the_shared_timer() throws Exception {
        assertThrows(UnsupportedOperationException.class, timer::shutdown);
        assertThrows(UnsupportedOperationException.class, timer::shutdownNow);
        assertEquals(7, timer.schedule(() -> 7, 0, SECONDS).get(30, SECONDS));
    }
}
