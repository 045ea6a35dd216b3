package dev.weft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.AgentRecord.Health;
import dev.weft.api.registry.RegistryListener;
import dev.weft.api.registry.RouteRequest;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import dev.weft.store.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class DirectoryTest {
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

    private static String code(Runnable call) {
        return assertThrows(ProtocolException.class, call::run).code();
    }

    /** Reference defect 29. */
    @Test
    void registering_again_keeps_the_first_registration_time_even_after_a_restart() {
        AgentRecord first = bench.directory.register(Bench.card("agent-a", "pi", 0, "disk"));
        bench.later(Duration.ofMinutes(10));
        bench.restart();
        AgentRecord again =
                bench.directory.register(Bench.card("agent-a", "pi", 0, "disk", "text"));
        assertEquals(first.registeredAt(), again.registeredAt());
        assertEquals("2026-03-01T12:10:00Z", again.lastHeartbeat());
        bench.restart();
        assertEquals(
                List.of("disk", "text"),
                bench.directory.find(A).orElseThrow().card().capabilities().skills());
        assertEquals(first.registeredAt(), bench.directory.find(A).orElseThrow().registeredAt());
    }

    /** Reference defect 29. */
    @Test
    void a_heartbeat_changes_only_what_it_names() {
        bench.directory.register(Bench.card("agent-a", "pi", 0.25, "disk"));
        AgentRecord after =
                bench.directory.heartbeat(
                        A,
                        Wire.object()
                                .put("status", "busy")
                                .putNull("ip")
                                .put("agent_id", "agent-b"));
        assertEquals("busy", after.card().status());
        assertEquals("box", after.card().hostname());
        assertEquals(8090, after.card().port());
        assertEquals(A, after.card().agentId());
        assertTrue(after.card().offers("disk"));
        assertEquals(after, bench.directory.heartbeat(A, null));
    }

    @Test
    void skill_names_of_the_reference_replace_the_skills() {
        bench.directory.register(Bench.card("agent-a", "pi", 0, "disk"));
        var changes = Wire.object();
        changes.putArray("skill_names").add("text").add("web");
        assertEquals(
                List.of("text", "web"),
                bench.directory.heartbeat(A, changes).card().capabilities().skills());
        var cards = Wire.object();
        cards.putArray("skills").addObject().put("id", "sysinfo");
        assertEquals(
                List.of("sysinfo"),
                bench.directory.heartbeat(A, cards).card().capabilities().skills());
    }

    @Test
    void a_heartbeat_of_an_unknown_agent_makes_it() {
        AgentRecord made = bench.directory.heartbeat(A, Wire.object().put("hostname", "box"));
        assertEquals("agent-a", made.card().name());
        assertEquals(Health.ACTIVE, made.health());
        assertTrue(bench.events.get(0).startsWith("agent.joined "), bench.events.toString());
    }

    @Test
    void hostile_heartbeats_are_refused_and_change_nothing() {
        AgentRecord before = bench.directory.register(Bench.card("agent-a", "pi", 0, "disk"));
        assertEquals("bad_heartbeat", code(() -> bench.directory.heartbeat(A, Wire.tree("[1]"))));
        assertEquals(
                "bad_json",
                code(() -> bench.directory.heartbeat(A, Wire.object().put("port", "many"))));
        assertEquals(
                "bad_agent_name",
                code(() -> bench.directory.heartbeat(A, Wire.object().put("name", "Not A Name"))));
        assertEquals(
                "card_too_large",
                code(
                        () ->
                                bench.directory.heartbeat(
                                        A,
                                        Wire.object()
                                                .put("status", "x".repeat(CardChanges.MAX_CARD)))));
        assertEquals(before, bench.directory.find(A).orElseThrow());
    }

    @Test
    void health_follows_the_age_of_the_last_heartbeat() {
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        bench.later(Duration.ofMillis(89_999));
        assertEquals(Health.ACTIVE, bench.directory.find(A).orElseThrow().health());
        bench.later(Duration.ofMillis(1));
        assertEquals(Health.STALE, bench.directory.find(A).orElseThrow().health());
        bench.later(Duration.ofSeconds(180));
        assertEquals(Health.STALE, bench.directory.find(A).orElseThrow().health());
        bench.later(Duration.ofMillis(1));
        assertEquals(Health.OFFLINE, bench.directory.find(A).orElseThrow().health());
    }

    @Test
    void the_sweep_tells_of_a_changed_state_once() {
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        bench.later(Duration.ofSeconds(100));
        bench.directory.sweep();
        bench.directory.sweep();
        bench.later(Duration.ofSeconds(200));
        bench.directory.sweep();
        bench.directory.sweep();
        bench.directory.heartbeat(A, null);
        assertEquals(
                List.of(
                        "changed agent-a active",
                        "changed agent-a stale",
                        "changed agent-a offline",
                        "changed agent-a active"),
                bench.told);
    }

    @Test
    void heartbeats_without_news_are_not_told_and_small_changes_of_load_are_none() {
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        bench.directory.heartbeat(A, Wire.object().put("load", 0.05));
        bench.directory.heartbeat(A, null);
        assertEquals(1, bench.told.size());
        bench.directory.heartbeat(A, Wire.object().put("load", 0.5));
        assertEquals(2, bench.told.size());
    }

    /** Reference defect 27. */
    @Test
    void an_agent_silent_for_the_retention_is_forgotten() {
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        bench.later(Duration.ofDays(8));
        bench.directory.sweep();
        assertTrue(bench.directory.find(A).isEmpty());
        assertTrue(
                bench.told.contains("left agent-a not heard of for 168 hours"),
                bench.told.toString());
        bench.restart();
        assertTrue(bench.directory.list().isEmpty());
    }

    @Test
    void two_agents_cannot_have_one_name_until_the_first_is_gone() {
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        ProtocolException taken =
                assertThrows(
                        ProtocolException.class,
                        () -> bench.directory.register(Bench.card("agent-b", "pi", 0)));
        assertEquals("name_taken", taken.code());
        assertTrue(taken.getMessage().contains("agent-a"), taken.getMessage());
        assertEquals(
                "name_taken",
                code(() -> bench.directory.register(Bench.card("agent-b", "hub", 0))));
        bench.later(Duration.ofSeconds(271));
        bench.directory.register(Bench.card("agent-b", "pi", 0));
        assertTrue(bench.directory.find(A).isEmpty());
        assertTrue(
                bench.told.contains("left agent-a its name was taken over"), bench.told.toString());
    }

    @Test
    void removing_says_whether_there_was_anything() {
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        assertTrue(bench.directory.remove(A));
        assertFalse(bench.directory.remove(A));
        bench.restart();
        assertTrue(bench.directory.find(A).isEmpty());
    }

    /** Reference defect 5. */
    @Test
    void routing_picks_the_least_loaded_active_one_and_never_the_caller() {
        bench.approve("agent-a", "agent-b", "agent-c");
        bench.directory.register(Bench.card("agent-a", "agent-a", 0.1, "disk"));
        bench.directory.register(Bench.card("agent-b", "agent-b", 0.5, "disk"));
        bench.directory.register(Bench.card("agent-c", "agent-c", 0.0, "text"));
        assertEquals(
                A,
                bench.directory
                        .route("disk", new AgentId("agent-x"))
                        .orElseThrow()
                        .card()
                        .agentId());
        assertEquals(B, bench.directory.route("disk", A).orElseThrow().card().agentId());
        assertTrue(bench.directory.route("web", A).isEmpty());
        assertTrue(bench.directory.route("text", new AgentId("agent-c")).isEmpty());
        bench.later(Duration.ofSeconds(80));
        bench.directory.heartbeat(B, null);
        bench.later(Duration.ofSeconds(20));
        assertEquals(
                B,
                bench.directory
                        .route("disk", new AgentId("agent-x"))
                        .orElseThrow()
                        .card()
                        .agentId());
    }

    private static AgentCard labelled(String id, double load, String skill, String... labels) {
        ObjectNode json = (ObjectNode) Wire.node(Bench.card(id, id, load, skill));
        for (String label : labels) {
            json.withObjectProperty("labels").put(label.split("=")[0], label.split("=")[1]);
        }
        return Wire.as(json, AgentCard.class);
    }

    private String routed(String skill, Map<String, String> labels) {
        return bench.directory
                .route(new RouteRequest(skill, labels, Optional.empty(), 0))
                .map(agent -> agent.card().agentId().value())
                .orElse("none");
    }

    @Test
    void labels_narrow_the_choice_and_all_of_them_count() {
        bench.approve("agent-a", "agent-b");
        bench.directory.register(labelled("agent-a", 0.9, "disk", "site=lab", "gpu=yes"));
        bench.directory.register(labelled("agent-b", 0.1, "disk", "site=lab"));
        assertEquals("agent-b", routed("disk", Map.of()));
        assertEquals("agent-b", routed("disk.usage", Map.of("site", "lab")));
        assertEquals("agent-a", routed("disk", Map.of("site", "lab", "gpu", "yes")));
        assertEquals("none", routed("disk", Map.of("site", "attic")));
        assertEquals("none", routed("text", Map.of("site", "lab")));
    }

    @Test
    void when_all_that_fit_are_busy_it_says_so_instead_of_none() {
        bench.approve("agent-a", "agent-b");
        bench.directory.register(labelled("agent-a", 1, "disk"));
        assertEquals("all_busy", code(() -> routed("disk", Map.of())));
        assertEquals("none", routed("disk", Map.of("site", "lab")));
        bench.directory.register(labelled("agent-b", 0.99, "disk"));
        assertEquals("agent-b", routed("disk", Map.of()));
    }

    @Test
    void only_approved_agents_are_routed_to() {
        bench.directory.register(labelled("agent-a", 0, "disk"));
        assertEquals("none", routed("disk", Map.of()));
        assertTrue(bench.directory.route("disk", B).isEmpty());
        bench.approve("agent-a");
        assertEquals("agent-a", routed("disk", Map.of()));
        bench.pairing.revoke("agent-a");
        assertEquals("none", routed("disk", Map.of()));
    }

    /** Reference defect 5. */
    @Test
    void a_task_that_was_passed_on_too_often_is_stopped() {
        bench.approve("agent-a");
        bench.directory.register(labelled("agent-a", 0, "disk"));
        RouteRequest last = new RouteRequest("disk", Map.of(), Optional.empty(), 7);
        assertEquals(A, bench.directory.route(last).orElseThrow().card().agentId());
        for (int hops : List.of(8, 1000, -1)) {
            RouteRequest loop = new RouteRequest("disk", Map.of(), Optional.empty(), hops);
            assertEquals("too_many_hops", code(() -> bench.directory.route(loop)));
        }
    }

    @Test
    void the_times_of_health_are_a_setting() {
        bench.times = new HealthTimes(Duration.ofSeconds(5), Duration.ofSeconds(10));
        bench.restart();
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        bench.later(Duration.ofSeconds(5));
        assertEquals(Health.STALE, bench.directory.find(A).orElseThrow().health());
        bench.directory.sweep();
        assertEquals("changed agent-a stale", bench.told.get(1));
        bench.later(Duration.ofSeconds(6));
        assertEquals(Health.OFFLINE, bench.directory.list().get(0).health());
        assertThrows(
                IllegalStateException.class,
                () -> new HealthTimes(Duration.ofSeconds(9), Duration.ofSeconds(9)));
        assertThrows(
                IllegalStateException.class,
                () -> new HealthTimes(Duration.ZERO, Duration.ofSeconds(9)));
    }

    @Test
    void equals_share_the_work_and_the_connected_come_first() {
        bench.approve("agent-a", "agent-b");
        bench.directory.register(Bench.card("agent-a", "agent-a", 0, "disk"));
        bench.directory.register(Bench.card("agent-b", "agent-b", 0, "disk"));
        Set<AgentId> seen =
                IntStream.range(0, 200)
                        .mapToObj(
                                i ->
                                        bench.directory
                                                .route("disk", Bench.LOCAL)
                                                .orElseThrow()
                                                .card()
                                                .agentId())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(A, B), seen);
        bench.directory.connected(B, true);
        assertEquals(B, bench.directory.route("disk", Bench.LOCAL).orElseThrow().card().agentId());
    }

    @Test
    void a_socket_that_opens_before_registration_counts() {
        bench.directory.connected(A, true);
        assertTrue(bench.directory.register(Bench.card("agent-a", "pi", 0)).connected());
        bench.directory.connected(A, false);
        bench.directory.connected(A, false);
        assertEquals(
                List.of("changed agent-a active connected", "changed agent-a active"), bench.told);
        assertEquals("agent.changed", bench.events.get(1).split(" ")[0]);
    }

    @Test
    void heartbeats_reach_the_database_once_a_minute_and_at_the_end() {
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        bench.later(Duration.ofSeconds(59));
        bench.directory.heartbeat(A, null);
        assertEquals("2026-03-01T12:00:00Z", stored());
        bench.later(Duration.ofSeconds(1));
        bench.directory.heartbeat(A, null);
        assertEquals("2026-03-01T12:01:00Z", stored());
        bench.later(Duration.ofSeconds(5));
        bench.directory.heartbeat(A, null);
        bench.directory.close();
        assertEquals("2026-03-01T12:01:05Z", stored());
    }

    private String stored() {
        return new AgentTable(bench.database).load().get(0).lastHeartbeat().toString();
    }

    @Test
    void a_database_in_trouble_costs_no_presence_and_is_caught_up() throws Exception {
        bench.execute("ALTER TABLE registry_agents RENAME TO away");
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        assertTrue(bench.directory.find(A).isPresent());
        assertFalse(bench.directory.check().ok());
        bench.execute("ALTER TABLE away RENAME TO registry_agents");
        bench.directory.sweep();
        assertTrue(bench.directory.check().ok());
        bench.restart();
        assertTrue(bench.directory.find(A).isPresent());
    }

    @Test
    void an_unreadable_row_does_not_keep_the_registry_down() throws Exception {
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        bench.execute(
                "INSERT INTO registry_agents (id, card, registered_at, last_heartbeat) VALUES ('agent-z', '{broken', 0, 0)");
        bench.restart();
        assertEquals(1, bench.directory.list().size());
    }

    @Test
    void a_listener_that_fails_or_calls_back_disturbs_nobody() {
        bench.announcer.add(
                new dev.weft.api.registry.RegistryListener() {
                    @Override
                    public void changed(AgentRecord agent) {
                        bench.directory.list();
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void left(AgentId id, String reason) {}

                    @Override
                    public void revoked(AgentId id) {}
                });
        bench.directory.register(Bench.card("agent-a", "pi", 0));
        assertTrue(bench.directory.remove(A));
        assertEquals(List.of("changed agent-a active", "left agent-a removed"), bench.told);
    }

    /** The host stops in the middle of a registration: what was heard is kept, and the database is not asked once it may be closed. */
    @Test
    void what_changes_while_the_directory_closes_is_written_by_closing_it() throws Exception {
        Directory closing = bench.directory;
        bench.announcer.add(
                new RegistryListener() {
                    @Override
                    public void changed(AgentRecord agent) {
                        closing.close();
                        try {
                            bench.execute("ALTER TABLE registry_agents RENAME TO away");
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    }

                    @Override
                    public void left(AgentId id, String reason) {}

                    @Override
                    public void revoked(AgentId id) {}
                });
        closing.register(Bench.card("agent-a", "pi", 0, "disk"));
        assertTrue(closing.check().ok(), closing.check()::toString);
        bench.execute("ALTER TABLE away RENAME TO registry_agents");
        bench.restart();
        assertEquals("pi", bench.directory.find(A).orElseThrow().card().name());
    }
}
