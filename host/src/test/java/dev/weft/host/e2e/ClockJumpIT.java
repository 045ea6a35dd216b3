package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.framework.SkillJars;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small box has no clock of its own: its time is wrong until the network tells it, and then it jumps. Here libfaketime lets the wall
 * clock of an edge host jump, as the system's would; what counts seconds goes on as before.
 */
@Tag("once")
class ClockJumpIT {
    @TempDir Path folder;

    @Test
    void calls_and_links_outlive_a_clock_that_jumps_a_day_ahead_and_back() throws Exception {
        Optional<Path> library = library();
        assumeTrue(
                library.isPresent(),
                "SKIPPED: libfaketime is not installed (Debian: sudo apt-get install faketime)");
        Path offset = Files.writeString(folder.resolve("offset"), "+0");
        List<String> faked =
                List.of(
                        "env",
                        "LD_PRELOAD=" + library.get(),
                        "FAKETIME_DONT_FAKE_MONOTONIC=1",
                        "FAKETIME_FORCE_MONOTONIC_FIX=0", // else timed waits of this glibc never
                        // end
                        "FAKETIME_NO_CACHE=1",
                        "FAKETIME_TIMESTAMP_FILE=" + offset);
        try (TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost edge = new TestHost(folder.resolve("edge"), "edge", faked)) {
            first.admit(edge);
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
                completed(running.get(60, TimeUnit.SECONDS));
                completed(call(first, "after" + jump, 1));
                String health = edge.weft("shell", "-c", "weft:health").text();
                assertTrue(health.contains("registry") && health.contains("ok"), health);
                assertFalse(health.contains("NOT READY"), health);
            }
            assertEquals(since, since(first), "the link is the one of the beginning");
            assertTrue(first.sees("edge", "active"));
        }
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
