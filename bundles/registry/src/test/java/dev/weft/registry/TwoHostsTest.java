package dev.weft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.HostKey;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.AgentRecord.Health;
import dev.weft.api.registry.Inbox.Submission;
import dev.weft.api.registry.Pairing;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import dev.weft.store.TestCluster;
import dev.weft.store.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts over one PostgreSQL, each with its own memory, are one registry. */
class TwoHostsTest {
    private static final AgentId A = new AgentId("agent-a");
    private static final AgentId B = new AgentId("agent-b");
    @TempDir Path folder;
    private final TestCluster wires = new TestCluster();
    private Bench one;
    private Bench two;

    @BeforeEach
    void open() throws Exception {
        TestDatabase.Place place = TestDatabase.POSTGRESQL.create(folder);
        Instant start = Instant.parse("2026-03-01T12:00:00Z");
        one = new Bench(place, wires.host(), start);
        two = new Bench(place, wires.host(), start);
    }

    @AfterEach
    void close() {
        if (two != null) {
            one.close();
            two.close();
        }
    }

    private void later(Duration time) {
        one.later(time);
        two.later(time);
    }

    private void sweep() {
        one.directory.sweep();
        one.pairing.sweep();
        one.inbox.sweep();
        two.directory.sweep();
        two.pairing.sweep();
        two.inbox.sweep();
    }

    private static AgentRecord at(Bench host, AgentId id) {
        return host.directory.find(id).orElseThrow();
    }

    private static String refusal(Runnable call) {
        return assertThrows(ProtocolException.class, call::run).code();
    }

    @Test
    void an_agent_of_one_is_found_and_routed_to_at_the_other() {
        two.approve("agent-a");
        one.directory.register(Bench.card("agent-a", "pi", 0.5, "disk"));
        assertEquals(at(one, A), at(two, A));
        assertEquals(A, two.directory.route("disk", B).orElseThrow().card().agentId());
        assertTrue(two.told.contains("changed agent-a active"), two.told.toString());
        later(Duration.ofSeconds(15));
        two.directory.heartbeat(A, Wire.object().put("status", "busy"));
        assertEquals("busy", at(one, A).card().status());
        assertEquals(at(one, A), at(two, A));
        one.directory.remove(A);
        assertTrue(two.directory.find(A).isEmpty());
        assertTrue(two.told.contains("left agent-a removed"), two.told.toString());
    }

    @Test
    void health_is_one_truth_wherever_the_heartbeats_arrive() {
        one.directory.register(Bench.card("agent-a", "pi", 0, "disk"));
        for (int i = 0; i < 10; i++) {
            later(Duration.ofSeconds(60));
            one.directory.heartbeat(A, null);
            sweep();
            assertEquals(Health.ACTIVE, at(two, A).health(), "after minute " + i);
            assertEquals(at(one, A).lastHeartbeat(), at(two, A).lastHeartbeat());
        }
        later(Duration.ofSeconds(91));
        assertEquals(Health.STALE, at(one, A).health());
        assertEquals(Health.STALE, at(two, A).health());
    }

    @Test
    void a_newer_card_wins_over_a_later_sign_of_life() {
        one.directory.register(Bench.card("agent-a", "pi", 0, "disk"));
        two.cluster.cut(true);
        later(Duration.ofSeconds(1));
        one.directory.register(Bench.card("agent-a", "pi", 0, "disk", "text"));
        later(Duration.ofSeconds(1));
        two.directory.heartbeat(A, null);
        two.cluster.cut(false);
        assertTrue(at(two, A).card().offers("text"), "read from the database");
        sweep();
        assertTrue(at(one, A).card().offers("text"));
        assertEquals(at(one, A).lastHeartbeat(), at(two, A).lastHeartbeat());
    }

    @Test
    void what_was_missed_while_the_wire_was_cut_is_made_up_for() {
        one.directory.register(Bench.card("agent-a", "pi", 0, "disk"));
        one.approve("agent-b");
        two.cluster.cut(true);
        one.directory.register(Bench.card("agent-b", "box", 0, "text"));
        one.pairing.revoke("agent-b");
        one.directory.remove(A);
        later(Duration.ofMinutes(2));
        assertTrue(two.pairing.isApproved(B));
        two.cluster.cut(false);
        assertFalse(two.pairing.isApproved(B));
        assertTrue(two.told.contains("revoked agent-b"), two.told.toString());
        assertEquals(List.of(), two.directory.list());
        assertEquals(List.of(), one.directory.list());
    }

    @Test
    void a_lost_message_is_made_up_for_by_the_sweeps() {
        one.approve("agent-b");
        two.cluster.cut(true);
        one.pairing.revoke("agent-b");
        later(Duration.ofSeconds(31));
        two.pairing.sweep();
        assertFalse(two.pairing.isApproved(B));
    }

