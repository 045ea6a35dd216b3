package dev.weft.tasks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskAnswer;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Questions, approvals, permissions, streams and traces of a task that runs on a peer. */
class AcrossHostsTest {
    private final Host here = new Host("here");
    private final Host there =
            new Host("there", 64, Map.of("permissions", new String[] {"secret=ops"}), null);

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    private static Task end(TaskHandle handle) throws Exception {
        return handle.done().get(30, TimeUnit.SECONDS);
    }

    private static TaskAnswer say(String text) {
        return new TaskAnswer(Optional.of(text), Optional.empty(), "test");
    }

    private static TaskAnswer may(boolean may) {
        return new TaskAnswer(Optional.empty(), Optional.of(may), "test");
    }

    @Test
    void a_question_of_the_peer_is_seen_and_answered_here() throws Exception {
        there.skills.with("ask", (input, context) -> TextNode.valueOf(context.ask("Why?")));
        here.link(there);
        TaskHandle handle = here.submit("ask", Wire.object());
        await().until(() -> handle.task().state() == TaskState.INPUT_REQUIRED);
        assertEquals("Why?", handle.task().question().text());
        here.engine.answer(handle.task().id(), say("because"));
        assertEquals("because", end(handle).result().textValue());
    }

    @Test
    void an_approval_is_seen_here_but_given_there() throws Exception {
        there.skills.with("wipe", (input, context) -> IntNode.valueOf(1)).confirm("wipe");
        here.link(there);
        TaskHandle handle = here.submit("wipe", Wire.object().put("text", "/"));
        String id = handle.task().id();
        await().until(() -> handle.task().state() == TaskState.AUTH_REQUIRED);
        assertEquals("/", handle.task().question().arguments().get("text").textValue());
        TaskException refused =
                assertThrows(TaskException.class, () -> here.engine.answer(id, may(true)));
        assertEquals("not_here", refused.error().code());
        there.engine.answer(id, may(true));
        assertEquals(TaskState.COMPLETED, end(handle).state());
        TaskHandle no = here.submit("wipe", Wire.object());
        await().until(() -> no.task().state() == TaskState.AUTH_REQUIRED);
        there.engine.answer(no.task().id(), may(false));
        assertEquals(TaskState.REJECTED, end(no).state());
        assertEquals("refused", no.task().error().code());
    }

    @Test
    void the_host_that_does_it_says_who_may() throws Exception {
        there.skills.with("secret", (input, context) -> IntNode.valueOf(1));
        here.link(there);
        Task denied = end(here.submit("secret", Wire.object()));
        assertEquals(TaskState.REJECTED, denied.state());
        assertEquals("denied", denied.error().code());
        assertTrue(denied.error().message().contains("the-here may not call secret.run"));
        assertEquals(
                TaskState.COMPLETED,
                end(there.submit("secret", Wire.object())).state(),
                "its own people may");
    }

    @Test
    void a_stream_goes_on_after_its_link_broke_without_loss_or_repetition() throws Exception {
        CountDownLatch broken = new CountDownLatch(1);
        there.skills.with(
                "stream",
                (input, context) -> {
                    for (int i = 0; i < 50; i++) {
                        context.emit("p" + i);
                    }
                    broken.await();
                    for (int i = 50; i < 100; i++) {
                        context.emit("p" + i);
                    }
                    return IntNode.valueOf(1);
                });
        here.link(there);
        List<String> pieces = new CopyOnWriteArrayList<>();
        TaskHandle handle = here.submit("stream", Wire.object());
        handle.onChunk(pieces::add);
        await().until(() -> pieces.size() == 50);
        here.loseAnswers = true;
        broken.countDown();
        await().until(() -> there.engine.find(handle.task().id()).orElseThrow().state().isFinal());
        assertEquals(50, pieces.size());
        here.loseAnswers = false;
        here.relink();
        // the peer has it in memory, so the outcome comes; pieces of what is over are gone
        assertEquals(TaskState.COMPLETED, end(handle).state());
        assertEquals(IntStream.range(0, pieces.size()).mapToObj(i -> "p" + i).toList(), pieces);
    }

