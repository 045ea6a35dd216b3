package dev.weft.tasks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalTasksTest {
    private final Host host = new Host("here", 64, 2);

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private static Task end(TaskHandle handle) throws Exception {
        return handle.done().get(30, TimeUnit.SECONDS);
    }

    @Test
    void a_local_task_goes_from_submitted_to_completed_and_tells_each_step() throws Exception {
        host.skills.with("echo", (input, context) -> input.get("text"));
        Task task = end(host.submit("echo.run", Wire.object().put("text", "hi")));
        assertEquals(TaskState.COMPLETED, task.state());
        assertEquals("hi", task.result().textValue());
        assertEquals("echo", task.skill());
        assertEquals("run", task.tool());
        assertEquals("local", task.path());
        assertEquals(host.id, task.target());
        assertNull(task.error());
        assertTrue(task.id().matches("[a-z0-9]{12}"));
        assertEquals(List.of("submitted", "working", "completed"), host.states(task.id()));
        assertEquals(Optional.of(task), host.engine.find(task.id()));
        assertEquals(Optional.empty(), host.engine.running(task.id()));
        await().until(() -> host.skills.leases.get() == 0 && host.engine.load() == 0);
    }

    @Test
    void who_waits_is_told_by_the_thread_that_did_it_with_its_place_and_lease_given_back()
            throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<Thread> worker = new ArrayList<>();
        host.skills.with(
                "slow",
                (input, context) -> {
                    worker.add(Thread.currentThread());
                    mayEnd.await();
                    return TextNode.valueOf("done");
                });
        TaskHandle handle = host.submit("slow", Wire.object());
        var told =
                handle.done()
                        .thenApply(
                                task ->
                                        List.of(
                                                Thread.currentThread(),
                                                host.skills.leases.get(),
                                                host.engine.load()));
        mayEnd.countDown();
        List<?> seen = told.get(30, TimeUnit.SECONDS);
        assertEquals(List.of(worker.get(0), 0, 0.0), seen);
    }

    @Test
    void the_skill_sees_its_task() throws Exception {
        host.skills.with(
                "who",
                (input, context) -> {
                    context.progress(0.5, "half");
                    context.emit("piece");
                    return TextNode.valueOf(
                            context.taskId()
                                    + " "
                                    + context.caller()
                                    + " "
                                    + context.isCanceled()
                                    + " "
                                    + context.deadline());
                });
        List<String> pieces = new ArrayList<>();
        TaskHandle handle = host.submit("who", Wire.object());
        handle.onChunk(pieces::add);
        Task task = end(handle);
        assertEquals(task.id() + " here false " + task.deadline(), task.result().textValue());
        assertEquals(List.of("piece"), pieces);
        assertTrue(
                host.events.stream()
                        .anyMatch(
                                said ->
                                        said.type().equals("task.progress")
                                                && said.payload().get("fraction").asDouble()
                                                        == 0.5));
    }

    @Test
    void what_cannot_be_done_is_rejected_with_a_reason() throws Exception {
        host.skills
                .with("disk", (input, context) -> input)
                .with("acme.disk", (input, context) -> input);
        assertRejected("unknown_skill", "Did you mean disk", host.submit("dsk", Wire.object()));
        assertRejected(
                "unknown_skill",
                "Available: acme.disk, disk",
                host.submit("weather", Wire.object()));
        assertRejected("unknown_tool", "nope", host.submit("disk.nope", Wire.object()));
        assertRejected("bad_arguments", "bad", host.submit("disk", Wire.object().put("bad", 1)));
        assertRejected("bad_arguments", "object", host.submit("disk", TextNode.valueOf("x")));
        for (String malformed :
                List.of("", ".", "a.", ".a", "A b", "Disk.usage", "x".repeat(200))) {
            assertRejected("bad_task", "skill is named", host.submit(malformed, Wire.object()));
        }
        for (Duration ttl :
                List.of(
                        Duration.ZERO,
                        Duration.ofSeconds(-5),
                        Duration.ofMillis(999),
                        Duration.ofDays(8),
                        Duration.ofSeconds(Long.MAX_VALUE))) {
            assertRejected(
                    "bad_task", "ttl", host.submit("disk", Wire.object(), Optional.empty(), ttl));
        }
        assertRejected(
                "agent_unknown",
                "known: only this host, the-here",
                host.submit("disk", Wire.object(), Optional.of("mars"), Duration.ofSeconds(5)));
        TaskRequest deep =
                new TaskRequest(
                        "disk", Wire.object(), Optional.empty(), host.id, Duration.ofSeconds(5), 9);
        assertRejected("too_deep", "circle", host.engine.submit(deep));
        assertEquals("acme.disk", end(host.submit("acme.disk", Wire.object())).skill());
        assertEquals("acme.disk", end(host.submit("acme.disk.run", Wire.object())).skill());
    }

    private void assertRejected(String code, String words, TaskHandle handle) throws Exception {
        Task task = end(handle);
        assertEquals(TaskState.REJECTED, task.state(), task.toString());
        assertEquals(code, task.error().code(), task.error().message());
        assertTrue(task.error().message().contains(words), task.error().message());
        assertEquals(List.of("submitted", "rejected"), host.states(task.id()));
    }

    @Test
    void a_target_that_is_this_host_by_id_or_label_is_local() throws Exception {
        host.skills.with("echo", (input, context) -> IntNode.valueOf(1));
        for (String name : List.of("here", "the-here")) {
            assertEquals(
                    "local",
                    end(host.submit(
                                    "echo",
                                    Wire.object(),
                                    Optional.of(name),
                                    Duration.ofSeconds(5)))
                            .path());
        }
    }

    @Test
    void a_skill_that_throws_fails_the_task_with_its_message_whatever_it_throws() throws Exception {
        host.skills
                .with(
                        "io",
                        (input, context) -> {
                            throw new java.io.IOException("disk on fire");
                        })
                .with(
                        "link",
                        (input, context) -> {
                            throw new NoClassDefFoundError("gone/Away");
                        })
                .with(
                        "own",
                        (input, context) -> {
                            throw new TaskException("skill_gone", "uninstalled");
                        });
        assertFailed("skill_failed", "disk on fire", end(host.submit("io", Wire.object())));
        assertFailed("skill_failed", "gone/Away", end(host.submit("link", Wire.object())));
        assertFailed("skill_gone", "uninstalled", end(host.submit("own", Wire.object())));
        await().until(() -> host.skills.leases.get() == 0);
    }

    private static void assertFailed(String code, String words, Task task) {
        assertEquals(TaskState.FAILED, task.state());
        assertEquals(code, task.error().code());
        assertTrue(task.error().message().contains(words), task.error().message());
    }

    @Test
    void cancel_interrupts_the_running_skill_and_its_late_result_is_dropped() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        host.skills.with(
                "slow",
                (input, context) -> {
                    started.countDown();
                    try {
                        mayReturn.await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        assertTrue(context.isCanceled());
                        mayReturn.await();
                    }
                    return IntNode.valueOf(42);
                });
        TaskHandle handle = host.submit("slow", Wire.object());
        assertTrue(started.await(20, TimeUnit.SECONDS));
        assertTrue(host.engine.running(handle.task().id()).isPresent());
        assertTrue(host.engine.cancel(handle.task().id()));
        Task task = end(handle);
        assertEquals(TaskState.CANCELED, task.state());
        assertEquals("canceled", task.error().code());
        assertTrue(interrupted.await(20, TimeUnit.SECONDS));
        assertFalse(host.engine.cancel(task.id()), "it is final");
        assertTrue(host.engine.load() > 0, "the thread is still in use");
        mayReturn.countDown();
        await().until(() -> host.skills.leases.get() == 0 && host.engine.load() == 0);
        assertEquals(task, handle.task());
        assertEquals(List.of("submitted", "working", "canceled"), host.states(task.id()));
        assertFalse(host.engine.cancel("nobody"));
    }

    @Test
    void the_deadline_ends_a_task_at_once_even_if_the_skill_does_not_obey() throws Exception {
        CountDownLatch mayReturn = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        host.skills.with(
                "deaf",
                (input, context) -> {
                    while (mayReturn.getCount() > 0) {
                        try {
                            mayReturn.await();
                        } catch (InterruptedException e) {
                            interrupted.set(true);
                        }
                    }
                    return IntNode.valueOf(1);
                });
        try {
            Task task =
                    end(
                            host.submit(
                                    "deaf",
                                    Wire.object(),
                                    Optional.empty(),
                                    Duration.ofSeconds(3)));
            assertFailed("deadline_exceeded", "within 3.0 s", task);
            await().untilTrue(interrupted);
            assertTrue(host.engine.load() > 0, "the skill goes on, its task has ended");
        } finally {
            mayReturn.countDown();
        }
    }

    @Test
    void an_interrupt_does_not_leak_into_the_next_task_of_the_thread() throws Exception {
        host.skills
                .with(
                        "rude",
                        (input, context) -> {
                            Thread.currentThread().interrupt();
                            return IntNode.valueOf(1);
                        })
                .with(
                        "next",
                        (input, context) ->
                                IntNode.valueOf(Thread.currentThread().isInterrupted() ? 1 : 0));
        for (int i = 0; i < 20; i++) {
            end(host.submit("rude", Wire.object()));
            assertEquals(0, end(host.submit("next", Wire.object())).result().asInt());
        }
    }

    /** Reference defect 7. */
    @Test
    void above_the_bound_a_task_is_refused_as_busy_but_nested_ones_are_let_in() throws Exception {
        CountDownLatch bothIn = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        host.skills
                .with("inner", (input, context) -> IntNode.valueOf(7))
                .with(
                        "outer",
                        (input, context) -> {
                            bothIn.countDown();
                            go.await();
                            return end(host.submit("inner", Wire.object())).result();
                        });
        TaskHandle a = host.submit("outer", Wire.object());
        TaskHandle b = host.submit("outer", Wire.object());
        assertTrue(bothIn.await(20, TimeUnit.SECONDS));
        assertEquals(1.0, host.engine.load());
        Task refused = end(host.submit("inner", Wire.object()));
        assertEquals(TaskState.REJECTED, refused.state());
        assertEquals("busy", refused.error().code());
        go.countDown();
        assertEquals(7, end(a).result().asInt());
        assertEquals(7, end(b).result().asInt());
        await().until(() -> host.engine.load() == 0);
        assertEquals(
                TaskState.COMPLETED,
                end(host.submit("inner", Wire.object())).state(),
                "there is room again");
    }

    @Test
    void no_free_thread_is_busy_and_never_a_wait() throws Exception {
        try (Host small = new Host("small", 1, 10)) {
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch in = new CountDownLatch(1);
            small.skills.with(
                    "hold",
                    (input, context) -> {
                        in.countDown();
                        go.await();
                        return end(small.submit("hold", Wire.object())).result() == null
                                ? TextNode.valueOf("inner refused")
                                : IntNode.valueOf(0);
                    });
            TaskHandle outer = small.submit("hold", Wire.object());
            assertTrue(in.await(20, TimeUnit.SECONDS));
            Task refused = end(small.submit("hold", Wire.object()));
            assertEquals("busy", refused.error().code());
            assertEquals(TaskState.REJECTED, refused.state());
            go.countDown();
            assertEquals("inner refused", end(outer).result().textValue());
            await().until(() -> small.skills.leases.get() == 0);
        }
    }

    @Test
    void a_skill_that_calls_itself_ends_as_too_deep() throws Exception {
        host.skills.with(
                "circle",
                (input, context) -> {
                    Task inner = end(host.submit("circle", Wire.object()));
                    if (inner.error() != null) {
                        throw new TaskException(inner.error().code(), inner.error().message());
                    }
                    return inner.result();
                });
        assertFailed("too_deep", "circle", end(host.submit("circle", Wire.object())));
    }

    @Test
    void the_history_is_bounded_by_number_and_size_and_lists_newest_first() throws Exception {
        host.skills.with(
                "big", (input, context) -> TextNode.valueOf("x".repeat(input.path("n").asInt())));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ids.add(end(host.submit("big", Wire.object())).id());
        }
        assertEquals(20, host.engine.list(100).size());
        assertEquals(ids.get(29), host.engine.list(1).get(0).id());
        assertEquals(Optional.empty(), host.engine.find(ids.get(0)));
        assertEquals(List.of(), host.engine.list(-1));
        Task huge = end(host.submit("big", Wire.object().put("n", 2 << 20)));
        assertEquals(List.of(huge.id()), host.engine.list(100).stream().map(Task::id).toList());
    }

    @Test
    void stopping_cancels_what_runs_and_refuses_what_comes() throws Exception {
        CountDownLatch in = new CountDownLatch(1);
        host.skills.with(
                "slow",
                (input, context) -> {
                    in.countDown();
                    new CountDownLatch(1).await();
                    return IntNode.valueOf(1);
                });
        TaskHandle handle = host.submit("slow", Wire.object());
        assertTrue(in.await(20, TimeUnit.SECONDS));
        host.engine.stop();
        assertEquals(TaskState.CANCELED, end(handle).state());
        assertEquals("busy", end(host.submit("slow", Wire.object())).error().code());
    }

    @Test
    void the_caller_is_who_asks() throws Exception {
        host.skills.with("who", (input, context) -> TextNode.valueOf(context.caller()));
        TaskRequest request =
                new TaskRequest(
                        "who",
                        Wire.object(),
                        Optional.empty(),
                        new AgentId("alice"),
                        Duration.ofSeconds(5),
                        0);
        assertEquals("alice", end(host.engine.submit(request)).result().textValue());
    }
}
