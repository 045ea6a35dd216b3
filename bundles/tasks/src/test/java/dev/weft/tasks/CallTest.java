package dev.weft.tasks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls whose caller waits: what its own thread does, and what of it reaches that thread. */
@Timeout(90)
class CallTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Host host =
            new Host("here", 64, Map.of("max_running", 1, "max_waiting", 10), null);
    private final AtomicReference<Thread> worker = new AtomicReference<>();
    private final CountDownLatch begun = new CountDownLatch(1);

    @AfterEach
    void close() {
        Thread.interrupted();
        host.close();
    }

    private Task call(String skill, Duration ttl, TaskRequest.Options options) {
        return call(skill, ttl, options, handle -> {});
    }

    private Task call(
            String skill,
            Duration ttl,
            TaskRequest.Options options,
            Consumer<TaskHandle> accepted) {
        return host.engine.call(
                new TaskRequest(skill, Wire.object(), Optional.empty(), host.id, ttl, 0, options),
                accepted);
    }

    private Task call(String skill) {
        return call(skill, LONG, TaskRequest.Options.IN_MEMORY);
    }

    /** Returns only when it is interrupted. */
    private JsonNode hang() throws InterruptedException {
        worker.set(Thread.currentThread());
        begun.countDown();
        new CountDownLatch(1).await();
        throw new AssertionError();
    }

    private Thread aside(Runnable action) {
        Thread thread = new Thread(action);
        thread.start();
        return thread;
    }

    private void afterBegun(Runnable action) {
        aside(
                () -> {
                    try {
                        begun.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    action.run();
                });
    }

    private void assertTidy() {
        assertEquals(0, host.skills.leases.get());
        assertEquals(0, host.engine.load());
    }

    @Test
    void the_thread_that_waits_does_the_work_and_keeps_what_is_its_own() {
        ClassLoader own = new ClassLoader(null) {};
        Thread.currentThread().setContextClassLoader(own);
        AtomicReference<ClassLoader> seen = new AtomicReference<>();
        AtomicReference<TaskState> state = new AtomicReference<>();
        host.skills.with(
                "echo",
                (input, context) -> {
                    worker.set(Thread.currentThread());
                    seen.set(Thread.currentThread().getContextClassLoader());
                    Thread.currentThread().setContextClassLoader(null);
                    return TextNode.valueOf("done");
                });
        try {
            Task task =
                    call(
                            "echo",
                            LONG,
                            TaskRequest.Options.IN_MEMORY,
                            handle -> state.set(handle.task().state()));
            assertEquals(TaskState.COMPLETED, task.state());
            assertEquals("done", task.result().textValue());
            assertSame(Thread.currentThread(), worker.get());
            assertEquals(TaskState.SUBMITTED, state.get());
            assertNotSame(own, seen.get());
            assertSame(own, Thread.currentThread().getContextClassLoader());
            assertEquals(List.of("submitted", "working", "completed"), host.states(task.id()));
            assertTidy();
        } finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
    }

    @Test
    void a_call_within_a_call_is_nested_in_it_and_what_follows_is_not() throws Exception {
        AtomicReference<Task> inner = new AtomicReference<>();
        host.skills
                .with(
                        "outer",
                        (input, context) -> {
                            inner.set(call("inner"));
                            Task second = call("inner");
                            return TextNode.valueOf(inner.get().id() + " " + second.id());
                        })
                .with(
                        "inner",
                        (input, context) -> TextNode.valueOf(String.valueOf(context.depth())));
        Task outer = call("outer");
        assertEquals("1", inner.get().result().textValue());
        assertEquals(
                outer.traceparent().substring(0, 35), inner.get().traceparent().substring(0, 35));
        assertEquals(
                2,
                host.engine.trace(outer.id()).stream()
                        .filter(step -> step.what().equals("called"))
                        .count());
        assertEquals("0", call("inner").result().textValue());
        assertTidy();
    }

    @Test
    void what_is_durable_is_done_by_a_worker_when_the_disk_has_it() {
        host.skills.with(
                "echo",
                (input, context) -> {
                    worker.set(Thread.currentThread());
                    return TextNode.valueOf("done");
                });
        Task task = call("echo", LONG, TaskRequest.Options.DURABLE);
        assertEquals(TaskState.COMPLETED, task.state());
        assertNotSame(Thread.currentThread(), worker.get());
    }

    @Test
    void what_finds_no_room_waits_for_its_turn() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        host.skills.with(
                "slow",
                (input, context) -> {
                    begun.countDown();
                    mayEnd.await();
                    return TextNode.valueOf("done");
                });
        TaskHandle first = host.submit("slow", Wire.object());
        begun.await();
        AtomicReference<Task> second = new AtomicReference<>();
        Thread waits = aside(() -> second.set(call("slow")));
        await().until(() -> host.engine.room().waiting() == 1);
        mayEnd.countDown();
        waits.join();
        assertEquals(TaskState.COMPLETED, second.get().state());
        assertEquals(TaskState.COMPLETED, first.done().get(30, TimeUnit.SECONDS).state());
        assertTidy();
    }

    @Test
    void the_deadline_interrupts_the_skill_and_not_what_its_caller_does_next() {
        host.skills.with("hang", (input, context) -> hang());
        Task task = call("hang", Duration.ofSeconds(3), TaskRequest.Options.IN_MEMORY);
        assertEquals(TaskState.FAILED, task.state());
        assertEquals("deadline_exceeded", task.error().code());
        assertSame(Thread.currentThread(), worker.get());
        assertFalse(Thread.currentThread().isInterrupted());
        assertTidy();
    }

    @Test
    void a_cancel_interrupts_the_skill_and_not_what_its_caller_does_next() {
        host.skills.with("hang", (input, context) -> hang());
        Task task =
                call(
                        "hang",
                        LONG,
                        TaskRequest.Options.IN_MEMORY,
                        handle -> afterBegun(() -> host.engine.cancel(handle.task().id())));
        assertEquals(TaskState.CANCELED, task.state());
        assertEquals("canceled by request", task.error().message());
        assertFalse(Thread.currentThread().isInterrupted());
        assertTidy();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_caller_that_is_interrupted_cancels_its_task_and_stays_interrupted(boolean durable)
            throws Exception {
        host.skills.with("hang", (input, context) -> hang());
        TaskRequest.Options options =
                durable ? TaskRequest.Options.DURABLE : TaskRequest.Options.IN_MEMORY;
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicReference<Task> task = new AtomicReference<>();
        Thread caller =
                aside(
                        () -> {
                            task.set(call("hang", LONG, options));
                            interrupted.set(Thread.currentThread().isInterrupted());
                        });
        begun.await();
        caller.interrupt();
        caller.join();
        assertEquals(TaskState.CANCELED, task.get().state());
        assertTrue(task.get().error().message().contains("interrupted"));
        assertTrue(interrupted.get());
        await().until(() -> host.skills.leases.get() == 0 && host.engine.load() == 0);
    }

    @Test
    void a_cancel_reaches_the_outer_task_though_an_inner_one_swallows_the_interrupt()
            throws Exception {
        AtomicBoolean interrupted = new AtomicBoolean();
        host.skills
                .with(
                        "outer",
                        (input, context) -> {
                            call("inner");
                            interrupted.set(Thread.currentThread().isInterrupted());
                            return TextNode.valueOf("late");
                        })
                .with(
                        "inner",
                        (input, context) -> {
                            try {
                                return hang();
                            } catch (InterruptedException swallowed) {
                                return TextNode.valueOf("went on");
                            }
                        });
        TaskHandle outer = host.submit("outer", Wire.object());
        begun.await();
        host.engine.cancel(outer.task().id());
        assertEquals(TaskState.CANCELED, outer.done().get(30, TimeUnit.SECONDS).state());
        await().until(interrupted::get);
        await().until(() -> host.skills.leases.get() == 0 && host.engine.load() == 0);
    }

    @Test
    void a_caller_that_fails_before_the_work_begins_leaves_nothing_behind() {
        host.skills.with("echo", (input, context) -> hang());
        AtomicReference<TaskHandle> handle = new AtomicReference<>();
        assertThrows(
                IllegalStateException.class,
                () ->
                        call(
                                "echo",
                                LONG,
                                TaskRequest.Options.IN_MEMORY,
                                accepted -> {
                                    handle.set(accepted);
                                    throw new IllegalStateException("expected");
                                }));
        assertEquals(TaskState.CANCELED, handle.get().task().state());
        assertEquals(1, begun.getCount());
        assertTidy();
    }

    @Test
    void what_cannot_be_done_is_rejected_at_once() {
        Task task = call("nothing");
        assertEquals(TaskState.REJECTED, task.state());
        assertEquals("unknown_skill", task.error().code());
    }
}
