package dev.weft.shell;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.audit.Audit;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.llm.Llm;
import dev.weft.api.registry.Pairing;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskAnswer;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.TaskStep;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Decisions, upkeep and diagnosis, typed into a real Gogo session. */
@Timeout(120)
class DecisionsTest {
    private final List<TaskAnswer> answers = new ArrayList<>();
    private final List<Audit.Entry> audited = new ArrayList<>();
    private final Map<String, List<String>> routes = new HashMap<>(Map.of("default", List.of("a")));
    private final Approvals approvals = new Approvals();
    private final Upkeep upkeep = new Upkeep();
    private final Models models = new Models();
    private final Diagnosis diagnosis = new Diagnosis(context());
    private final ThreadIOImpl io = new ThreadIOImpl();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(io);
    private CommandSession session;
    private volatile boolean over;

    @BeforeEach
    void start() {
        approvals.program = upkeep.program = models.program = Services.noProgram();
        io.start();
        for (Object commands : List.of(approvals, upkeep, models, diagnosis)) {
            for (String property : declared(commands)) {
                gogo.addCommand("weft", commands, property);
            }
        }
        var out = new java.io.PrintStream(new ByteArrayOutputStream(), true);
        session = gogo.createSession(new ByteArrayInputStream(new byte[0]), out, out);
        Audit audit =
                Services.of(
                        Audit.class,
                        Map.of(
                                "record",
                                arguments -> {
                                    audited.add((Audit.Entry) arguments[0]);
                                    return null;
                                }));
        approvals.audit = audit;
        upkeep.log = audit;
        models.audit = audit;
    }

    @AfterEach
    void stop() {
        over = true;
        session.close();
        gogo.stop();
        io.stop();
    }

    /** The functions of a class are all its public methods: what is declared must be there. */
    private static List<String> declared(Object commands) {
        return java.util.Arrays.stream(commands.getClass().getDeclaredMethods())
                .filter(method -> java.lang.reflect.Modifier.isPublic(method.getModifiers()))
                .map(java.lang.reflect.Method::getName)
                .distinct()
                .toList();
    }

    private String type(String line) throws Exception {
        return String.valueOf(session.execute(line));
    }

    /** A framework with one bundle, which holds the package of this test. */
    private static BundleContext context() {
        URL some = DecisionsTest.class.getResource("DecisionsTest.class");
        Bundle bundle =
                Services.of(
                        Bundle.class,
                        Map.of(
                                "getBundleId",
                                none -> 7L,
                                "getState",
                                none -> Bundle.ACTIVE,
                                "getSymbolicName",
                                none -> "dev.weft.shell",
                                "findEntries",
                                arguments ->
                                        arguments[0].equals("/dev/weft/shell")
                                                ? Collections.enumeration(List.of(some))
                                                : null));
        return Services.of(
                BundleContext.class, Map.of("getBundles", none -> new Bundle[] {bundle}));
    }

    private void engine() {
        Task task =
                new Task(
                        "t1",
                        "disk",
                        "wipe",
                        Wire.object().put("path", "/tmp"),
                        new AgentId("agent-aaaaaa"),
                        null,
                        TaskState.AUTH_REQUIRED,
                        "",
                        null,
                        null,
                        Instant.now(),
                        Instant.now(),
                        Instant.now().plusSeconds(60),
                        3,
                        1,
                        new TaskQuestion("wipe it?", null, Wire.object().put("path", "/tmp")),
                        "");
        approvals.tasks =
                Services.of(
                        Tasks.class,
                        Map.of(
                                "find",
                                arguments ->
                                        arguments[0].equals("t1")
                                                ? Optional.of(task)
                                                : Optional.empty(),
                                "trace",
                                none ->
                                        List.of(
                                                new TaskStep(
                                                        Instant.EPOCH,
                                                        "agent-aaaaaa",
                                                        "called",
                                                        "wipe")),
                                "cancel",
                                arguments -> arguments[0].equals("t1"),
                                "answer",
                                arguments -> {
                                    answers.add((TaskAnswer) arguments[1]);
                                    return task;
                                }));
    }

    private void door() {
        Pairing.Entry entry =
                new Pairing.Entry(
                        "p1", "kitchen", new AgentId("agent-bbbbbb"), "", "approved", 1, 1);
        Function<Object[], Object> decision =
                arguments ->
                        List.of("p1", "kitchen").contains(arguments[0])
                                ? Optional.of(entry)
                                : Optional.empty();
        approvals.pairing =
                Services.of(
                        Pairing.class,
                        Map.of(
                                "generateCode",
                                by -> new Pairing.Code("123456", 300),
                                "list",
                                none -> List.of(entry),
                                "approve",
                                decision,
                                "reject",
                                decision,
                                "revoke",
                                decision));
    }

    @Test
    void each_public_method_is_declared_as_a_function() throws Exception {
        for (Object commands : List.of(approvals, upkeep, models, diagnosis)) {
            String source =
                    java.nio.file.Files.readString(
                            java.nio.file.Path.of(
                                    "src/main/java",
                                    commands.getClass().getName().replace('.', '/') + ".java"));
            for (String name : declared(commands)) {
                assertTrue(source.contains("osgi.command.function=" + name + "\""), name);
            }
        }
    }

    @Test
    void without_the_rooms_each_command_says_so() throws Exception {
        for (String line :
                List.of("task t1", "cancel t1", "answer t1 yes", "deployed", "llm", "links")) {
            assertTrue(type("weft:" + line).contains("is not running on this host"), line);
        }
        for (String line : List.of("code", "pairings", "approve x", "revoke x")) {
            assertTrue(type("weft:" + line).startsWith("this host is no registry"), line);
        }
        assertTrue(type("weft:why mesh").startsWith("the health room"));
        assertEquals(List.of(), audited);
    }

