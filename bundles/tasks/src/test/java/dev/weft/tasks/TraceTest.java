package dev.weft.tasks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskStep;
import dev.weft.api.task.Trace;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A trace over three hosts: here asks there's agent, which asks far's. */
class TraceTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CONTEXT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private final Host here = new Host("here");
    private final Host there = new Host("there");
    private final Host far = new Host("far");

    @AfterEach
    void close() {
        here.close();
        there.close();
        far.close();
    }

    private static void work(Host host, AgentId source, String skill) throws Exception {
        host.skills.with(skill, (input, context) -> TextNode.valueOf("done"));
        TaskRequest.Options options =
                new TaskRequest.Options(false, "", false, TaskRequest.Priority.NORMAL, CONTEXT);
        Task task =
                host.engine
                        .submit(
                                new TaskRequest(
                                        skill,
                                        Wire.object(),
                                        Optional.of(host.id.value()),
                                        source,
                                        Duration.ofSeconds(20),
                                        1,
                                        options))
                        .done()
                        .get(30, TimeUnit.SECONDS);
        assertEquals("completed", task.state().wireName());
    }

    private Trace gather(Host host) throws Exception {
        return host.engine.gather(TRACE, Duration.ofSeconds(5)).get(30, TimeUnit.SECONDS);
    }

    private static List<String> names(Trace trace) {
        return trace.spans().stream()
                .map(span -> span.skill() + " on " + span.target() + " by " + span.host())
                .toList();
    }

    private static String hosts(Trace trace) {
        return trace.hosts().stream().map(told -> told.agent() + " " + told.outcome()).toList()
                + "";
    }

    private void prompt(boolean linkFar) throws Exception {
        here.link(there);
        if (linkFar) {
            there.link(far);
        }
        Trace.Part asked = here.engine.part(CONTEXT, there.id, true);
        Trace.Part answering = there.engine.part(CONTEXT, here.id, false);
        work(there, here.id, "disk");
        Trace.Part handed = there.engine.part(CONTEXT, far.id, true);
        Trace.Part doing = far.engine.part(CONTEXT, there.id, false);
        work(far, there.id, "clock");
        doing.end(true);
        handed.end(true);
        answering.end(true);
        asked.end(true);
    }

    @Test
    void a_host_gathers_what_its_peers_and_theirs_did() throws Exception {
        prompt(true);
        Trace trace = gather(here);
        assertEquals(
                List.of(
                        "agent on there by here",
                        "disk on there by there",
                        "agent on far by there",
                        "clock on far by far"),
                names(trace));
        assertEquals("[there told, far told]", hosts(trace));
        Trace.Span disk = trace.spans().get(1);
        assertTrue(disk.steps().stream().anyMatch(step -> step.what().equals("working")));
        assertFalse(disk.start().isBefore(trace.spans().get(0).start()));
    }

    @Test
    void who_gave_nothing_is_told_nothing() throws Exception {
        prompt(true);
        Host stranger = new Host("stranger");
        try (stranger) {
            stranger.link(there);
            stranger.engine.part(CONTEXT, there.id, true); // it says so, but there knows better
            Trace trace = gather(stranger);
            assertEquals(List.of("agent on there by stranger"), names(trace));
            assertEquals("[there silent]", hosts(trace));
        }
    }

    @Test
    void a_host_that_is_away_or_says_nothing_is_named_and_the_rest_is_told() throws Exception {
        prompt(false);
        Trace trace = gather(here);
        assertEquals("[there told, far away]", hosts(trace));
        assertEquals(3, trace.spans().size());
    }

    @Test
    void what_a_peer_that_is_ahead_by_an_hour_tells_lies_within_what_it_was_asked() {
        Instant start = Instant.ofEpochMilli(1_000_000);
        Parts parts = new Parts(java.time.Clock.fixed(start, java.time.ZoneOffset.UTC));
        Trace.Part part = parts.note(CONTEXT, there.id, true);
        part.end(true);
        TraceMerge merge = new TraceMerge(TRACE, List.of(), start);
        long hour = 3_600_000;
        long began = start.toEpochMilli() + hour + 1;
        String told =
                """
                {"known": true, "done": [[%d, %d]], "spans": [{"id": "t", "host": "there", "skill": "disk", "target": "there",
                 "state": "completed", "start": %d, "end": %d, "steps": [[%d, "there", "working", ""]]}]}
                """
                        .formatted(began, began, began, began, began);
        merge.told(there.id, Wire.tree(told), parts.of(TRACE));
        Trace.Span span = merge.trace().spans().get(0);
        assertEquals(start, span.start());
        assertEquals(start, span.end());
        assertEquals(start, span.steps().get(0).at());
        assertEquals("its clock differs by 3600001 ms", merge.trace().hosts().get(0).note());
    }

    @Test
    void the_steps_of_a_peer_lie_between_this_hosts_own() {
        Timeline timeline = new Timeline("here");
        Instant start = Instant.ofEpochMilli(1_000_000);
        timeline.add(start, "submitted", "");
        timeline.add(start.plusMillis(10), "sent", "");
        timeline.merge(
                "there", Wire.tree("[[5000, \"working\", \"\"], [5060, \"completed\", \"\"]]"));
        timeline.add(start.plusMillis(110), "completed", "");
        assertEquals(
                List.of("submitted 0", "sent 10", "working 30", "completed 90", "completed 110"),
                timeline.steps().stream().map(step -> at(step, start)).toList());
    }

    private static String at(TaskStep step, Instant start) {
        return step.what() + " " + Duration.between(start, step.at()).toMillis();
    }

    @Test
    void a_task_that_a_peer_does_is_one_span_also_while_it_runs() throws Exception {
        var held = new java.util.concurrent.CountDownLatch(1);
        there.skills.with(
                "slow",
                (input, context) -> {
                    held.await();
                    return TextNode.valueOf("done");
                });
        here.link(there);
        var handle = here.submit("slow", Wire.object());
        await().until(() -> there.engine.load() > 0);
        String trace = handle.task().traceparent().substring(3, 35);
        Trace running = here.engine.gather(trace, Duration.ofSeconds(5)).get(30, TimeUnit.SECONDS);
        assertEquals(1, running.spans().size());
        assertTrue(
                running.spans().get(0).steps().stream()
                        .anyMatch(step -> step.agent().equals("there")));
        held.countDown();
        handle.done().get(30, TimeUnit.SECONDS);
        Trace ended = here.engine.gather(trace, Duration.ofSeconds(5)).get(30, TimeUnit.SECONDS);
        assertEquals(1, ended.spans().size());
        assertEquals("[there told]", hosts(ended));
    }
}