    @Test
    void a_running_stream_is_taken_up_after_the_last_piece() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        there.skills.with(
                "stream",
                (input, context) -> {
                    context.emit("a");
                    lost.await();
                    context.emit("b");
                    go.await();
                    context.emit("c");
                    return IntNode.valueOf(1);
                });
        here.link(there);
        List<String> pieces = new CopyOnWriteArrayList<>();
        TaskHandle handle = here.submit("stream", Wire.object());
        handle.onChunk(pieces::add);
        await().until(() -> pieces.size() == 1);
        here.loseAnswers = true;
        lost.countDown();
        await().until(
                        () ->
                                there.events.stream()
                                                .filter(e -> e.type().equals("task.chunk"))
                                                .count()
                                        == 2);
        here.loseAnswers = false;
        here.relink();
        await().until(() -> pieces.size() == 2);
        go.countDown();
        assertEquals(TaskState.COMPLETED, end(handle).state());
        assertEquals(List.of("a", "b", "c"), pieces);
    }

    @Test
    void a_task_in_memory_is_not_begun_again_by_a_peer_that_forgot_it() throws Exception {
        there.skills.with(
                "slow",
                (input, context) -> {
                    new CountDownLatch(1).await();
                    return IntNode.valueOf(1);
                });
        here.link(there);
        TaskHandle handle = here.submit("slow", Wire.object());
        await().until(() -> handle.task().state() == TaskState.WORKING);
        try (Host fresh = new Host("there")) {
            fresh.skills.with("slow", (input, context) -> IntNode.valueOf(2));
            here.link(fresh);
            here.relink();
            Task task = end(handle);
            assertEquals("unreachable", task.error().code(), task.toString());
            assertTrue(task.error().message().contains("does not know the task"));
        }
    }

    @Test
    void the_trace_shows_every_hop_and_the_deadline_is_the_outer_one() throws Exception {
        there.skills.with("inner", (input, context) -> TextNode.valueOf("" + context.deadline()));
        here.skills.with(
                "outer",
                (input, context) ->
                        here.submit("inner", Wire.object(), Optional.empty(), Duration.ofDays(1))
                                .done()
                                .get(30, TimeUnit.SECONDS)
                                .result());
        here.link(there);
        Task outer = end(here.submit("outer", Wire.object()));
        assertEquals(TaskState.COMPLETED, outer.state(), String.valueOf(outer.error()));
        Task inner =
                here.engine.list(10).stream()
                        .filter(task -> task.skill().equals("inner"))
                        .findFirst()
                        .orElseThrow();
        assertEquals(outer.deadline(), inner.deadline());
        String trace = outer.traceparent().substring(3, 35);
        assertEquals(trace, inner.traceparent().substring(3, 35));
        assertEquals(
                trace, there.engine.find(inner.id()).orElseThrow().traceparent().substring(3, 35));
        assertTrue(
                here.engine.trace(inner.id()).stream()
                        .anyMatch(
                                step ->
                                        step.agent().equals("there")
                                                && step.what().equals("working")));
        assertTrue(
                here.engine.trace(outer.id()).stream()
                        .anyMatch(
                                step ->
                                        step.what().equals("called")
                                                && step.note().contains("inner on there")));
    }

    @Test
    void who_finds_no_room_waits_in_turn() throws Exception {
        try (Host small =
                new Host("small", 64, Map.of("max_running", 1, "max_waiting", 10), null)) {
            CountDownLatch go = new CountDownLatch(1);
            small.skills.with(
                    "hold",
                    (input, context) -> {
                        go.await();
                        return IntNode.valueOf(1);
                    });
            TaskHandle first = small.submit("hold", Wire.object());
            TaskHandle second = small.submit("hold", Wire.object());
            TaskHandle canceled = small.submit("hold", Wire.object());
            await().until(() -> first.task().state() == TaskState.WORKING);
            assertEquals(TaskState.SUBMITTED, second.task().state());
            assertEquals(
                    "bad_arguments",
                    end(small.submit("hold", Wire.object().put("bad", 1))).error().code(),
                    "checked before it waits");
            small.engine.cancel(canceled.task().id());
            go.countDown();
            assertEquals(TaskState.COMPLETED, end(second).state());
            assertTrue(
                    small.engine.trace(second.task().id()).stream()
                            .anyMatch(step -> step.what().equals("queued")));
            await().until(() -> small.engine.load() == 0 && small.skills.leases.get() == 0);
        }
    }
}
