package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.framework.SkillJars;
import dev.weft.protocol.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small box has no clock of its own: its time is wrong until the network tells it, and then it jumps. Here libfaketime lets the wall
 * clock of an edge host jump, as the system's would; what counts seconds goes on as before.
 */
@Tag("once")
class ClockJumpIT {
    /** The longest pause between two attempts of the edge host to reach its registry. */
    private static final int LONGEST_PAUSE_SECONDS = 5;

    @TempDir Path folder;

    @Test
    void calls_and_links_outlive_a_clock_that_jumps_a_day_ahead_and_back() throws Exception {
        Path offset = folder.resolve("offset");
        List<String> faked = faked(offset);
        try (TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost edge = new TestHost(folder.resolve("edge"), "edge", faked)) {
            first.admit(edge);
            // it must not be closed because this machine is slow and nobody uses it meanwhile
            edge.configure("dev.weft.mesh", Wire.object().put("idle_seconds", 3600));
            Files.createDirectories(edge.deploy());
            SkillJars.make(edge.deploy(), "appender.jar", "appender", "1.0.0");
            edge.start("--profile", "edge");
            TestHost.await("a P2P link", () -> first.linkedTo("edge", "p2p"));
            TestHost.await("the skill", () -> first.lists("appender", "edge"));
            double since = since(first);
            for (String jump : List.of("+1d", "-1d")) {
                Path started = folder.resolve("effects" + jump + ".runs");
                CompletableFuture<JsonNode> running =
                        CompletableFuture.supplyAsync(() -> call(first, "effects" + jump, 4000));
                TestHost.await("the call at work", () -> Files.exists(started));
                set(offset, jump);
                completed(running.get(240, TimeUnit.SECONDS));
                completed(call(first, "after" + jump, 1));
                TestHost.await("a host that is well", () -> isWell(shell(edge, "weft:health")));
            }
            assertEquals(since, since(first), "the link is the one of the beginning");
            assertTrue(first.sees("edge", "active"));
        }
    }

    @Test
    void tasks_are_kept_while_the_registry_is_away_for_days_and_forwarded_when_it_is_back()
            throws Exception {
        Path offset = folder.resolve("offset");
        List<String> faked = faked(offset);
        Path effects = folder.resolve("effects");
        try (TestHost registry =
                        new TestHost(folder.resolve("registry"), "registry", faked).keepsPort();
                TestHost edge = new TestHost(folder.resolve("edge"), "edge", faked)) {
            registry.start();
            registry.admit(edge);
            Files.createDirectories(registry.deploy());
            SkillJars.make(registry.deploy(), "appender.jar", "appender", "1.0.0");
            edge.configure(
                    "dev.weft.signaling.client",
                    Wire.object().put("reconnect_max_seconds", LONGEST_PAUSE_SECONDS));
            edge.start("--profile", "edge");
            TestHost.await("a P2P link", () -> registry.linkedTo("edge", "p2p"));

            registry.program().kill();
            String before = keep(edge, effects);
            set(offset, "+3d");
            edge.program().kill(); // its power is cut meanwhile
            edge.start("--profile", "edge");
            String after = keep(edge, effects);
            TestHost.await(
                    "word that the registry is away",
                    () -> shell(edge, "weft:health").contains("no connection to the registry"));
            set(offset, "+5d");
            assertFalse(Files.exists(effects), "nobody did them yet");

            registry.start();
            try {
                Awaitility.await("both tasks")
                        .atMost(Duration.ofSeconds(LONGEST_PAUSE_SECONDS + 120))
                        .pollInterval(Duration.ofMillis(500))
                        .until(() -> done(edge, before) && done(edge, after));
            } catch (ConditionTimeoutException late) {
                System.err.println(registry.evidence() + edge.evidence());
                throw late;
            }
            List<String> done = Files.readAllLines(effects);
            // a peer's tasks are told apart by who sent them
            assertEquals(
                    Set.of(before, after),
                    done.stream()
                            .map(key -> key.substring(key.indexOf('/') + 1))
                            .collect(Collectors.toSet()));
            assertEquals(2, done.size(), "each is done once");
        }
    }

    private static boolean isWell(String health) {
        return health.contains("registry")
                && health.contains("ok")
                && !health.contains("NOT READY");
    }

    /** Hands the edge host a task for the registry's host, to be done within a week.
     * @return its id */
    private static String keep(TestHost edge, Path effects) {
        String said =
                shell(
                        edge,
                        "weft:call appender.append file="
                                + effects
                                + " millis=1 --agent registry --later --timeout 604800");
        Matcher accepted = Pattern.compile("task (\\S+) is accepted").matcher(said);
        assertTrue(accepted.find(), said);
        return accepted.group(1);
    }

    private static boolean done(TestHost edge, String task) {
        return shell(edge, "weft:tasks")
                .lines()
                .anyMatch(line -> line.contains(task) && line.contains("completed"));
    }

    private static String shell(TestHost edge, String line) {
        return edge.weft("shell", "-c", line).text();
    }

    private JsonNode call(TestHost from, String file, int millis) {
        return from.json(
                "call",
                "appender.append",
                "file=" + folder.resolve(file),
                "millis=" + millis,
                "--agent",
                "edge",
                "--timeout",
                "60");
    }

    private static void completed(JsonNode task) {
        assertEquals("completed", task.path("state").asText(), task.toString());
        assertEquals("p2p", task.path("path").asText(), task.toString());
    }

    private static double since(TestHost host) {
        return host.json("peers").path(0).path("since").asDouble();
    }

    private static void set(Path offset, String jump) throws Exception {
        Path next = Files.writeString(offset.resolveSibling("next"), jump);
        Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<String> faked(Path offset) throws Exception {
        Optional<Path> library = library();
        assumeTrue(
                library.isPresent(),
                "SKIPPED: libfaketime is not installed (Debian: sudo apt-get install faketime)");
        Files.writeString(offset, "+0");
        return List.of(
                "env",
                "LD_PRELOAD=" + library.get(),
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "FAKETIME_FORCE_MONOTONIC_FIX=0", // else timed waits of this glibc never
                // end
                "FAKETIME_NO_CACHE=1",
                "FAKETIME_TIMESTAMP_FILE=" + offset);
    }

    private static Optional<Path> library() throws Exception {
        Path libraries = Path.of("/usr/lib");
        if (!Files.isDirectory(libraries)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(libraries)) {
            return folders.map(each -> each.resolve("faketime/libfaketime.so.1"))
                    .filter(Files::isRegularFile)
                    .findFirst();
        }
    }
}
