package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.framework.SkillJars;
import dev.weft.protocol.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand tasks while the host that does them, the one that submits them and the registry are killed in turn. */
@Tag("once")
class ExactlyOnceIT {
    private static final int TASKS = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** A line of the journal of tasks. */
    private static final Pattern COMPLETED =
            Pattern.compile("\\{\"id\":\"([^\"]+)\".*\"state\":\"completed\".*}$");

    @TempDir Path folder;
    private final Map<String, Integer> mayRunAgain = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, String> accepted = new ConcurrentHashMap<>();
    private volatile String lastAnswer = "";

    @Test
    void as_many_effects_as_tasks_whoever_is_killed() throws Exception {
        Path effects = folder.resolve("effects");
        try (TestHost registry =
                        new TestHost(folder.resolve("registry"), "registry")
                                .keepsPort()
                                .start("--role", "registry");
                TestHost one = new TestHost(folder.resolve("one"), "one");
                TestHost two = new TestHost(folder.resolve("two"), "two")) {
            registry.admit(one);
            registry.admit(two);
            Files.createDirectories(two.deploy());
            SkillJars.make(two.deploy(), "appender.jar", "appender", "1.0.0");
            one.start();
            two.start();
            TestHost.await("the skill on the other host", () -> one.lists("appender", "two"));

            ExecutorService clients = Executors.newFixedThreadPool(8);
            AtomicInteger next = new AtomicInteger();
            try {
                for (int i = 0; i < 8; i++) {
                    clients.execute(() -> submitAll(one, effects, next));
                }
                until("some effects", () -> lines(effects) > TASKS / 10);
                kill(two, effects);
                two.start();
                until("more effects", () -> lines(effects) > TASKS * 3 / 10);
                one.program().kill();
                one.start();
                until("more effects", () -> lines(effects) > TASKS * 5 / 10);
                registry.program().kill();
                until("effects without a registry", () -> lines(effects) > TASKS * 6 / 10);
                kill(two, effects);
                one.program().kill();
                registry.start("--role", "registry");
                two.start();
                one.start();
                until("all accepted", () -> accepted.size() == TASKS);
                until("all effects", () -> lines(effects) >= TASKS);
                until("all completed", () -> allCompleted(one));
            } catch (Throwable stalled) {
                System.err.println(
                        accepted.size()
                                + " accepted, "
                                + lines(effects)
                                + " effects, answered last: "
                                + lastAnswer);
                for (TestHost host : List.of(registry, one, two)) {
                    System.err.println(host.evidence());
                }
                throw stalled;
            } finally {
                clients.shutdownNow();
                clients.awaitTermination(10, TimeUnit.SECONDS);
            }
        }
        List<String> all = Files.readAllLines(effects);
        assertEquals(TASKS, all.size());
        assertEquals(TASKS, new HashSet<>(all).size());
        assertEquals(TASKS, new HashSet<>(accepted.values()).size());
        runs(effects)
                .forEach(
                        (id, runs) ->
                                assertTrue(
                                        runs <= 1 + mayRunAgain.getOrDefault(id, 0),
                                        id + " had " + runs + " runs"));
    }

    /** Kills the host that does the tasks: only what had begun there and was not recorded as completed may run again. */
    private void kill(TestHost two, Path effects) throws Exception {
        two.program().kill();
        Set<String> begun = new HashSet<>(runs(effects).keySet());
        for (String line : Files.readAllLines(two.data.resolve("tasks/journal.log"))) {
            Matcher completed = COMPLETED.matcher(line);
            if (completed.find()) {
                begun.remove(completed.group(1));
            }
        }
        begun.forEach(id -> mayRunAgain.merge(id, 1, Integer::sum));
    }

    /** How often each task was begun. */
    private static Map<String, Integer> runs(Path effects) throws Exception {
        Map<String, Integer> runs = new HashMap<>();
        for (String run : Files.readAllLines(Path.of(effects + ".runs"))) {
            String id = run.substring(run.indexOf('/') + 1, run.indexOf(' '));
            runs.merge(id, 1, Integer::sum);
        }
        return runs;
    }

    private void submitAll(TestHost host, Path effects, AtomicInteger next) {
        for (int n = next.getAndIncrement(); n < TASKS; n = next.getAndIncrement()) {
            String body =
                    Wire.write(
                            (Object)
                                    Wire.object()
                                            .put("skill", "appender.append")
                                            .put("ttl", 7200)
                                            .put("later", true)
                                            .put("idempotency_key", "n" + n)
                                            .set(
                                                    "payload",
                                                    Wire.object()
                                                            .put("file", effects.toString())
                                                            .put("millis", 5)));
            int task = n;
            Awaitility.await("task " + n + " accepted")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .pollDelay(Duration.ZERO)
                    .ignoreExceptions()
                    .until(() -> submit(host, task, body));
        }
    }

    /** A client that got no answer asks again with the same key. */
    private boolean submit(TestHost host, int n, String body) throws Exception {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(URI.create(host.url() + "/api/hub/tasks"))
                                .header("X-API-Key", host.localKey())
                                .header("Content-Type", "application/json")
                                .timeout(Duration.ofSeconds(60))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        lastAnswer = response.statusCode() + " " + response.body();
        // 401 and 404 are what a host says that starts
        if (List.of(400, 403, 415).contains(response.statusCode())) {
            throw new AssertionError(response.body());
        }
        JsonNode task = Wire.tree(response.body());
        if (response.statusCode() != 200
                || List.of("rejected", "failed").contains(task.path("state").asText())) {
            return false;
        }
        accepted.put(n, task.path("id").asText());
        return true;
    }

    private boolean allCompleted(TestHost host) throws Exception {
        for (String id : accepted.values()) {
            if (!Rest.get(host, "/api/hub/tasks/" + id)
                    .path("state")
                    .asText()
                    .equals("completed")) {
                return false;
            }
        }
        return true;
    }

    private static long lines(Path file) throws Exception {
        if (Files.notExists(file)) {
            return 0;
        }
        try (var lines = Files.lines(file)) {
            return lines.count();
        }
    }

    private static void until(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(condition);
    }
}
