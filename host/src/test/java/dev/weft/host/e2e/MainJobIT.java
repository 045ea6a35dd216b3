package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job: two hosts, a code, a skill dropped on one and called from the other over WebRTC. */
class MainJobIT {
    @TempDir Path folder;

    /** Reference defects 1 and 37. */
    @Test
    void skill_dropped_on_the_second_host_is_called_from_the_first() throws Exception {
        try (TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost second = new TestHost(folder.resolve("second"), "second")) {
            assertTrue(
                    first.program().text().contains("admin key (shown this once"),
                    first.program().text());
            first.admit(second);
            second.start();
            assertSecretsAreForTheOwnerOnly(first.data, second.data);
            TestHost.await("a P2P link", () -> first.linkedTo("second", "p2p"));

            Program.drop("disk", second.deploy());
            TestHost.await(
                    "the skill on the first host's list", () -> first.lists("disk", "second"));

            long before = df(folder);
            JsonNode task = first.json("call", "disk.usage", "path=" + folder, "--agent", "second");
            assertEquals("completed", task.path("state").asText(), task.toString());
            assertEquals("p2p", task.path("path").asText(), task.toString());
            long free = task.path("result").path("free_bytes").asLong();
            assertBetween(before, free, df(folder));

            Program.Result answer =
                    first.weft("ask", "how much space is free on second at " + folder + "?");
            assertEquals(0, answer.exit(), answer.text());
            assertBetween(before, figureNamed("free", answer.text()), df(folder));

            Files.delete(second.deploy().resolve("disk.jar"));
            TestHost.await(
                    "the skill gone from the first host's list",
                    () -> !first.lists("disk", "second"));
            Program.Result gone = first.weft("call", "disk.usage", "path=/", "--agent", "second");
            assertEquals(1, gone.exit(), gone.text());
            assertTrue(gone.text().contains("no skill \"disk\" is installed"), gone.text());

            assertEquals(0, second.stop());
            TestHost.await("the second host deregistered", () -> !first.sees("second", "active"));
            assertEquals(0, first.stop());
            assertFalse(Files.exists(first.data.resolve("run/local.key")));
            assertNoSecretInLogs(first.data, second.data);
        }
    }

    /** Others write to the disk, too: what is free lies between what was free before and after, or little beside it. */
    private static void assertBetween(long before, long actual, long after) {
        long little = 256L << 20;
        assertTrue(
                actual > Math.min(before, after) - little
                        && actual < Math.max(before, after) + little,
                actual + " is not between " + before + " and " + after);
    }

    private static long figureNamed(String word, String text) {
        Matcher figure = Pattern.compile(word + "[^0-9\\n]*([0-9]{6,})").matcher(text);
        assertTrue(figure.find(), text);
        return Long.parseLong(figure.group(1));
    }

    private static long df(Path path) throws IOException, InterruptedException {
        Process df = new ProcessBuilder("df", "-B1", "--output=avail", path.toString()).start();
        String text = new String(df.getInputStream().readAllBytes());
        assertEquals(0, df.waitFor());
        return Long.parseLong(text.lines().skip(1).findFirst().orElseThrow().strip());
    }

    private static void assertSecretsAreForTheOwnerOnly(Path... directories) throws IOException {
        for (Path directory : directories) {
            try (var files = Files.walk(directory.resolve("keys"))) {
                for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                    assertEquals(
                            "rw-------",
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                            file.toString());
                }
            }
        }
    }

    private static void assertNoSecretInLogs(Path... directories) throws IOException {
        for (Path directory : directories) {
            String log = Files.readString(directory.resolve("log/weft.log"));
            assertFalse(
                    Pattern.compile("wk_[A-Za-z0-9_-]{20}|dt_[0-9a-f]{32}|eyJ[A-Za-z0-9_-]{10,}\\.")
                            .matcher(log)
                            .find(),
                    "a secret is in the log of " + directory);
        }
    }
}