    @Test
    void a_task_that_asks_is_shown_with_its_exact_arguments_and_approved() throws Exception {
        engine();
        String shown = type("weft:task t1");
        assertTrue(shown.contains("asks: wipe it?"), shown);
        assertTrue(shown.contains("arguments: {\"path\":\"/tmp\"}"), shown);
        assertTrue(shown.contains("called  wipe"), shown);
        assertEquals("task t1 is auth-required", type("weft:approve t1"));
        assertEquals("task t1 is auth-required", type("weft:reject t1"));
        assertEquals("task t1 is auth-required", type("weft:answer t1 next week"));
        assertEquals(
                List.of(
                        new TaskAnswer(Optional.empty(), Optional.of(true), "shell"),
                        new TaskAnswer(Optional.empty(), Optional.of(false), "shell"),
                        new TaskAnswer(Optional.of("next week"), Optional.empty(), "shell")),
                answers);
        assertEquals("task t1 is canceled", type("weft:cancel t1"));
        assertEquals(4, audited.size());
        assertThrows(NoSuchElementException.class, () -> type("weft:task t2"));
        assertThrows(NoSuchElementException.class, () -> type("weft:cancel t2"));
    }

    @Test
    void a_host_is_paired_and_shut_out_and_both_are_audited() throws Exception {
        engine();
        door();
        assertEquals("123456 (good for 5 minutes)", type("weft:code"));
        assertTrue(type("weft:pairings").contains("kitchen"));
        assertEquals("kitchen is approved", type("weft:approve kitchen"));
        type("weft:revoke p1");
        assertEquals(
                List.of("pairing.code", "pairing.approve", "pairing.revoke"),
                audited.stream().map(Audit.Entry::what).toList());
        assertTrue(
                assertThrows(NoSuchElementException.class, () -> type("weft:approve nobody"))
                        .getMessage()
                        .contains("weft:pairings"));
    }

    @Test
    void a_skill_goes_back_and_is_taken_away() throws Exception {
        Deployment disk =
                new Deployment(
                        "disk.jar",
                        "disk",
                        "1.0.0",
                        List.of("disk"),
                        Deployments.State.ACTIVE,
                        "",
                        List.of("0.9.0"),
                        "");
        upkeep.deployments =
                Services.of(
                        Deployments.class,
                        Map.of(
                                "list",
                                none -> List.of(disk),
                                "remove",
                                arguments -> arguments[0].equals("disk"),
                                "rollback",
                                arguments ->
                                        arguments[0].equals("disk")
                                                ? CompletableFuture.completedFuture(disk)
                                                : CompletableFuture.failedFuture(
                                                        new NoSuchElementException(
                                                                "no such skill"))));
        assertTrue(type("weft:deployed").contains("disk.jar  1.0.0    disk    active  0.9.0"));
        assertEquals("disk.jar 1.0.0 is active", type("weft:rollback disk"));
        assertEquals("disk.jar 1.0.0 is active", type("weft:rollback disk 0.9.0"));
        assertEquals(
                "no such skill",
                assertThrows(IllegalStateException.class, () -> type("weft:rollback x"))
                        .getMessage());
        assertTrue(type("weft:uninstall disk").startsWith("disk is taken out"));
        assertThrows(NoSuchElementException.class, () -> type("weft:uninstall x"));
        assertEquals(
                List.of("skill.rollback", "skill.rollback", "skill.remove"),
                audited.stream().map(Audit.Entry::what).toList());
    }

    @Test
    void a_route_is_pointed_elsewhere() throws Exception {
        models.models =
                Services.of(
                        Llm.class,
                        Map.of(
                                "providers",
                                none ->
                                        List.of(
                                                new Llm.Provider(
                                                        "b", "rules", "m", "ready", false, 0, 3, 1,
                                                        "late")),
                                "routes",
                                none -> routes,
                                "use",
                                arguments -> {
                                    @SuppressWarnings("unchecked")
                                    List<String> to = (List<String>) arguments[1];
                                    return routes.put((String) arguments[0], to);
                                }));
        assertEquals("route default now tries b, a", type("weft:use default b a"));
        assertTrue(type("weft:llm").contains("default  b a"), type("weft:llm"));
        assertThrows(IllegalArgumentException.class, () -> type("weft:use default"));
    }

    @Test
    void top_puts_cpu_down_to_the_bundle_whose_code_runs() throws Exception {
        Thread busy =
                new Thread(
                        () -> {
                            long sum = 0;
                            while (!over) {
                                sum += Math.floorMod(sum * 31 + 7, 1009);
                            }
                            assertTrue(sum != 1);
                        },
                        "spinner");
        busy.start();
        try {
            // Where others take the processor, the spinner may get little of it in one such time.
            await().atMost(Duration.ofSeconds(60))
                    .until(
                            () ->
                                    type("weft:top 0.5")
                                            .lines()
                                            .filter(line -> line.startsWith("dev.weft.shell"))
                                            .findFirst()
                                            .orElse(""),
                            first -> first.endsWith("spinner"));
        } finally {
            over = true;
            busy.join();
        }
        assertThrows(IllegalArgumentException.class, () -> type("weft:top 0"));
        assertThrows(IllegalArgumentException.class, () -> type("weft:top 61"));
    }

    @Test
    void why_asks_the_health_room_and_gc_tells_of_the_heap() throws Exception {
        diagnosis.bundles = bundle -> bundle + " is fine";
        assertEquals("mesh is fine", type("weft:why mesh"));
        assertTrue(
                type("weft:gc")
                        .matches(
                                "heap \\d+ MB used before, \\d+ MB after; \\d+ MB taken of \\d+ MB allowed; took \\d+ ms"));
    }
}
