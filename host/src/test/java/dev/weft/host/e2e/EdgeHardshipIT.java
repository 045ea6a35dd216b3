package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What befalls a small box: a read-only root, a full disk, its power cut at any moment. */
@Tag("once")
class EdgeHardshipIT {
    private static final int KILLS = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Tasks that the first host accepted. */
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();

    @Test
    void read_only_root_and_a_full_disk_are_survived() throws Exception {
        Path box = folder.resolve("edge");
        Optional<HardPlace> made = HardPlace.make(box);
        assumeTrue(made.isPresent(), "SKIPPED: mount namespaces are not allowed here");
        try (HardPlace place = made.get();
                TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost edge = TestHost.in(box, "edge", place.command(), "127.0.0.1")) {
            first.admit(edge);
            edge.start("--profile", "edge");
            // the native library, too, was unpacked where it can be: in the data directory
            TestHost.await("a P2P link", () -> first.linkedTo("edge", "p2p"));
            SkillJars.make(folder, "appender.jar", "appender", "1.0.0");
            Files.copy(
                    folder.resolve("appender.jar"),
                    place.path(edge.deploy().resolve("appender.jar")));
            Program.drop("text", place.path(edge.deploy()));
            TestHost.await("the skills", () -> first.lists("appender", "edge"));
            TestHost.await("the skills", () -> first.lists("text", "edge"));
            Path effects = box.resolve("data/effects");
            String before = submit(first, effects, "before").orElseThrow();
            until("an effect", () -> place.read(effects).contains(before));

            Path filler = place.fill();
            for (int i = 0; i < 5; i++) {
                submit(first, effects, "full-" + i);
            }
            JsonNode call =
                    first.json("call", "text.statistics", "text=still here", "--agent", "edge");
            assertEquals("completed", call.path("state").asText(), call.toString());
            until("a warning", () -> health(edge).matches("(?s).*disk: only 0 MiB.*make room.*"));

            Files.delete(filler);
            String after = submit(first, effects, "after").orElseThrow();
            until("it works again", () -> place.read(effects).contains(after));
            until("what was accepted", () -> missing(first, place.read(effects)).isEmpty());
            until("no warning", () -> !health(edge).contains("warning"));
            edge.program().kill();
            edge.start("--profile", "edge");
            TestHost.await("a P2P link", () -> first.linkedTo("edge", "p2p"));
            call = first.json("call", "text.statistics", "text=again", "--agent", "edge");
            assertEquals("completed", call.path("state").asText(), call.toString());
        }
    }

    @Test
    void power_cuts_at_any_moment_lose_nothing_that_was_accepted() throws Exception {
        Random random = new Random(42);
        Path effects = folder.resolve("effects");
        Path jars = folder.resolve("jars");
        ScheduledExecutorService client = Executors.newSingleThreadScheduledExecutor();
        try (TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost edge = new TestHost(folder.resolve("edge"), "edge")) {
            first.admit(edge);
            Files.createDirectories(edge.deploy());
            SkillJars.make(edge.deploy(), "appender.jar", "appender", "1.0.0");
            edge.start("--profile", "edge");
            TestHost.await("the skill", () -> first.lists("appender", "edge"));
            AtomicInteger next = new AtomicInteger();
            client.scheduleWithFixedDelay(
                    () -> submit(first, effects, "task-" + next.getAndIncrement()),
                    0,
                    150,
                    TimeUnit.MILLISECONDS);
            for (int i = 1; i <= KILLS; i++) {
                SkillJars.make(jars, i + ".jar", "appender", "1.0." + i);
                // written in one go, as a careless copy would be: the cut may come in between
                Files.write(
                        edge.deploy().resolve("appender.jar"),
                        Files.readAllBytes(jars.resolve(i + ".jar")));
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1200)); // the random moment itself
                edge.program().kill();
                edge.start("--profile", "edge");
            }
            client.shutdown();
            assertTrue(client.awaitTermination(90, TimeUnit.SECONDS));
            until("all accepted tasks", () -> missing(first, text(effects)).isEmpty());
            until("the last version", () -> version(first).equals("1.0." + KILLS));
            assertTrue(accepted.size() > KILLS, accepted.size() + " tasks");
            List<String> all = Files.readAllLines(effects);
            assertEquals(new HashSet<>(all).size(), all.size(), "an effect happened twice");
            assertTrue(!health(edge).contains("NOT READY"), health(edge));
        } finally {
            client.shutdownNow();
        }
    }

    private static String version(TestHost host) {
        for (JsonNode skill : host.json("skills")) {
            if (skill.path("id").asText().equals("appender")) {
                return skill.path("version").asText();
            }
        }
        return "";
    }

    private static String health(TestHost edge) {
        return edge.weft("shell", "-c", "weft:health").text();
    }

    private static String text(Path file) throws Exception {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** Tasks whose end is not what it should be: done, with its effect. */
    private Set<String> missing(TestHost host, String effects) throws Exception {
        Set<String> all = new HashSet<>();
        for (String id : accepted) {
            JsonNode task = Rest.get(host, "/api/hub/tasks/" + id);
            if (!task.path("state").asText().equals("completed") || !effects.contains(id)) {
                all.add(id + " " + task.path("state") + " " + task.path("error"));
            }
        }
        return all;
    }

    /** Hands a durable task to a host for the edge host.
     * @return its id if it was accepted; no answer is no promise */
    private Optional<String> submit(TestHost host, Path effects, String key) {
        String body =
                Wire.write(
                        (Object)
                                Wire.object()
                                        .put("skill", "appender.append")
                                        .put("target_agent_id", "edge")
                                        .put("ttl", 7200)
                                        .put("later", true)
                                        .put("idempotency_key", key)
                                        .set(
                                                "payload",
                                                Wire.object()
                                                        .put("file", effects.toString())
                                                        .put("millis", 20)));
        try {
            HttpResponse<String> response =
                    http.send(
                            HttpRequest.newBuilder(URI.create(host.url() + "/api/hub/tasks"))
                                    .header("X-API-Key", host.localKey())
                                    .header("Content-Type", "application/json")
                                    .timeout(Duration.ofSeconds(60))
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            JsonNode task = Wire.tree(response.body());
            boolean taken =
                    response.statusCode() == 200
                            && !List.of("rejected", "failed").contains(task.path("state").asText());
            if (!taken) {
                return Optional.empty();
            }
            String id = task.path("id").asText();
            accepted.add(id);
            return Optional.of(id);
        } catch (java.io.IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(condition);
    }
}
