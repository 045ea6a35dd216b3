package dev.weft.executor;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.annotation.Annotation;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(90)
class BlockingExecutorTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private BlockingExecutor executor;

    private BlockingExecutor open(String threads, int limit) {
        assumeTrue(!threads.equals("virtual") || Runtime.version().feature() >= 21);
        executor = new BlockingExecutor(config(threads, limit));
        return executor;
    }

    @AfterEach
    void close() {
        release.countDown();
        if (executor != null) {
            executor.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual", "auto"})
    void refuses_the_task_above_the_limit_and_takes_tasks_again_when_there_is_room(String threads)
            throws Exception {
        BlockingExecutor work = open(threads, 3);
        CountDownLatch started = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            work.execute(
                    () -> {
                        started.countDown();
                        awaitRelease();
                    });
        }
        assertTrue(started.await(30, SECONDS));
        RejectedExecutionException refused =
                assertThrows(RejectedExecutionException.class, () -> work.execute(() -> {}));
        assertEquals("all 3 work threads are busy; try again later", refused.getMessage());
        release.countDown();
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> work.submit(() -> 42).get() == 42);
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual"})
    void
            threads_are_named_daemons_with_the_bundle_s_class_loader_whatever_the_submitter_or_a_task_sets(
                    String threads) throws Exception {
        BlockingExecutor work = open(threads, 1);
        ClassLoader own = BlockingExecutor.class.getClassLoader();
        try (URLClassLoader foreign = new URLClassLoader(new URL[0])) {
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            Thread.currentThread().setContextClassLoader(foreign);
            try {
                for (int i = 0; i < 3; i++) {
                    AtomicReference<ClassLoader> seen = new AtomicReference<>();
                    AtomicReference<Thread> thread = new AtomicReference<>();
                    await().atMost(Duration.ofSeconds(30))
                            .ignoreExceptions()
                            .until(
                                    () ->
                                            work.submit(
                                                                    () -> {
                                                                        thread.set(
                                                                                Thread
                                                                                        .currentThread());
                                                                        seen.set(
                                                                                Thread
                                                                                        .currentThread()
                                                                                        .getContextClassLoader());
                                                                        Thread.currentThread()
                                                                                .setContextClassLoader(
                                                                                        foreign);
                                                                    })
                                                            .get()
                                                    == null);
                    assertSame(own, seen.get());
                    assertTrue(thread.get().isDaemon());
                    assertTrue(
                            thread.get().getName().startsWith("weft-work-"),
                            thread.get().getName());
                }
            } finally {
                Thread.currentThread().setContextClassLoader(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual"})
    void closing_interrupts_running_work_at_once_and_refuses_more(String threads) throws Exception {
        BlockingExecutor work = open(threads, 2);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        work.execute(
                () -> {
                    started.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                });
        assertTrue(started.await(30, SECONDS));
        work.close();
        assertTrue(interrupted.await(30, SECONDS));
        await().atMost(Duration.ofSeconds(30)).until(work::isTerminated);
        RejectedExecutionException refused =
                assertThrows(RejectedExecutionException.class, () -> work.execute(() -> {}));
        assertEquals("this host is stopping", refused.getMessage());
    }

    @Test
    void what_a_task_throws_reaches_its_future_and_spoils_nothing() throws Exception {
        BlockingExecutor work = open("platform", 1);
        work.execute(
                () -> {
                    throw new IllegalStateException("expected in this test's log");
                });
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> work.submit(() -> true).get());
        AtomicReference<ExecutionException> failure = new AtomicReference<>();
        await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            try {
                                work.submit(
                                                () -> {
                                                    throw new IllegalArgumentException("no");
                                                })
                                        .get();
                            } catch (RejectedExecutionException e) {
                                return false; // the worker of the last task is just going idle
                            } catch (ExecutionException e) {
                                failure.set(e);
                            }
                            return true;
                        });
        assertNotNull(failure.get());
        assertEquals("no", failure.get().getCause().getMessage());
    }

    @Test
    void a_user_cannot_end_the_shared_executor() {
        BlockingExecutor work = open("auto", 0);
        assertThrows(UnsupportedOperationException.class, work::shutdown);
        assertThrows(UnsupportedOperationException.class, work::shutdownNow);
        assertFalse(work.isShutdown());
    }

    @Test
    void a_wrong_configuration_is_named() {
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> open("green", 0))
                        .getMessage()
                        .contains("\"green\""));
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> open("auto", -1))
                        .getMessage()
                        .contains("-1"));
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static BlockingExecutor.Config config(String threads, int limit) {
        return new BlockingExecutor.Config() {
            @Override
            public String threads() {
                return threads;
            }

            @Override
            public int limit() {
                return limit;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return BlockingExecutor.Config.class;
            }
        };
    }
}
