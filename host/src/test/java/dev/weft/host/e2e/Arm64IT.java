package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge host on an arm64 Java, with the arm64 build of the WebRTC library, answers a host of this machine. */
@Tag("once")
class Arm64IT {
    private static final int SLOW_SECONDS = 240;

    @TempDir Path folder;

    @Test
    void arm64_edge_host_answers_a_call_over_webrtc() throws Exception {
        Optional<Path> java = Arm64Java.home(folder);
        assumeTrue(java.isPresent(), "SKIPPED: no arm64 Java can be set up here");
        List<String> emulated = List.of("env", "JAVA_HOME=" + java.get());
        try (TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost arm =
                        new TestHost(folder.resolve("arm"), "arm", emulated).of(distribution())) {
            first.admit(arm);
            // emulated, it takes longer to come to the call than an edge host keeps an unused link
            Path etc = Files.createDirectories(arm.data.resolve("etc"));
            Files.writeString(
                    etc.resolve("mesh.json"), "{\"dev.weft.mesh\": {\"idle_seconds\": 3600}}");
            arm.start("--profile", "edge");
            await("a P2P link", () -> first.linkedTo("arm", "p2p"));
            Program.drop("sysinfo", arm.deploy());
            await("the skill on the first host", () -> first.lists("sysinfo", "arm"));
            JsonNode task =
                    first.json("call", "sysinfo.overview", "--agent", "arm", "--timeout", "120");
            assertEquals("completed", task.path("state").asText(), task.toString());
            assertEquals("p2p", task.path("path").asText(), task.toString());
            assertEquals("aarch64", task.path("result").path("arch").asText(), task.toString());
        }
    }

    /** The archive that people download, if this build made it. */
    private Path distribution() throws Exception {
        try (Stream<Path> files = Files.list(Program.HOME.getParent())) {
            Optional<Path> archive =
                    files.filter(file -> file.toString().endsWith("-linux-aarch64.tar.gz"))
                            .findFirst();
            if (archive.isEmpty()) {
                return Program.HOME;
            }
            Path unpacked = Files.createDirectories(folder.resolve("unpacked"));
            assertEquals(
                    0,
                    new ProcessBuilder("tar", "xzf", archive.get().toString())
                            .directory(unpacked.toFile())
                            .inheritIO()
                            .start()
                            .waitFor());
            try (Stream<Path> folders = Files.list(unpacked)) {
                return folders.findFirst().orElseThrow();
            }
        }
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(SLOW_SECONDS))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptions()
                .until(condition);
    }
}
