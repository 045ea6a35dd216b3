package dev.weft.registry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SweeperTest {
    private final ExecutorService blocking = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void close() {
        timer.shutdownNow();
        blocking.shutdownNow();
    }

    @Test
    void one_that_fails_does_not_stop_the_others_and_shows_until_it_works_again() {
        AtomicBoolean broken = new AtomicBoolean(true);
        AtomicInteger swept = new AtomicInteger();
        Sweep failing =
                () -> {
                    if (broken.get()) {
                        throw new IllegalStateException("on purpose");
                    }
                };
        Sweeper sweeper = new Sweeper(List.of(failing, swept::incrementAndGet), blocking, timer, 5);
        await().atMost(Duration.ofSeconds(30)).until(() -> swept.get() > 2);
        assertFalse(sweeper.check().ok());
        broken.set(false);
        await().atMost(Duration.ofSeconds(30)).until(() -> sweeper.check().ok());
        sweeper.stop();
    }

    @Test
    void a_host_that_is_too_busy_says_so() {
        blocking.shutdown();
        Sweeper sweeper = new Sweeper(List.of(() -> {}), blocking, timer, 5);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sweeper.check().detail().contains("too busy"));
        sweeper.stop();
    }
}
