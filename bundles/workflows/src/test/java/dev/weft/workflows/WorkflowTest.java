package dev.weft.workflows;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.api.agent.Agent;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
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
import dev.weft.workflows.file.WorkflowFile;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WorkflowTest {
    private static final AgentId SELF = new AgentId("here");

    @TempDir Path folder;
    private final List<TaskRequest> requests = new CopyOnWriteArrayList<>();
    private final List<String> canceled = new CopyOnWriteArrayList<>();
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final CountDownLatch both = new CountDownLatch(2);
    private final CompletableFuture<Void> begun = new CompletableFuture<>();

    private final Tasks tasks =
            service(
                    Tasks.class,
                    (method, args) ->
                            method.equals("cancel")
                                    ? canceled.add((String) args[0])
                                    : submit((TaskRequest) args[0]));
    private final List<Agent.Question> questions = new CopyOnWriteArrayList<>();
    private final List<JsonNode> prompts = new CopyOnWriteArrayList<>();
    private final Agent agent =
            (question, listener) -> {
                questions.add(question);
                return CompletableFuture.completedFuture(
                        new Agent.Answer("reached " + question.prompt(), "m", List.of()));
            };
    private final Mesh mesh =
            service(
                    Mesh.class,
                    (method, args) -> {
                        prompts.add((JsonNode) args[2]);
                        return CompletableFuture.completedFuture(
                                new MeshMessage(
                                        MeshMessage.AGENT_RESPONSE,
                                        "1",
                                        args[0].toString(),
                                        "here",
                                        Wire.object()
                                                .put(
                                                        "text",
                                                        args[0]
                                                                + " did "
                                                                + ((JsonNode) args[2])
                                                                        .path("message")
                                                                        .asText())));
                    });
    private final List<KnownAgent> agents =
            List.of(known("busy", 0.9), known("idle", 0.1), known("here", 0));
    private final AgentDirectory directory =
            service(
                    AgentDirectory.class,
                    (method, args) ->
                            method.equals("agents")
                                    ? agents
                                    : agents.stream()
                                            .filter(one -> one.card().name().equals(args[0]))
                                            .findFirst());
    private final HostIdentity self = service(HostIdentity.class, (method, args) -> SELF);

    @AfterEach
    void stop() {
        blocking.shutdownNow();
    }

    @Test
    void steps_pass_values_on_with_their_types() throws IOException {
        JsonNode result =
                run(
                        """
                        input:
                          n: {type: integer}
                          note: {optional: true}
                        steps:
                          - {id: a, skill: echo.it, input: {n: "${input.n}", list: [1, "${input.n}", true]}}
                          - {id: b, skill: echo.it, input: {text: "got ${steps.a.n} and ${steps.a.list}", note: "${input.note}"}}
                        result: {last: "${steps.b.text}", item: "${steps.a.list.1}", note: "${steps.b.note}"}
                        """,
                        Map.of("n", 7));
        assertEquals(
                "{\"last\":\"got 7 and [1,7,true]\",\"item\":7,\"note\":null}", result.toString());
        assertEquals(1, requests.get(0).depth());
        assertEquals(Optional.empty(), requests.get(0).target());
    }

    @Test
    void branches_run_at_once_and_are_placed_by_name_and_by_label() throws IOException {
        JsonNode result =
                run(
                        """
                        input: {where: {}}
                        steps:
                          - parallel:
                              - {id: one, skill: wait.both, agent: "${input.where}"}
                              - {id: two, skill: wait.both, label: room=shared}
                        """,
                        Map.of("where", "busy"));
        assertEquals("{\"one\":{\"by\":\"busy\"},\"two\":{\"by\":\"idle\"}}", result.toString());
    }

    @Test
    void a_branch_that_fails_stops_the_others_and_names_its_step() {
        TaskException failure =
                assertThrows(
                        TaskException.class,
                        () ->
                                run(
                                        """
                                        steps:
                                          - parallel:
                                              - {id: slow, skill: never.ends}
                                              - {id: bad, skill: fail.now}
                                        """,
                                        Map.of()));
        assertTrue(failure.getMessage().contains("step bad: no luck"), failure.getMessage());
        soon().untilAsserted(() -> assertEquals(List.of("never.ends"), canceled));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30));
    }

    @Test
    void a_loop_ends_when_its_condition_holds_and_fails_when_it_never_does() throws IOException {
        String loop =
                """
                steps:
                  - loop:
                      at_most: AT_MOST
                      until: ${steps.count.enough}
                      steps: [{id: count, skill: count.up}]
                """;
        assertEquals(3, run(loop.replace("AT_MOST", "5"), Map.of()).path("n").asInt());
        requests.clear();
        assertTrue(
                assertThrows(TaskException.class, () -> run(loop.replace("AT_MOST", "2"), Map.of()))
                        .getMessage()
                        .contains("after 2 rounds"));
    }

    @Test
    void a_supervisor_is_an_agent_here_or_elsewhere() throws IOException {
        JsonNode result =
                run(
                        """
                        steps:
                          - {id: a, supervisor: "the goal"}
                          - {id: b, supervisor: "more than ${steps.a}", agent: idle}
                        """,
                        Map.of());
        assertEquals("idle did more than reached the goal", result.asText());
    }

    @Test
    void a_supervisor_may_be_told_whom_and_what_it_may_use() throws IOException {
        run(
                """
                steps:
                  - {id: a, supervisor: "goal", skills: [disk, sysinfo.overview], agents: [idle]}
                  - {id: b, supervisor: "goal", skills: [disk], agent: idle}
                """,
                Map.of());
        assertEquals(List.of("disk", "sysinfo.overview"), questions.get(0).skills());
        assertEquals(List.of("idle"), questions.get(0).agents());
        assertEquals("[\"disk\"]", prompts.get(0).path("skills").toString());
    }

    /** A run that is begun again has the same keys, so the engine finds what its steps came to. */
    @Test
    void a_durable_run_that_is_begun_again_names_its_steps_alike_and_asks_no_supervisor_twice()
            throws Exception {
        String text =
                """
                steps:
                  - loop:
                      at_most: 2
                      steps: [{id: again, skill: echo.it}]
                  - {id: said, supervisor: "the goal"}
                  - {id: last, skill: echo.it, input: {text: "${steps.said}"}}
                """;
        for (int time = 0; time < 2; time++) {
            assertEquals("reached the goal", durable(text, "run-1").path("text").asText());
        }
        durable(text, "run-2");
        List<String> keys =
                requests.stream().map(request -> request.options().idempotencyKey()).toList();
        assertEquals(keys.subList(0, 3), keys.subList(3, 6));
        assertEquals(6, new java.util.HashSet<>(keys).size(), "each doing of each run is its own");
        assertTrue(requests.stream().allMatch(request -> request.options().durable()));
        assertEquals(2, questions.size(), "one for each run");
    }

    private JsonNode durable(String text, String key) throws Exception {
        dev.weft.skill.TaskContext task =
                service(
                        dev.weft.skill.TaskContext.class,
                        (method, args) ->
                                switch (method) {
                                    case "idempotencyKey" -> key;
                                    case "deadline" -> Instant.now().plusSeconds(60);
                                    case "isDurable" -> true;
                                    case "isCanceled" -> false;
                                    case "depth", "attempt" -> 1;
                                    default -> null;
                                });
        return new Run(workflow(text), steps(), Wire.object(), task).result();
    }

    @Test
    void a_workflow_that_is_not_wanted_any_more_stops_its_task() {
        SkillHarness workflow = harness("steps: [{skill: never.ends}]");
        Thread caller =
                new Thread(() -> assertThrows(Exception.class, () -> workflow.call("w", Map.of())));
        caller.start();
        soon().until(() -> requests.size() == 1);
        caller.interrupt();
        soon().untilAsserted(() -> assertEquals(List.of("never.ends"), canceled));
    }

    @Test
    void every_error_is_told_with_its_line_and_a_hint() throws IOException {
        List<String> errors =
                errors(
                        """
                        input: {n: {type: float}}
                        steps:
                          - {id: a, skill: x, input: {v: "${steps.b.v}"}}
                          - {id: a, skill: y}
                          - {skill: z, supervisor: goal}
                          - {skil: z}
                          - parallel: []
                          - loop: {at_most: 1000, until: done, steps: [{skill: x}]}
                          - {skill: x, agent: one, label: site}
                          - parallel:
                              - {id: p, skill: x}
                              - {id: q, skill: x, input: {v: "${steps.p}"}}
                          - {skill: x, agents: [one]}
                          - {supervisor: x, agents: one}
                          - {supervisor: x, skills: [one, "Two Three"]}
                        """);
        for (String expected :
                List.of(
                        ":1: unknown type \"float\"",
                        ":3: ${steps.b.v} refers to nothing",
                        ":4: id \"a\" is taken",
                        ":5: a step is exactly one of",
                        ":6: unknown key \"skil\"",
                        ":7: \"parallel\" must be a list",
                        ":8: at_most must be 1 to 100",
                        ":8: until must refer to a step",
                        ":9: a label is written key=value",
                        ":9: a step has an agent or a label",
                        ":12: ${steps.p} refers to nothing",
                        ":13: a skill takes no \"agents\"",
                        ":14: \"agents\" must be a list",
                        ":15: \"Two Three\" cannot be a member of \"skills\"")) {
            assertTrue(
                    errors.stream().anyMatch(error -> error.contains(expected)),
                    expected + " is not in\n" + String.join("\n", errors));
        }
        assertTrue(errors.stream().allMatch(error -> error.contains("Hint: ")));
        assertTrue(errors("a: b: c").get(0).contains(":1: not YAML"));
        assertTrue(errors("").get(0).contains("empty"));
    }

    @Test
    void the_folder_is_followed_and_a_bad_file_does_not_hinder_the_others() throws Exception {
        Files.createDirectories(folder.resolve("workflows"));
        write(
                "good",
                "input: {n: {type: integer}}\nsteps: [{skill: echo.it, input: {n: \"${input.n}\"}}]");
        write("bad", "steps: 7");
        try (SkillFramework framework =
                SkillFramework.of(Path.of("target/classes"))
                        .data(folder)
                        .with(Tasks.class, tasks, Map.of())
                        .with(Agent.class, agent, Map.of())
                        .with(Mesh.class, mesh, Map.of())
                        .with(AgentDirectory.class, directory, Map.of())
                        .with(HostIdentity.class, self, Map.of())
                        .start()) {
            SkillHarness skill = framework.skill("workflow");
            assertEquals(1, skill.card().tools().size());
            assertEquals(
                    "integer",
                    skill.card().tools().get(0).schema().at("/properties/n/type").asText());
            assertEquals(7, skill.call("good", Map.of("n", 7)).path("n").asInt());
            assertTrue(
                    assertThrows(TaskException.class, () -> skill.call("good", Map.of("n", "x")))
                            .getMessage()
                            .contains("must be an integer"));
            write("more", "steps: [{skill: echo.it}]");
            soon().until(() -> framework.skill("workflow").card().tools().size() == 2);
        }
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve("workflows").resolve(name + ".yaml"), text);
    }

    private List<String> errors(String text) throws IOException {
        Path file = folder.resolve("w.yaml");
        Files.writeString(file, text);
        return WorkflowFile.read(file).errors();
    }

    private JsonNode run(String text, Map<String, ?> input) throws IOException {
        return harness(text).call("w", input);
    }

    private SkillHarness harness(String text) {
        return SkillHarness.of(new WorkflowSkill(List.of(workflow(text)), steps()));
    }

    private dev.weft.workflows.file.Workflow workflow(String text) {
        try {
            Path file = folder.resolve("w.yaml");
            Files.writeString(file, text);
            WorkflowFile.Outcome read = WorkflowFile.read(file);
            assertEquals(List.of(), read.errors());
            return read.workflow().orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Steps steps() {
        return new Steps(
                tasks,
                agent,
                mesh,
                directory,
                self,
                blocking,
                new Answers(folder.resolve("answers")));
    }

    private TaskHandle submit(TaskRequest request) {
        requests.add(request);
        CompletableFuture<Task> done = new CompletableFuture<>();
        switch (request.skill()) {
            case "echo.it" -> done.complete(task(request, request.input(), null));
            case "fail.now" -> // once the other branch has begun
                    begun.thenRun(
                            () ->
                                    done.complete(
                                            task(
                                                    request,
                                                    null,
                                                    new TaskError("skill_failed", "no luck"))));
            case "count.up" ->
                    done.complete(
                            task(
                                    request,
                                    Wire.object()
                                            .put("n", requests.size())
                                            .put("enough", requests.size() >= 3),
                                    null));
            case "wait.both" -> {
                both.countDown();
                blocking.execute(
                        () -> {
                            try {
                                if (both.await(60, TimeUnit.SECONDS)) {
                                    done.complete(
                                            task(
                                                    request,
                                                    Wire.object().put("by", request.target().get()),
                                                    null));
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
            }
            default -> begun.complete(null); // never ends
        }
        Task now = task(request, JsonNodeFactory.instance.nullNode(), null);
        return service(TaskHandle.class, (method, args) -> method.equals("task") ? now : done);
    }

    private static Task task(TaskRequest request, JsonNode result, TaskError error) {
        return new Task(
                request.skill(),
                request.skill(),
                "",
                request.input(),
                SELF,
                SELF,
                error == null ? TaskState.COMPLETED : TaskState.FAILED,
                "local",
                result,
                error,
                Instant.now(),
                Instant.now(),
                Instant.now());
    }

    private static KnownAgent known(String name, double load) {
        return new KnownAgent(
                new AgentCard(
                        new AgentId(name),
                        "",
                        "",
                        0,
                        "",
                        new AgentCard.Capabilities(List.of("wait"), List.of(), 0, ""),
                        "",
                        "",
                        name,
                        List.of(),
                        name.equals("here") ? Map.of() : Map.of("room", "shared"),
                        "",
                        "",
                        "",
                        load),
                "active",
                name.equals("here"));
    }

    private static <T> T service(Class<T> type, BiFunction<String, Object[], Object> behaviour) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, args) ->
                                method.getDeclaringClass() == Object.class
                                        ? method.getName().equals("hashCode")
                                                ? (Object) System.identityHashCode(proxy)
                                                : method.getName().equals("equals")
                                                        ? (Object) (proxy == args[0])
                                                        : type.getSimpleName()
                                        : behaviour.apply(method.getName(), args)));
    }
}
