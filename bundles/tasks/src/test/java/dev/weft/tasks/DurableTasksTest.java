package dev.weft.tasks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskAnswer;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash must not undo. A crash is an engine that is left behind without a word while another opens its journal. */
class DurableTasksTest {
    @TempDir Path folder;

    private Host host(String name) {
        return new Host(name, 64, Map.of("skills_wait", 30), folder.resolve(name));
    }

    private String journal(String name) throws IOException {
        return Files.readString(folder.resolve(name).resolve("tasks/journal.log"));
    }

    private static TaskRequest request(Host host, String skill, ObjectNode input, String key) {
        return new TaskRequest(
                skill,
                input,
                Optional.empty(),
                host.id,
                Duration.ofMinutes(10),
                0,
                new TaskRequest.Options(true, key, false, TaskRequest.Priority.NORMAL, ""));
    }

    private static Task end(TaskHandle handle) throws Exception {
        return handle.done().get(30, TimeUnit.SECONDS);
    }

    @Test
    void the_same_key_with_the_same_number_is_the_same_task_also_after_a_crash() throws Exception {
        ObjectNode input = Wire.object().put("n", 1L).put("x", 2.0f);
        Task first;
        try (Host host = host("here")) {
            host.skills.with("count", (in, context) -> IntNode.valueOf(1));
            first = end(host.engine.submit(request(host, "count", input, "k1")));
        }
        try (Host host = host("here")) {
            host.skills.with("count", (in, context) -> IntNode.valueOf(2));
            Task again = end(host.engine.submit(request(host, "count", input, "k1")));
            assertEquals(first.id(), again.id(), again::toString);
            Task other =
                    end(
                            host.engine.submit(
                                    request(host, "count", Wire.object().put("n", 2L), "k1")));
            assertEquals("key_conflict", other.error().code());
        }
    }

