package dev.weft.skill.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.agent.Agent;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Peer;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import dev.weft.skill.testing.SkillFramework;
import dev.weft.skill.testing.SkillHarness;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MeshSkillTest {
    private static final AgentId SELF = new AgentId("here");

    private final List<JsonNode> prompts = new ArrayList<>();
    private final List<TaskRequest> submitted = new ArrayList<>();
    private final List<KnownAgent> agents =
            List.of(
                    agent("here", "active", true, 0, "disk"),
                    agent("busy", "active", false, 0.9, "disk"),
                    agent("idle", "active", false, 0.1, "disk", "text"),
                    agent("old", "stale", false, 0, "disk"),
                    agent("gone", "offline", false, 0, "disk"),
                    agent("asleep", "offline", false, 0, "agent"),
                    agent("lost", "active", false, 0.8, "agent"),
                    agent("awake", "active", false, 0.8, "agent"));

    private final AgentDirectory directory =
            service(
                    AgentDirectory.class,
                    (method, args) ->
                            method.equals("agents")
                                    ? agents
                                    : agents.stream()
                                            .filter(known -> known.card().name().equals(args[0]))
                                            .findFirst());
    private final Mesh mesh =
            service(
                    Mesh.class,
                    (method, args) ->
                            switch (method) {
                                case "peers" -> List.of(peer("busy"), peer("idle"));
                                case "peer" -> Optional.empty();
                                default -> answer((AgentId) args[0], (JsonNode) args[2]);
                            });
    private final Tasks tasks =
            service(
                    Tasks.class,
                    (method, args) -> {
                        submitted.add((TaskRequest) args[0]);
                        return handle((TaskRequest) args[0]);
                    });
    private final HostIdentity self = service(HostIdentity.class, (method, args) -> SELF);
    private final SkillHarness skill =
            SkillHarness.of(new MeshSkill(tasks, mesh, directory, self, Duration.ofMillis(100)));

    @Test
    void finds_the_least_loaded_active_agent_first_and_never_itself_or_one_that_is_away() {
        JsonNode found = skill.call("find_agent", Map.of("skill", "disk.usage"));
        assertEquals(List.of("idle", "busy", "old"), found.findValuesAsText("name"));
        assertEquals(
                List.of("idle"),
                skill.call("find_agent", Map.of("label", "room=idle")).findValuesAsText("name"));
        assertEquals(8, skill.call("list_agents", Map.of()).size());
        assertTrue(
                assertThrows(
                                TaskException.class,
                                () -> skill.call("find_agent", Map.of("label", "room")))
                        .getMessage()
                        .contains("key=value"));
    }

    @Test
    void delegates_to_the_named_or_the_best_agent_one_hop_deeper() {
        JsonNode result = skill.call("delegate", Map.of("skill", "disk.usage"));
        assertEquals("idle", result.path("agent").asText());
        assertEquals("done by idle", result.path("result").asText());
        assertEquals(1, submitted.get(0).depth());
        assertEquals(
                "busy",
                skill.call("delegate", Map.of("skill", "disk.usage", "agent", "busy"))
                        .path("agent")
                        .asText());
    }

    @Test
    void refuses_to_delegate_to_itself_to_nobody_and_tells_why_a_task_failed() {
        assertTrue(
                failure("delegate", Map.of("skill", "disk", "agent", "here")).contains("itself"));
        assertTrue(
                failure("delegate", Map.of("skill", "disk", "agent", "who"))
                        .contains("others are busy, idle"));
        assertTrue(failure("delegate", Map.of("skill", "cook")).contains("no other agent offers"));
        assertTrue(
                failure("delegate", Map.of("skill", "disk.fail", "agent", "busy"))
                        .contains("skill_failed: no luck"));
    }

    @Test
    void nothing_goes_back_to_the_agent_that_asks() {
        Neighbours others = new Neighbours(directory, self, "idle");
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> others.named("idle"))
                        .getMessage()
                        .contains("not handed back"));
        assertEquals(
                List.of("busy", "old"),
                others.best(Neighbours.offering("disk")).stream()
                        .map(agent -> agent.card().name())
                        .toList());
    }

    @Test
    void a_message_is_answered_or_fails_with_its_reason() {
        assertEquals(
                "idle says: hello",
                skill.call("mesh_send", Map.of("agent", "idle", "message", "hello"))
                        .path("text")
                        .asText());
        assertEquals(1, prompts.get(0).path("depth").asInt());
        assertTrue(
                failure("mesh_send", Map.of("agent", "busy", "message", "hello"))
                        .contains("no path to busy"));
        assertTrue(
                failure("mesh_send", Map.of("agent", "idle", "message", "too deep"))
                        .contains("too_deep: enough"));
        assertTrue(
                failure("mesh_send", Map.of("agent", "idle", "message", " "))
                        .contains("characters"));
    }

    @Test
    void a_message_to_an_agent_that_is_away_is_kept_as_a_durable_task() {
        JsonNode reply =
                skill.call("mesh_send", Map.of("agent", "asleep", "message", "hello", "hours", 48));
        assertEquals("t", reply.path("task").asText());
        assertTrue(reply.path("text").isMissingNode());
        TaskRequest kept = submitted.get(0);
        assertEquals("agent.prompt", kept.skill());
        assertEquals("hello", kept.input().path("message").asText());
        assertEquals("asleep", kept.target().orElseThrow());
        assertEquals(Duration.ofHours(48), kept.ttl());
        assertTrue(kept.options().durable() && kept.options().whenAway());
        assertTrue(prompts.isEmpty(), "nothing was sent over a link");
    }

    @Test
    void
            a_message_to_an_agent_that_cannot_be_reached_is_kept_too_and_a_repeated_call_keeps_it_once() {
        for (int i = 0; i < 2; i++) {
            JsonNode reply = skill.call("mesh_send", Map.of("agent", "lost", "message", "hello"));
            assertEquals("t", reply.path("task").asText());
        }
        assertEquals(Duration.ofHours(24), submitted.get(0).ttl());
        assertEquals(
                submitted.get(0).options().idempotencyKey(),
                submitted.get(1).options().idempotencyKey());
        assertFalse(submitted.get(0).options().idempotencyKey().isEmpty());
    }

    @Test
    void an_agent_that_takes_messages_as_tasks_answers_by_one() {
        JsonNode reply = skill.call("mesh_send", Map.of("agent", "awake", "message", "hello"));
        assertEquals("done by awake", reply.path("text").asText());
        assertTrue(prompts.isEmpty());
        assertTrue(
                failure("mesh_send", Map.of("agent", "awake", "message", " "))
                        .contains("characters"));
        assertTrue(
                failure("mesh_send", Map.of("agent", "asleep", "message", "hello", "hours", 0))
                        .contains("hours must be 1 to 168"));
        assertEquals(1, submitted.size());
    }

    @Test
    void a_message_that_comes_as_a_task_is_answered_by_the_agent_for_who_sent_it() {
        List<Agent.Question> asked = new ArrayList<>();
        Agent agent =
                service(
                        Agent.class,
                        (method, args) -> {
                            asked.add((Agent.Question) args[0]);
                            return CompletableFuture.completedFuture(
                                    new Agent.Answer("done", "m", List.of()));
                        });
        SkillHarness taker = SkillHarness.of(new AgentSkill(agent, self));
        assertEquals("done", taker.call("prompt", Map.of("message", "do it")).asText());
        assertEquals("do it", asked.get(0).prompt());
        assertEquals("agent-test", asked.get(0).caller().value());
    }

    @Test
    void a_broadcast_brings_an_answer_or_a_reason_from_each() {
        JsonNode replies = skill.call("mesh_broadcast", Map.of("message", "hello"));
        assertEquals(2, replies.size());
        assertTrue(replies.get(0).path("error").asText().contains("no path"));
        assertEquals("idle says: hello", replies.get(1).path("text").asText());
    }

    @Test
    void a_person_is_asked() {
        assertEquals(
                "yes",
                skill.answering("yes")
                        .call(
                                "user_intervention",
                                Map.of("question", "go on?", "choices", List.of("yes", "no")))
                        .asText());
    }

    @Test
    void runs_in_a_host() {
        try (SkillFramework framework =
                SkillFramework.of(java.nio.file.Path.of("target/classes"))
                        .with(Tasks.class, tasks, Map.of())
                        .with(Mesh.class, mesh, Map.of())
                        .with(AgentDirectory.class, directory, Map.of())
                        .with(HostIdentity.class, self, Map.of())
                        .start()) {
            assertEquals(8, framework.skill("mesh").call("list_agents", Map.of()).size());
        }
    }

    private String failure(String tool, Map<String, ?> arguments) {
        return assertThrows(TaskException.class, () -> skill.call(tool, arguments)).getMessage();
    }

    private CompletableFuture<MeshMessage> answer(AgentId to, JsonNode payload) {
        prompts.add(payload);
        if (to.value().equals("busy")) {
            return CompletableFuture.failedFuture(
                    new MeshException("unreachable", "no path to " + to));
        }
        String message = payload.path("message").asText();
        JsonNode answer =
                message.equals("too deep")
                        ? Wire.object().put("error", "enough").put("code", "too_deep")
                        : Wire.object().put("text", to.value() + " says: " + message);
        return CompletableFuture.completedFuture(message(to, answer));
    }

    private static MeshMessage message(AgentId from, JsonNode payload) {
        return new MeshMessage(MeshMessage.AGENT_RESPONSE, "1", from.value(), "here", payload);
    }

    private static TaskHandle handle(TaskRequest request) {
        boolean fails = request.skill().endsWith("fail");
        String agent = request.target().orElseThrow();
        Task task =
                new Task(
                        "t",
                        request.skill(),
                        "",
                        request.input(),
                        SELF,
                        new AgentId(agent),
                        fails ? TaskState.FAILED : TaskState.COMPLETED,
                        "p2p",
                        fails ? null : Wire.object().textNode("done by " + agent),
                        fails ? new dev.weft.api.task.TaskError("skill_failed", "no luck") : null,
                        Instant.now(),
                        Instant.now(),
                        Instant.now());
        boolean waits = List.of("asleep", "lost").contains(agent);
        Task accepted =
                new Task(
                        "t",
                        request.skill(),
                        "",
                        request.input(),
                        SELF,
                        new AgentId(agent),
                        TaskState.SUBMITTED,
                        "",
                        null,
                        null,
                        Instant.now(),
                        Instant.now(),
                        Instant.now());
        return service(
                TaskHandle.class,
                (method, args) ->
                        switch (method) {
                            case "task" -> waits ? accepted : task;
                            case "accepted" -> CompletableFuture.completedFuture(accepted);
                            default ->
                                    waits
                                            ? new CompletableFuture<Task>()
                                            : CompletableFuture.completedFuture(task);
                        });
    }

    private static Peer peer(String name) {
        return new Peer(new AgentId(name), name, Path.P2P, 1, 0, 0, "", 0);
    }

    private static KnownAgent agent(
            String name, String health, boolean local, double load, String... skills) {
        return new KnownAgent(
                new AgentCard(
                        new AgentId(name),
                        "",
                        "",
                        0,
                        "",
                        new AgentCard.Capabilities(List.of(skills), List.of(), 0, ""),
                        "",
                        "",
                        name,
                        List.of(),
                        Map.of("room", name),
                        "",
                        "",
                        "",
                        load),
                health,
                local);
    }

    private static <T> T service(Class<T> type, BiFunction<String, Object[], Object> behaviour) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, args) ->
                                method.getDeclaringClass() == Object.class
                                        ? method.getName().equals("hashCode")
                                                ? System.identityHashCode(proxy)
                                                : method.getName().equals("equals")
                                                        ? proxy == args[0]
                                                        : type.getSimpleName()
                                        : behaviour.apply(method.getName(), args)));
    }
}