    @Test
    void two_agents_that_take_one_name_at_once_leave_the_same_one_at_both() {
        one.cluster.cut(true);
        one.directory.register(Bench.card("agent-a", "pi", 0, "disk"));
        later(Duration.ofSeconds(1));
        two.directory.register(Bench.card("agent-b", "pi", 0, "disk"));
        one.cluster.cut(false);
        two.cluster.cut(false);
        assertEquals(List.of(A), ids(one));
        assertEquals(List.of(A), ids(two));
        assertEquals(
                "name_taken",
                refusal(() -> two.directory.register(Bench.card("agent-b", "pi", 0, "disk"))));
    }

    private static List<AgentId> ids(Bench host) {
        return host.directory.list().stream().map(agent -> agent.card().agentId()).toList();
    }

    @Test
    void joining_may_begin_at_one_and_end_at_the_other() throws Exception {
        HostKey key = Bench.key(folder, "pi.key");
        String code = one.pairing.generateCode("key-1").code();
        Pairing.Answer asked = two.pairing.pair(Bench.request(key, code, "pi"));
        assertEquals("pending_approval", asked.status());
        assertEquals(1, one.pairing.list(true).size());
        two.cluster.cut(true); // notifications may be late
        one.pairing.approve("pi");
        Pairing.Answer answer = two.pairing.pair(Bench.request(key, code, "pi"));
        assertNotNull(answer.deviceToken());
        two.cluster.cut(false);
        one.cluster.cut(true);
        String token = two.pairing.pair(Bench.request(key, code, "pi")).deviceToken();
        assertTrue(one.pairing.verifyDeviceToken(token).isPresent());
        one.cluster.cut(false);
        assertTrue(one.pairing.isApproved(asked.peerId()));
        HostKey other = Bench.key(folder, "other.key");
        assertEquals(
                "code_used", refusal(() -> one.pairing.pair(Bench.request(other, code, "box"))));
        two.pairing.revoke("pi");
        assertFalse(one.pairing.isApproved(asked.peerId()));
        assertTrue(one.pairing.verifyDeviceToken(token).isEmpty());
        assertTrue(one.told.contains("revoked " + asked.peerId()), one.told.toString());
        assertTrue(one.events.stream().anyMatch(event -> event.startsWith("pairing.revoked")));
    }

    @Test
    void guesses_are_counted_in_all() throws Exception {
        HostKey key = Bench.key(folder, "pi.key");
        for (int i = 0; i < 25; i++) {
            Bench host = i % 2 == 0 ? one : two;
            String code = String.format("%06d", i);
            refusal(() -> host.pairing.pair(Bench.request(key, code, "pi")));
        }
        for (Bench host : List.of(one, two)) {
            assertEquals(
                    "too_many_attempts",
                    refusal(() -> host.pairing.pair(Bench.request(key, "999999", "pi"))));
        }
    }

    @Test
    void one_name_is_given_to_one_of_two_that_ask_at_both_at_once() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 10; round++) {
                String name = "box-" + round;
                HostKey first = Bench.key(folder, name + ".1");
                HostKey second = Bench.key(folder, name + ".2");
                String codeOne = one.pairing.generateCode("k").code();
                String codeTwo = two.pairing.generateCode("k").code();
                Future<String> left =
                        pool.submit(() -> ask(one, Bench.request(first, codeOne, name)));
                Future<String> right =
                        pool.submit(() -> ask(two, Bench.request(second, codeTwo, name)));
                List<String> answers = new ArrayList<>(List.of(left.get(), right.get()));
                answers.sort(null);
                assertEquals(List.of("name_taken", "pending_approval"), answers);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static String ask(Bench host, Pairing.Request request) {
        try {
            return host.pairing.pair(request).status();
        } catch (ProtocolException e) {
            return e.code();
        }
    }

    @Test
    void no_task_is_handed_out_twice_and_one_submitted_here_is_taken_there() throws Exception {
        one.approve("agent-a");
        one.directory.register(Bench.card("agent-a", "pi", 0, "disk"));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Bench host = i % 2 == 0 ? one : two;
            ids.add(host.inbox.submit(new Submission("disk", "", "x", null, 600)).id());
        }
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<List<String>>> takers = new ArrayList<>();
        for (Bench host : List.of(one, two, one, two)) {
            takers.add(
                    pool.submit(
                            () ->
                                    host.inbox.take(A, List.of("disk")).stream()
                                            .map(task -> task.id())
                                            .toList()));
        }
        List<String> taken = new ArrayList<>();
        for (Future<List<String>> taker : takers) {
            taken.addAll(taker.get());
        }
        pool.shutdownNow();
        assertEquals(60, taken.size());
        assertEquals(new HashSet<>(ids), new HashSet<>(taken));
        String id = taken.get(0);
        two.inbox.update(id, A, "completed", "done", "");
        assertEquals("done", one.inbox.find(id).orElseThrow().result());
    }
}
