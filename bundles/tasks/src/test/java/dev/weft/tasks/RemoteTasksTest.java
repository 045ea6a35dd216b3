package dev.weft.tasks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.TaskStep;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RemoteTasksTest {
    private final Host here = new Host("here");
    private final Host there = new Host("there");

    @AfterEach
    void close() throws Exception {
        here.close();
        there.close();
    }

    private static Task end(TaskHandle handle) throws Exception {
        return handle.done().get(30, TimeUnit.SECONDS);
    }

    /** Reference defect 1. */
    @Test
    void a_task_goes_to_the_peer_that_has_the_skill_and_comes_back_with_its_path()
            throws Exception {
        there.skills.with(
                "echo",
                (input, context) ->
                        TextNode.valueOf(context.caller() + ":" + input.get("text").textValue()));
        here.link(there);
        Task task = end(here.submit("echo.run", Wire.object().put("text", "hi")));
        assertEquals("here:hi", task.result().textValue(), String.valueOf(task.error()));
        assertEquals(TaskState.COMPLETED, task.state());
        assertEquals("p2p", task.path());
        assertEquals(there.id, task.target());
        assertEquals("echo", task.skill());
        assertEquals("run", task.tool());
        assertEquals(List.of("submitted", "working", "completed"), here.states(task.id()));
        assertEquals(
                task.id(),
                there.engine.find(task.id()).orElseThrow().id(),
                "both sides know it by one id");
        assertEquals("local", there.engine.find(task.id()).orElseThrow().path());
        JsonNode request = here.sent.get(0).payload();
        assertEquals("echo.run", request.get("skill").textValue());
        assertTrue(
                request.get("timeout_ms").asLong() > 15_000
                        && request.get("timeout_ms").asLong() <= 20_000);
    }

    @Test
    void pieces_and_progress_travel_back_in_order_before_the_result() throws Exception {
        there.skills.with(
                "stream",
                (input, context) -> {
                    for (int i = 0; i < 100; i++) {
                        context.emit("p" + i);
                    }
                    context.progress(0.25, "quarter");
                    return TextNode.valueOf("end");
                });
        here.link(there);
        List<String> pieces = new ArrayList<>();
        TaskHandle handle = here.submit("stream", Wire.object());
        handle.onChunk(pieces::add);
        assertEquals("end", end(handle).result().textValue());
        assertEquals(100, pieces.size());
        assertEquals("p0", pieces.get(0));
        assertEquals("p99", pieces.get(99));
        List<String> told =
                here.events.stream()
                        .filter(said -> said.type().equals("task.chunk"))
                        .map(said -> said.payload().get("text").asText())
                        .toList();
        assertEquals(pieces, told);
        assertTrue(
                here.events.stream()
                        .anyMatch(
                                said ->
                                        said.type().equals("task.progress")
                                                && said.payload()
                                                        .get("note")
                                                        .asText()
                                                        .equals("quarter")));
    }

    @Test
    void pieces_of_another_attempt_and_missing_ones_are_told_apart() throws Exception {
        here.link(there);
        here.stranger =
                (payload, interim) -> {
                    for (String piece :
                            List.of(
                                    "{\"text\":\"a\",\"attempt\":1,\"seq\":0}",
                                    "{\"text\":\"b\",\"attempt\":1,\"seq\":1}",
                                    "{\"text\":\"b\",\"attempt\":1,\"seq\":1}",
                                    "{\"text\":\"A\",\"attempt\":2,\"seq\":0}",
                                    "{\"text\":\"D\",\"attempt\":2,\"seq\":3}",
                                    "{\"text\":\"\",\"done\":true,\"attempt\":2,\"seq\":5}")) {
                        interim.accept(
                                new MeshMessage(
                                        MeshMessage.TASK_STREAM_CHUNK,
                                        "",
                                        there.id.value(),
                                        "",
                                        Wire.tree(piece)));
                    }
                    return answer("{\"result\":\"end\"}");
                };
        TaskHandle handle =
                here.submit(
                        "stream",
                        Wire.object(),
                        Optional.of(there.id.value()),
                        Duration.ofSeconds(20));
        List<String> pieces = new ArrayList<>();
        handle.onChunk(pieces::add);
        assertEquals("end", end(handle).result().textValue());
        assertEquals(List.of("a", "b", "A", "D"), pieces);
        List<String> notes =
                here.engine.trace(handle.task().id()).stream()
                        .filter(step -> step.what().equals("stream"))
                        .map(TaskStep::note)
                        .toList();
        assertEquals(3, notes.size(), notes.toString());
        assertTrue(notes.get(0).contains("starts anew after 2 pieces"), notes.get(0));
        assertTrue(notes.get(1).contains("pieces 1 to 2"), notes.get(1));
        assertTrue(notes.get(2).contains("pieces 4 to 4"), notes.get(2));
    }

    @Test
    void refusals_of_the_peer_are_rejections_and_failures_are_failures() throws Exception {
        there.skills.with(
                "disk",
                (input, context) -> {
                    throw new IllegalStateException("broken");
                });
        here.link(there);
        Task refused = end(here.submit("disk", Wire.object().put("bad", 1)));
        assertEquals(TaskState.REJECTED, refused.state());
        assertEquals("bad_arguments", refused.error().code());
        Task failed = end(here.submit("disk", Wire.object()));
        assertEquals(TaskState.FAILED, failed.state());
        assertEquals("skill_failed", failed.error().code());
        assertTrue(failed.error().message().contains("broken"));
        Task unknown =
                end(
                        here.submit(
                                "nope",
                                Wire.object(),
                                Optional.of("the-there"),
                                Duration.ofSeconds(5)));
        assertEquals(TaskState.REJECTED, unknown.state());
        assertEquals("unknown_skill", unknown.error().code());
    }

    @Test
    void cancel_reaches_the_skill_on_the_peer() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        there.skills.with(
                "slow",
                (input, context) -> {
                    started.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                    return IntNode.valueOf(1);
                });
        here.link(there);
        TaskHandle handle = here.submit("slow", Wire.object());
        assertTrue(started.await(20, TimeUnit.SECONDS));
        await().until(() -> handle.task().state() == TaskState.WORKING);
        assertTrue(there.peerTasks.needs(here.id), "the link is kept for the result");
        assertTrue(here.engine.cancel(handle.task().id()));
        assertEquals(TaskState.CANCELED, end(handle).state());
        assertTrue(interrupted.await(20, TimeUnit.SECONDS));
        await().until(
                        () ->
                                there.engine.find(handle.task().id()).orElseThrow().state()
                                        == TaskState.CANCELED);
        assertFalse(there.peerTasks.needs(here.id));
    }

    @Test
    void the_deadline_ends_it_on_both_sides() throws Exception {
        there.skills.with(
                "slow",
                (input, context) -> {
                    new CountDownLatch(1).await();
                    return IntNode.valueOf(1);
                });
        here.link(there);
        Task task =
                end(here.submit("slow", Wire.object(), Optional.empty(), Duration.ofSeconds(3)));
        assertEquals("deadline_exceeded", task.error().code());
        assertEquals(TaskState.FAILED, task.state());
        await().until(() -> there.engine.find(task.id()).orElseThrow().state().isFinal());
    }

    @Test
    void a_late_answer_does_not_change_the_end() throws Exception {
        CompletableFuture<MeshMessage> answer = new CompletableFuture<>();
        here.learn(there, "active", 0);
        here.stranger = (payload, interim) -> answer.copy();
        TaskHandle handle =
                here.submit("x", Wire.object(), Optional.of("there"), Duration.ofSeconds(5));
        here.engine.cancel(handle.task().id());
        Task task = end(handle);
        answer.complete(
                new MeshMessage(
                        MeshMessage.TASK_RESPONSE,
                        "r",
                        "there",
                        "here",
                        Wire.object().put("result", 1)));
        assertEquals(task, handle.task());
        assertEquals(TaskState.CANCELED, handle.task().state());
        assertTrue(
                here.sent.stream()
                        .anyMatch(
                                said ->
                                        said.type().equals(MeshMessage.TASK_CANCEL)
                                                && said.payload()
                                                        .get("task_id")
                                                        .asText()
                                                        .equals(task.id())));
    }

    @Test
    void strange_answers_and_lost_links_end_the_task_with_a_code() throws Exception {
        here.learn(there, "active", 0);
        assertEquals(
                "FAILED skill_failed",
                strange(answer("{\"error\":{\"deep\":1},\"code\":\"Drop Table\"}")));
        assertEquals("FAILED skill_failed", strange(answer("{}")));
        assertEquals("FAILED skill_failed", strange(answer("[1]")));
        assertEquals(
                "CANCELED canceled", strange(answer("{\"error\":\"no\",\"code\":\"canceled\"}")));
        assertEquals(
                "FAILED skill_failed",
                strange(
                        CompletableFuture.completedFuture(
                                new MeshMessage("pong", "", "", "", null))));
        assertEquals(
                "FAILED unreachable",
                strange(
                        CompletableFuture.failedFuture(
                                new MeshException("unreachable", "no route"))));
        assertEquals(
                "FAILED unreachable",
                strange(CompletableFuture.failedFuture(new MeshException("link_closed", "gone"))));
        assertEquals(
                "FAILED deadline_exceeded",
                strange(CompletableFuture.failedFuture(new MeshException("timeout", "slow"))));
        assertEquals(
                "REJECTED busy",
                strange(CompletableFuture.failedFuture(new MeshException("busy", "full"))));
        here.stranger =
                (payload, interim) -> {
                    throw new MeshException("stopped", "closing");
                };
        assertEquals(
                "unreachable",
                end(here.submit("x", Wire.object(), Optional.of("there"), Duration.ofSeconds(5)))
                        .error()
                        .code());
    }

    @Test
    void an_empty_error_beside_a_result_is_none() throws Exception {
        here.learn(there, "active", 0);
        here.stranger = (payload, interim) -> answer("{\"result\":\"done\",\"error\":\"\"}");
        Task task =
                end(here.submit("x", Wire.object(), Optional.of("there"), Duration.ofSeconds(5)));
        assertEquals("done", task.result().textValue(), String.valueOf(task.error()));
    }

    private String strange(CompletableFuture<MeshMessage> answer) throws Exception {
        here.stranger = (payload, interim) -> answer;
        Task task =
                end(here.submit("x", Wire.object(), Optional.of("there"), Duration.ofSeconds(5)));
        return task.state() + " " + task.error().code();
    }

    private static CompletableFuture<MeshMessage> answer(String json) {
        return CompletableFuture.completedFuture(
                new MeshMessage(MeshMessage.TASK_RESPONSE, "", "there", "here", Wire.tree(json)));
    }

    @Test
    void an_offline_agent_is_refused_by_name_unless_a_link_proves_it_alive() throws Exception {
        there.skills.with("echo", (input, context) -> IntNode.valueOf(1));
        here.learn(there, "offline", 0);
        Task named =
                end(
                        here.submit(
                                "echo",
                                Wire.object(),
                                Optional.of("there"),
                                Duration.ofSeconds(5)));
        assertEquals("agent_offline", named.error().code());
        assertTrue(
                named.error().message().contains("the-there (there) is offline"),
                named.error().message());
        Task any = end(here.submit("echo", Wire.object()));
        assertEquals("agent_offline", any.error().code());
        here.link(there);
        here.learn(there, "offline", 0);
        assertEquals(TaskState.COMPLETED, end(here.submit("echo", Wire.object())).state());
        here.known.clear();
        assertEquals(
                TaskState.COMPLETED,
                end(here.submit("echo", Wire.object(), Optional.of("there"), Duration.ofSeconds(5)))
                        .state(),
                "the registry is away, the link is not");
    }

    @Test
    void without_a_target_the_linked_and_least_loaded_one_is_taken_and_never_the_one_who_asks()
            throws Exception {
        try (Host third = new Host("third")) {
            there.skills.with("echo", (input, context) -> IntNode.valueOf(2));
            third.skills.with("echo", (input, context) -> IntNode.valueOf(3));
            here.link(there);
            here.link(third);
            here.learn(there, "active", 0.9);
            here.learn(third, "active", 0.1);
            assertEquals(3, end(here.submit("echo", Wire.object())).result().asInt());
            here.learn(there, "active", 0.0);
            assertEquals(2, end(here.submit("echo", Wire.object())).result().asInt());
            here.linked.remove(there.id);
            assertEquals(
                    3,
                    end(here.submit("echo", Wire.object())).result().asInt(),
                    "a link beats load");
            TaskRequest fromThird =
                    new TaskRequest(
                            "echo",
                            Wire.object(),
                            Optional.empty(),
                            third.id,
                            Duration.ofSeconds(5),
                            0);
            here.linked.put(there.id, there);
            assertEquals(2, end(here.engine.submit(fromThird)).result().asInt());
        }
    }

    /** Reference defect 5. */
    @Test
    void hosts_that_call_each_other_in_a_circle_stop() throws Exception {
        here.skills.with(
                "ping",
                (input, context) ->
                        end(here.submit("pong", Wire.object())).error() == null
                                ? IntNode.valueOf(1)
                                : fail());
        there.skills.with(
                "pong",
                (input, context) ->
                        end(there.submit("ping", Wire.object())).error() == null
                                ? IntNode.valueOf(1)
                                : fail());
        here.link(there);
        Task task = end(here.submit("ping", Wire.object()));
        assertEquals(TaskState.FAILED, task.state());
        assertTrue(here.engine.list(100).size() + there.engine.list(100).size() < 20);
        assertTrue(
                here.events.stream()
                                .anyMatch(said -> said.payload().toString().contains("too_deep"))
                        || there.events.stream()
                                .anyMatch(said -> said.payload().toString().contains("too_deep")));
    }

    private static JsonNode fail() {
        throw new IllegalStateException("the other side failed");
    }

    @Test
    void a_request_that_comes_twice_is_done_once_and_answered_twice() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        there.skills.with(
                "once",
                (input, context) -> {
                    runs.incrementAndGet();
                    go.await();
                    return TextNode.valueOf("done");
                });
        List<String> answers = new CopyOnWriteArrayList<>();
        String payload = "{\"skill\":\"once\",\"args\":{},\"task_id\":\"abc\"}";
        receive("r1", payload, answers);
        receive("r2", payload, answers);
        go.countDown();
        await().until(() -> answers.size() == 2);
        receive("r3", payload, answers);
        await().until(() -> answers.size() == 3);
        assertEquals(
                List.of("{\"result\":\"done\"}", "{\"result\":\"done\"}", "{\"result\":\"done\"}"),
                answers);
        assertEquals(1, runs.get());
        receive("r4", payload.replace("abc", "abd"), answers);
        await().until(() -> answers.size() == 4);
        assertEquals(2, runs.get());
    }

    private void receive(String requestId, String payload, List<String> answers) {
        MeshMessage message =
                new MeshMessage(
                        MeshMessage.TASK_REQUEST, requestId, "here", "there", Wire.tree(payload));
        there.peerTasks.handle(
                here.id,
                message,
                (type, answer) ->
                        answers.add((type.equals(MeshMessage.TASK_RESPONSE) ? "" : type) + answer));
    }

    @Test
    void agents_of_the_reference_are_understood_and_answered_in_text() throws Exception {
        there.skills.with("echo", (input, context) -> input);
        List<String> answers = new CopyOnWriteArrayList<>();
        receive("r1", "{\"message\":\"hello\",\"skill\":\"echo\"}", answers);
        await().until(() -> answers.size() == 1);
        assertEquals("{\"result\":\"{\\\"text\\\":\\\"hello\\\"}\"}", answers.get(0));
        receive("r2", "{\"message\":\"hello\",\"skill\":\"nope\"}", answers);
        await().until(() -> answers.size() == 2);
        assertTrue(answers.get(1).contains("\"code\":\"unknown_skill\""), answers.get(1));
        for (String hostile :
                List.of(
                        "{}",
                        "null",
                        "[]",
                        "\"x\"",
                        "{\"skill\":7}",
                        "{\"skill\":{\"a\":1}}",
                        "{\"skill\":\"echo\",\"args\":[1]}",
                        "{\"skill\":\"echo\",\"args\":null}",
                        "{\"skill\":\"echo\",\"args\":{},\"depth\":9}")) {
            int before = answers.size();
            receive("h" + before, hostile, answers);
            await().until(() -> answers.size() == before + 1);
            assertTrue(
                    answers.get(before).contains("\"error\""),
                    hostile + " -> " + answers.get(before));
        }
    }

    @Test
    void an_agent_of_the_reference_gets_the_message_and_no_stream() throws Exception {
        AgentCard card =
                new AgentCard(
                        there.id,
                        "",
                        "",
                        0,
                        "",
                        new AgentCard.Capabilities(List.of("ask"), null, 0, ""),
                        "",
                        "",
                        null,
                        null,
                        Map.of(),
                        "",
                        "",
                        "",
                        0);
        here.known.put("there", new KnownAgent(card, "active", false));
        here.stranger =
                (payload, interim) ->
                        CompletableFuture.completedFuture(
                                new MeshMessage(
                                        MeshMessage.TASK_RESPONSE,
                                        "",
                                        "",
                                        "",
                                        Wire.object()
                                                .put(
                                                        "result",
                                                        payload.get("message").textValue())));
        Task task = end(here.submit("ask", Wire.object().put("text", "how are you").put("n", 3)));
        assertEquals("how are you", task.result().textValue());
        assertFalse(here.sent.get(0).payload().get("stream").asBoolean());
        assertEquals(List.of("submitted", "working", "completed"), here.states(task.id()));
    }

    @Test
    void a_peer_that_was_missed_several_times_is_left_alone_for_a_while() throws Exception {
        there.skills.with("echo", (input, context) -> TextNode.valueOf("here"));
        here.learn(there, "active", 0);
        Optional<String> target = Optional.of(there.id.value());
        for (int i = 0; i < 30; i++) {
            Task task = end(here.submit("echo", Wire.object(), target, Duration.ofSeconds(20)));
            assertEquals("unreachable", task.error().code());
        }
        long asked =
                here.sent.stream()
                        .filter(said -> said.type().equals(MeshMessage.TASK_REQUEST))
                        .count();
        assertTrue(asked >= 5 && asked < 30, asked + " sent");
        here.link(there);
        assertEquals("here", end(here.submit("echo", Wire.object())).result().textValue());
    }

    @Test
    void a_peer_cannot_cancel_what_another_asked_for() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        there.skills.with(
                "slow",
                (input, context) -> {
                    go.await();
                    return IntNode.valueOf(1);
                });
        here.link(there);
        TaskHandle handle = here.submit("slow", Wire.object());
        MeshMessage cancel =
                new MeshMessage(
                        MeshMessage.TASK_CANCEL,
                        "",
                        "mallory",
                        "there",
                        Wire.object().put("task_id", handle.task().id()));
        there.peerTasks.handle(new dev.weft.protocol.AgentId("mallory"), cancel, Host.nowhere());
        go.countDown();
        assertEquals(TaskState.COMPLETED, end(handle).state());
    }

    @Test
    void without_a_mesh_a_remote_task_is_refused() throws Exception {
        there.skills.with("echo", (input, context) -> IntNode.valueOf(1));
        here.learn(there, "active", 0);
        Task unlinked = end(here.submit("echo", Wire.object()));
        assertEquals("unreachable", unlinked.error().code());
        assertTrue(
                unlinked.error().message().contains("the-there (there) cannot be reached"),
                unlinked.error().message());
    }
}