    @Test
    void many_tasks_from_before_a_crash_leave_threads_for_others_and_none_is_refused()
            throws Exception {
        int many = 200;
        int threads = 8;
        Map<String, Object> few =
                Map.of("skills_wait", 60, "max_waiting", 2 * many, "max_running", 4);
        Map<String, Object> room = Map.of("skills_wait", 60, "max_waiting", 2 * many);
        List<String> ids = new ArrayList<>();
        try (Host host = new Host("here", 64, few, folder.resolve("here"))) {
            CountDownLatch never = new CountDownLatch(1);
            host.skills.with(
                    "late",
                    (input, context) -> {
                        never.await();
                        return IntNode.valueOf(0);
                    });
            for (int i = 0; i < many; i++) {
                TaskHandle handle = host.engine.submit(request(host, "late", Wire.object(), ""));
                ids.add(handle.accepted().get(30, TimeUnit.SECONDS).id());
            }
            try (Host again = new Host("here", threads, room, folder.resolve("here"))) {
                again.skills.with("ready", (input, context) -> IntNode.valueOf(1));
                for (int i = 0; i < 300; i++) {
                    Task ready = end(again.submit("ready", Wire.object()));
                    assertEquals(TaskState.COMPLETED, ready.state(), ready::toString);
                }
                again.skills.with("late", (input, context) -> IntNode.valueOf(2));
                List<TaskState> done = Collections.nCopies(many, TaskState.COMPLETED);
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertEquals(done, states(again, ids)));
            }
        }
    }

    private static List<TaskState> states(Host host, List<String> ids) {
        return ids.stream().map(id -> host.engine.find(id).orElseThrow().state()).toList();
    }

    @Test
    void a_task_that_runs_while_its_host_stops_does_not_fail_but_is_begun_again() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch broken = new CountDownLatch(1);
        TaskHandle handle;
        try (Host host = host("here")) {
            host.skills.with(
                    "slow",
                    (input, context) -> {
                        try {
                            running.countDown();
                            new CountDownLatch(1).await();
                            return IntNode.valueOf(0);
                        } finally {
                            broken.countDown();
                        }
                    });
            handle = host.engine.submit(request(host, "slow", Wire.object(), ""));
            assertTrue(running.await(20, TimeUnit.SECONDS));
        }
        assertTrue(broken.await(20, TimeUnit.SECONDS));
        try (Host again = host("here")) {
            again.skills.with("slow", (input, context) -> IntNode.valueOf(2));
            String id = handle.task().id();
            await().until(() -> again.engine.find(id).orElseThrow().state().isFinal());
            assertEquals(2, again.engine.find(id).orElseThrow().result().asInt());
        }
        assertFalse(handle.task().state().isFinal(), handle.task()::toString);
    }

    @Test
    void an_outcome_survives_a_crash_and_the_same_key_gets_it_again() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Task first;
        try (Host host = host("here")) {
            host.skills.with("count", (input, context) -> IntNode.valueOf(runs.incrementAndGet()));
            ObjectNode input = Wire.object().put("text", "a");
            first = end(host.engine.submit(request(host, "count", input, "k1")));
            assertEquals(first, end(host.engine.submit(request(host, "count", input, "k1"))));
            Task other = end(host.engine.submit(request(host, "count", Wire.object(), "k1")));
            assertEquals("key_conflict", other.error().code());
            try (Host again = host("here")) {
                again.skills.with(
                        "count", (in, context) -> IntNode.valueOf(runs.incrementAndGet()));
                assertEquals(1, again.engine.find(first.id()).orElseThrow().result().asInt());
                Task repeated = end(again.engine.submit(request(again, "count", input, "k1")));
                assertEquals(first.id(), repeated.id());
                assertEquals(first.updated(), repeated.updated());
            }
        }
        assertEquals(1, runs.get());
    }

    @Test
    void a_task_that_was_running_is_begun_again_when_its_skill_is_there() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        List<String> attempts = new CopyOnWriteArrayList<>();
        try (Host host = host("here")) {
            host.skills.with(
                    "slow",
                    (input, context) -> {
                        attempts.add(context.idempotencyKey() + context.attempt());
                        started.countDown();
                        new CountDownLatch(1).await();
                        return IntNode.valueOf(1);
                    });
            TaskHandle handle = host.engine.submit(request(host, "slow", Wire.object(), ""));
            assertTrue(started.await(30, TimeUnit.SECONDS));
            await("the disk knows of the attempt")
                    .until(() -> journal("here").contains("\"working\""));
            try (Host again = host("here")) {
                String id = handle.task().id();
                again.skills.with(
                        "slow",
                        (input, context) -> {
                            attempts.add(context.idempotencyKey() + context.attempt());
                            return IntNode.valueOf(2);
                        });
                await().until(() -> again.engine.find(id).orElseThrow().state().isFinal());
                Task task = again.engine.find(id).orElseThrow();
                assertEquals(2, task.result().asInt());
                assertEquals(List.of(id + 1, id + 2), attempts);
                assertTrue(
                        again.engine.trace(id).stream()
                                .anyMatch(step -> step.what().equals("recovered")));
            }
        }
    }

    @Test
    void a_question_is_answered_after_a_restart_and_asked_once() throws Exception {
        FakeSkills.Body body =
                (input, context) ->
                        TextNode.valueOf(
                                context.ask("Which?", "red", "blue") + context.ask("Why?"));
        try (Host host = host("here")) {
            host.skills.with("ask", body);
            TaskHandle handle = host.engine.submit(request(host, "ask", Wire.object(), ""));
            String id = handle.task().id();
            await().until(() -> handle.task().state() == TaskState.INPUT_REQUIRED);
            assertEquals("Which?", handle.task().question().text());
            TaskException wrong =
                    assertThrows(TaskException.class, () -> host.engine.answer(id, say("green")));
            assertEquals("bad_answer", wrong.error().code());
            host.engine.answer(id, say("red"));
            await().until(
                            () ->
                                    handle.task().question() != null
                                            && handle.task().question().text().equals("Why?"));
            await("the disk knows of the question").until(() -> journal("here").contains("Why?"));
            try (Host again = host("here")) {
                again.skills.with("ask", body);
                Task waiting = again.engine.find(id).orElseThrow();
                assertEquals(TaskState.INPUT_REQUIRED, waiting.state());
                assertEquals("Why?", waiting.question().text());
                again.engine.answer(id, say("because"));
                await().until(() -> again.engine.find(id).orElseThrow().state().isFinal());
                assertEquals(
                        "redbecause", again.engine.find(id).orElseThrow().result().textValue());
                assertEquals(
                        "not_asked",
                        assertThrows(
                                        TaskException.class,
                                        () -> again.engine.answer(id, say("late")))
                                .error()
                                .code());
            }
        }
    }

    private static TaskAnswer say(String text) {
        return new TaskAnswer(Optional.of(text), Optional.empty(), "test");
    }

    private static TaskAnswer may(boolean approved) {
        return new TaskAnswer(Optional.empty(), Optional.of(approved), "test");
    }

    @Test
    void a_tool_to_confirm_runs_only_when_approved_and_is_rejected_when_refused() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (Host host = host("here")) {
            host.skills
                    .with("wipe", (input, context) -> IntNode.valueOf(runs.incrementAndGet()))
                    .confirm("wipe");
            ObjectNode input = Wire.object().put("text", "/data");
            TaskHandle yes = host.engine.submit(request(host, "wipe", input, ""));
            TaskHandle no = host.engine.submit(request(host, "wipe", input, ""));
            await().until(
                            () ->
                                    yes.task().state() == TaskState.AUTH_REQUIRED
                                            && no.task().state() == TaskState.AUTH_REQUIRED);
            assertEquals(input, yes.task().question().arguments());
            assertEquals(0, runs.get());
            assertEquals(
                    "bad_answer",
                    assertThrows(
                                    TaskException.class,
                                    () -> host.engine.answer(yes.task().id(), say("yes")))
                            .error()
                            .code());
            host.engine.answer(yes.task().id(), may(true));
            host.engine.answer(no.task().id(), may(false));
            assertEquals(TaskState.COMPLETED, end(yes).state());
            Task refused = end(no);
            assertEquals(TaskState.REJECTED, refused.state());
            assertEquals("refused", refused.error().code());
            assertEquals(1, runs.get());
        }
    }

    @Test
    void an_approval_that_was_asked_for_before_a_crash_counts_after_it() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        FakeSkills.Body body = (input, context) -> IntNode.valueOf(runs.incrementAndGet());
        try (Host host = host("here")) {
            host.skills.with("wipe", body).confirm("wipe");
            TaskHandle task = host.engine.submit(request(host, "wipe", Wire.object(), ""));
            String id = task.task().id();
            await().until(() -> task.task().state() == TaskState.AUTH_REQUIRED);
            await("the disk knows of the question")
                    .until(() -> journal("here").contains("\"auth_required\""));
            try (Host again = host("here")) {
                again.skills.with("wipe", body).confirm("wipe");
                again.engine.answer(id, may(true));
                await().until(() -> again.engine.find(id).orElseThrow().state().isFinal());
                assertEquals(TaskState.COMPLETED, again.engine.find(id).orElseThrow().state());
                assertEquals(1, runs.get());
            }
        }
    }

    @Test
    void an_update_that_changes_a_tool_voids_the_approval_that_was_asked_for_before()
            throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (Host host = host("here")) {
            host.skills
                    .with("wipe", (input, context) -> IntNode.valueOf(runs.incrementAndGet()))
                    .confirm("wipe");
            TaskHandle task = host.engine.submit(request(host, "wipe", Wire.object(), ""));
            await().until(() -> task.task().state() == TaskState.AUTH_REQUIRED);
            host.skills.describe("wipes everything, not only this folder");
            host.engine.answer(task.task().id(), may(true));
            Task voided = end(task);
            assertEquals(TaskState.REJECTED, voided.state());
            assertEquals("tool_changed", voided.error().code());
            assertEquals(0, runs.get());
        }
    }

    @Test
    void nobody_answering_is_no_refusal() throws Exception {
        try (Host host = host("here")) {
            host.skills.with("ask", (input, context) -> TextNode.valueOf(context.ask("Well?")));
            Task task =
                    end(host.submit("ask", Wire.object(), Optional.empty(), Duration.ofSeconds(3)));
            assertEquals(TaskState.FAILED, task.state());
            assertEquals("deadline_exceeded", task.error().code());
            assertTrue(task.error().message().contains("nobody answered: Well?"));
        }
    }

    @Test
    void a_durable_task_waits_for_a_peer_that_is_away_and_is_done_once_by_it() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (Host here = host("here");
                Host there = host("there")) {
            there.skills.with("count", (input, context) -> IntNode.valueOf(runs.incrementAndGet()));
            here.learn(there, "active", 0);
            TaskHandle handle = here.engine.submit(request(here, "count", Wire.object(), ""));
            await().until(
                            () ->
                                    here.engine.trace(handle.task().id()).stream()
                                            .anyMatch(step -> step.what().equals("retried")));
            here.link(there);
            assertEquals(1, end(handle).result().asInt());
            assertEquals(1, runs.get());
            assertTrue(handle.task().attempt() > 1);
        }
    }

    @Test
    void a_crash_of_the_submitter_or_of_the_peer_loses_no_task_and_repeats_no_completed_one()
            throws Exception {
        AtomicInteger runs = new AtomicInteger();
        FakeSkills.Body count = (input, context) -> IntNode.valueOf(runs.incrementAndGet());
        try (Host here = host("here");
                Host there = host("there")) {
            there.skills.with("count", count);
            here.link(there);
            here.loseAnswers = true;
            TaskHandle handle = here.engine.submit(request(here, "count", Wire.object(), ""));
            String id = handle.task().id();
            await("the end is told when the disk has it")
                    .until(() -> there.states(id).contains("completed"));
            assertEquals(1, runs.get());
            try (Host there2 = host("there");
                    Host here2 = host("here")) {
                there2.skills.with("count", count);
                here2.link(there2);
                await().until(() -> here2.engine.find(id).orElseThrow().state().isFinal());
                Task task = here2.engine.find(id).orElseThrow();
                assertEquals(1, task.result().asInt(), "the outcome of the first time");
                assertEquals(1, runs.get());
                assertNotEquals(0, task.attempt());
            }
        }
    }

    @Test
    void a_task_for_a_skill_that_left_ends_soon_although_others_are_still_waited_for()
            throws Exception {
        Map<String, Object> longest = Map.of("skills_wait", 600);
        try (Host here = host("here");
                Host there = new Host("there", 64, longest, folder.resolve("there"))) {
            there.skills.with("gone", (input, context) -> IntNode.valueOf(1));
            here.link(there);
            TaskHandle before = here.engine.submit(request(here, "gone", Wire.object(), ""));
            assertEquals(1, end(before).result().asInt());
            there.skills.without("gone"); // the card that the caller knows still lists it
            Task task = end(here.engine.submit(request(here, "gone", Wire.object(), "")));
            assertEquals("unknown_skill", task.error().code());
            assertEquals(TaskState.REJECTED, task.state());
        }
    }

    @Test
    void a_task_whose_skill_is_away_for_a_moment_is_done() throws Exception {
        try (Host here = host("here");
                Host there = host("there")) {
            FakeSkills.Body one = (input, context) -> IntNode.valueOf(1);
            there.skills.with("back", one);
            here.link(there);
            there.skills.missOnce("back");
            TaskHandle handle = here.engine.submit(request(here, "back", Wire.object(), ""));
            assertEquals(1, end(handle).result().asInt());
        }
    }
}
