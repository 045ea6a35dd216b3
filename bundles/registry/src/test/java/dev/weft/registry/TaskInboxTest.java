package dev.weft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.health.Histogram;
import dev.weft.api.registry.Inbox.Entry;
import dev.weft.api.registry.Inbox.Submission;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import dev.weft.store.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class TaskInboxTest {
    @Parameter TestDatabase kind;
    @TempDir Path folder;

    private static final AgentId A = new AgentId("agent-a");
    private static final AgentId B = new AgentId("agent-b");
    private Bench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new Bench(kind, folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private Entry submit(String skill, String target, long ttl) {
        return bench.inbox.submit(
                new Submission(skill, target, "agent-x", Wire.object().put("path", "/"), ttl));
    }

    private static String refusal(Runnable call) {
        return assertThrows(ProtocolException.class, call::run).code();
    }

    @Test
    void a_task_goes_from_submission_to_result_and_survives_restarts() {
        Entry task = submit("disk", "", 60);
        assertEquals(12, task.id().length());
        assertEquals(task, bench.inbox.find(task.id()).orElseThrow());
        bench.restart();
        List<Entry> taken = bench.inbox.take(A, List.of("disk"));
        assertEquals("assigned", taken.get(0).state());
        assertEquals("agent-a", taken.get(0).assigned());
        assertEquals("/", taken.get(0).payload().path("path").asText());
        bench.restart();
        Entry done = bench.inbox.update(task.id(), A, "completed", "42 GB", "").orElseThrow();
        assertEquals("completed", done.state());
        bench.restart();
        assertEquals("42 GB", bench.inbox.find(task.id()).orElseThrow().result());
    }

    @Test
    void a_task_for_an_agent_by_its_name_is_that_agents() {
        bench.directory.heartbeat(A, Wire.object().put("name", "kitchen"));
        Entry task = submit("disk", "kitchen", 60);
        assertEquals("agent-a", task.target());
        assertEquals(List.of(), bench.inbox.take(B, List.of("disk")));
        assertEquals(task.id(), bench.inbox.take(A, List.of()).get(0).id());
        assertEquals("cellar", submit("disk", "cellar", 60).target()); // it may come yet, by id
    }

    @Test
    void a_task_keeps_the_trace_and_the_request_it_came_with() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Submission traced = new Submission("disk", "", "x", null, 60, trace, "req-1");
        bench.inbox.submit(traced);
        bench.restart();
        Entry taken = bench.inbox.take(A, List.of("disk")).get(0);
        assertEquals(trace, taken.traceparent());
        assertEquals("req-1", taken.requestId());
        assertTrue(Wire.write(taken).contains("\"request_id\":\"req-1\""));
        Submission odd = new Submission("disk", "", "x", null, 60, "00-zz", "a b\n");
        Entry plain = bench.inbox.submit(odd);
        assertEquals("", plain.traceparent() + plain.requestId());
        assertFalse(Wire.write(plain).contains("traceparent"));
    }

    @Test
    void how_long_tasks_take_is_counted_by_stage() {
        Entry task = submit("disk", "agent-a", 60);
        bench.inbox.sockets = (agent, message) -> true;
        Entry pushed = submit("disk", "agent-a", 60);
        bench.later(Duration.ofSeconds(4));
        bench.inbox.take(A, List.of());
        bench.later(Duration.ofSeconds(3));
        bench.inbox.update(task.id(), A, "completed", "", "");
        bench.inbox.update(task.id(), A, "completed", "", ""); // said twice, counted once
        bench.inbox.update(pushed.id(), A, "failed", "", "broken");
        List<Histogram> stages = List.copyOf(bench.waits.histograms());
        assertEquals(
                List.of(1L, 2L, 1L, 1L),
                stages.stream().map(stage -> LongStream.of(stage.counts()).sum()).toList());
        assertEquals(List.of(8.0, 7.0, 7.0), stages.stream().skip(1).map(Histogram::sum).toList());
    }

    /** Reference defect 3. */
    @Test
    void a_task_aimed_at_one_agent_is_taken_by_no_other() {
        submit("disk", "agent-a", 60);
        assertTrue(bench.inbox.take(B, List.of("disk")).isEmpty());
        assertEquals(1, bench.inbox.take(A, List.of()).size());
    }

    @Test
    void a_skill_may_name_a_tool() {
        submit("disk.usage", "", 60);
        assertTrue(bench.inbox.take(B, List.of("usage", "text")).isEmpty());
        assertEquals("disk.usage", bench.inbox.take(A, List.of("disk")).get(0).skill());
    }

    @Test
    void oldest_first_and_nothing_twice() {
        Entry first = submit("disk", "", 60);
        bench.later(Duration.ofMillis(5));
        Entry second = submit("", "agent-a", 60);
        assertEquals(
                List.of(first.id(), second.id()),
                bench.inbox.take(A, List.of("disk")).stream().map(Entry::id).toList());
        assertTrue(bench.inbox.take(A, List.of("disk")).isEmpty());
        assertEquals(
                List.of(second.id(), first.id()),
                bench.inbox.list(10).stream().map(Entry::id).toList());
        assertEquals(1, bench.inbox.list(1).size());
    }

    @Test
    void many_takers_at_once_never_get_the_same_task() throws Exception {
        IntStream.range(0, 60).forEach(i -> submit("disk", "", 60));
        Queue<String> taken = new ConcurrentLinkedQueue<>();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> takers =
                    IntStream.range(0, 4)
                            .<Callable<Void>>mapToObj(
                                    i ->
                                            () -> {
                                                bench.inbox
                                                        .take(
                                                                new AgentId("agent-" + i),
                                                                List.of("disk"))
                                                        .forEach(task -> taken.add(task.id()));
                                                return null;
                                            })
                            .toList();
            for (var future : pool.invokeAll(takers)) {
                future.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(60, taken.size());
        assertEquals(60, taken.stream().distinct().count());
    }

    /** Reference defect 35. */
    @Test
    void bad_submissions_are_refused() {
        assertEquals("no_addressee", refusal(() -> submit("", "", 60)));
        assertEquals("no_addressee", refusal(() -> submit(null, null, 60)));
        assertEquals("bad_ttl", refusal(() -> submit("disk", "", 0)));
        assertEquals("bad_ttl", refusal(() -> submit("disk", "", -1)));
        assertEquals("bad_ttl", refusal(() -> submit("disk", "", 604_801)));
        assertEquals("bad_agent_id", refusal(() -> submit("", "Agent A", 60)));
        assertEquals("bad_skill_id", refusal(() -> submit("rm -rf", "", 60)));
        assertEquals(
                "too_large",
                refusal(
                        () ->
                                bench.inbox.submit(
                                        new Submission(
                                                "disk",
                                                "",
                                                "",
                                                Wire.object().put("x", "x".repeat(Wire.MAX_BODY)),
                                                60))));
        assertTrue(bench.inbox.list(10).isEmpty());
        submit("disk", "", 604_800);
    }

    @Test
    void a_full_inbox_says_so_and_has_room_again_when_tasks_end() {
        List<Entry> tasks =
                IntStream.range(0, 100).mapToObj(i -> submit("", "agent-a", 60)).toList();
        assertEquals("inbox_full", refusal(() -> submit("", "agent-a", 60)));
        bench.inbox.take(A, List.of());
        bench.inbox.update(tasks.get(0).id(), A, "completed", "", "");
        bench.inbox.sweep();
        submit("", "agent-a", 60);
    }

    /** Reference defect 26. */
    @Test
    void a_final_task_never_changes() {
        Entry task = submit("", "agent-a", 60);
        bench.inbox.take(A, List.of());
        bench.inbox.update(task.id(), A, "completed", "yes", "");
        assertEquals(
                "yes",
                bench.inbox.update(task.id(), A, "completed", "yes", "").orElseThrow().result(),
                "the same report again is harmless");
        for (String state : List.of("completed", "failed", "assigned", "pending")) {
            assertEquals(
                    "illegal_state",
                    refusal(() -> bench.inbox.update(task.id(), A, state, "no", "")));
        }
        assertEquals("yes", bench.inbox.find(task.id()).orElseThrow().result());
    }

    /** Reference defect 26. */
    @Test
    void only_the_assigned_agent_reports_and_only_known_states() {
        Entry task = submit("disk", "", 60);
        assertEquals(
                "not_yours",
                refusal(() -> bench.inbox.update(task.id(), A, "assigned", "", "")),
                "it does not offer the skill");
        bench.directory.register(Bench.card("agent-a", "a", 0, "disk"));
        assertEquals(
                "illegal_state",
                refusal(() -> bench.inbox.update(task.id(), A, "completed", "", "")));
        assertEquals(
                "assigned",
                bench.inbox.update(task.id(), A, "assigned", "", "").orElseThrow().state());
        assertEquals(
                "not_yours",
                refusal(() -> bench.inbox.update(task.id(), B, "completed", "forged", "")));
        assertEquals("bad_state", refusal(() -> bench.inbox.update(task.id(), A, "done", "", "")));
        assertEquals("bad_state", refusal(() -> bench.inbox.update(task.id(), A, null, "", "")));
        assertTrue(bench.inbox.update("unknown", A, "completed", "", "").isEmpty());
        assertTrue(bench.inbox.find(null).isEmpty());
    }

    /** Reference defect 26. */
    @Test
    void an_expired_task_fails_and_a_late_result_does_not_count() {
        Entry waiting = submit("", "agent-b", 10);
        Entry task = submit("", "agent-a", 10);
        bench.inbox.take(A, List.of());
        bench.later(Duration.ofSeconds(10));
        assertEquals(
                "illegal_state",
                refusal(() -> bench.inbox.update(task.id(), A, "completed", "late", "")),
                "even before the sweep");
        bench.inbox.sweep();
        assertEquals("TTL expired", bench.inbox.find(task.id()).orElseThrow().error());
        assertEquals("failed", bench.inbox.find(waiting.id()).orElseThrow().state());
        assertTrue(bench.inbox.take(B, List.of()).isEmpty());
        assertEquals(
                "illegal_state",
                refusal(() -> bench.inbox.update(task.id(), A, "completed", "late", "")));
    }

    @Test
    void the_ttl_is_honoured_to_the_second_without_a_sweep() {
        Entry waiting = submit("", "agent-b", 10);
        Entry task = submit("", "agent-a", 10);
        bench.inbox.take(A, List.of());
        bench.later(Duration.ofMillis(9_999));
        assertEquals("pending", bench.inbox.find(waiting.id()).orElseThrow().state());
        bench.later(Duration.ofMillis(1));
        for (Entry expired : bench.inbox.list(10)) {
            assertEquals("failed TTL expired", expired.state() + " " + expired.error());
            assertEquals(task.createdAt() + 10, expired.updatedAt(), 0.0001);
        }
        Entry seen = bench.inbox.find(task.id()).orElseThrow();
        bench.later(Duration.ofSeconds(3));
        bench.inbox.sweep();
        assertEquals(seen, bench.inbox.find(task.id()).orElseThrow(), "as the sweep writes it");
    }

    /** Reference defect 15. */
    @Test
    void a_task_whose_taker_says_nothing_goes_back_and_is_told_of_again() {
        bench.approve("agent-b");
        bench.directory.register(Bench.card("agent-b", "agent-b", 0, "disk"));
        Queue<String> pushed = new ConcurrentLinkedQueue<>();
        Entry task = submit("disk", "", 600);
        bench.later(Duration.ofMillis(5));
        Entry aimed = submit("", "agent-a", 600);
        assertEquals(2, bench.inbox.take(A, List.of("disk")).size());
        bench.inbox.sockets = (agent, message) -> pushed.add(agent.value());
        bench.later(Bench.LEASE.minusMillis(1));
        bench.inbox.sweep();
        assertTrue(bench.inbox.take(B, List.of("disk")).isEmpty(), "the lease holds");
        bench.directory.heartbeat(B, null);
        bench.later(Duration.ofMillis(1));
        bench.inbox.sweep();
        assertEquals(List.of("agent-b", "agent-a"), List.copyOf(pushed));
        assertEquals("pending", bench.inbox.find(task.id()).orElseThrow().state());
        assertEquals(task.id(), bench.inbox.take(B, List.of("disk")).get(0).id());
        assertEquals(aimed.id(), bench.inbox.take(A, List.of("disk")).get(0).id());
        assertEquals(
                "not_yours",
                refusal(() -> bench.inbox.update(task.id(), A, "completed", "late", "")),
                "another has it now");
        assertEquals(
                "completed",
                bench.inbox.update(task.id(), B, "completed", "yes", "").orElseThrow().state());
    }

    @Test
    void who_says_that_it_works_keeps_the_task_until_its_ttl() {
        Entry task = submit("", "agent-a", 300);
        bench.inbox.take(A, List.of());
        for (int i = 0; i < 4; i++) {
            bench.later(Duration.ofSeconds(60));
            bench.inbox.update(task.id(), A, "assigned", "", "");
            bench.inbox.sweep();
            assertEquals("assigned", bench.inbox.find(task.id()).orElseThrow().state());
        }
        bench.later(Duration.ofSeconds(60));
        assertEquals("failed", bench.inbox.find(task.id()).orElseThrow().state());
        assertEquals(
                "illegal_state",
                refusal(() -> bench.inbox.update(task.id(), A, "assigned", "", "")));
    }

    @Test
    void a_result_that_comes_after_the_lease_counts_if_nobody_took_the_task_since() {
        Entry task = submit("disk", "", 600);
        bench.inbox.take(A, List.of("disk"));
        bench.later(Bench.LEASE);
        bench.inbox.sweep();
        assertEquals(
                "not_yours", refusal(() -> bench.inbox.update(task.id(), B, "completed", "", "")));
        Entry done = bench.inbox.update(task.id(), A, "completed", "slow", "").orElseThrow();
        assertEquals(
                "completed agent-a slow",
                done.state() + " " + done.assigned() + " " + done.result());
        assertTrue(bench.inbox.take(B, List.of("disk")).isEmpty());
    }

    @Test
    void a_lease_survives_a_restart_of_the_registry() {
        Entry task = submit("", "agent-a", 600);
        bench.inbox.take(A, List.of());
        bench.restart();
        bench.inbox.sweep();
        assertTrue(bench.inbox.take(A, List.of()).isEmpty());
        bench.later(Bench.LEASE);
        bench.inbox.sweep();
        assertEquals(task.id(), bench.inbox.take(A, List.of()).get(0).id());
    }

    @Test
    void text_that_a_database_cannot_keep_is_no_failure() {
        String odd = "a\0b \ud800 \ud83d\ude00";
        Entry task =
                bench.inbox.submit(
                        new Submission("", "agent-a", "x\0y", Wire.object().put("text", odd), 60));
        assertEquals("x\ufffdy", bench.inbox.find(task.id()).orElseThrow().source());
        String kept = bench.inbox.find(task.id()).orElseThrow().payload().path("text").asText();
        assertTrue(kept.startsWith("a\0b ") && kept.endsWith(" \ud83d\ude00"), kept);
        bench.inbox.take(A, List.of("\0", "disk"));
        bench.inbox.update(task.id(), A, "completed", odd, odd);
        assertEquals(
                "completed",
                bench.inbox.update(task.id(), A, "completed", odd, odd).orElseThrow().state(),
                "the same report again is harmless");
        assertTrue(bench.inbox.find("a\0b").isEmpty());
        assertTrue(bench.inbox.update("a\0b", A, "completed", "", "").isEmpty());
    }

    /** Reference defect 27. */
    @Test
    void finished_tasks_are_deleted_after_a_day_and_waiting_ones_are_not() {
        Entry done = submit("", "agent-a", 60);
        bench.inbox.take(A, List.of());
        bench.inbox.update(done.id(), A, "failed", "", "no disk");
        Entry waiting = submit("", "agent-a", 604_800);
        bench.later(Duration.ofHours(25));
        bench.inbox.sweep();
        assertTrue(bench.inbox.find(done.id()).isEmpty());
        assertTrue(bench.inbox.find(waiting.id()).isPresent());
    }

    @Test
    void whoever_may_take_a_task_is_told_of_it() {
        Queue<String> pushed = new ConcurrentLinkedQueue<>();
        bench.inbox.sockets = (agent, message) -> pushed.add(agent + " " + Wire.write(message));
        Entry aimed = submit("", "agent-a", 60);
        assertEquals(
                "agent-a {\"type\":\"tasks_waiting\",\"peer_id\":\"registry\",\"target_id\":\"agent-a\",\"payload\":{\"tasks\":[\""
                        + aimed.id()
                        + "\"]}}",
                pushed.remove());
        submit("disk", "", 60);
        assertTrue(pushed.isEmpty(), "nobody has the skill");
        bench.approve("agent-b");
        bench.directory.register(Bench.card("agent-b", "agent-b", 0, "disk"));
        submit("disk.usage", "", 60);
        assertTrue(pushed.remove().startsWith("agent-b "));
    }
}
