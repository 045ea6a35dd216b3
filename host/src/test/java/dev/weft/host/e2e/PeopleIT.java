package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.framework.SkillJars;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task asks people, and its host is killed before they answer. */
class PeopleIT {
    @TempDir Path folder;

    @Test
    void questions_and_approvals_outlive_the_host() throws Exception {
        Path file = folder.resolve("lines");
        try (TestHost host = new TestHost(folder.resolve("host"), "host")) {
            Files.createDirectories(host.deploy());
            SkillJars.make(host.deploy(), "appender.jar", "appender", "1.0.0");
            host.start();
            TestHost.await("the skill", () -> host.lists("appender", "host"));
            String asking = later(host, "appender.ask");
            String guarded = later(host, "appender.guarded", "file=" + file);
            String refused = later(host, "appender.guarded", "file=" + file);
            for (String id : new String[] {asking, guarded, refused}) {
                TestHost.await("a question of " + id, () -> task(host, id).has("question"));
            }
            // the disk has what came before the outcome of a later task
            assertEquals(
                    "completed",
                    host.json(
                                    "call",
                                    "appender.append",
                                    "file=" + folder.resolve("other"),
                                    "millis=1")
                            .path("state")
                            .asText());
            host.program().kill();

            host.start();
            assertEquals("input-required", task(host, asking).path("state").asText());
            assertEquals(
                    file.toString(),
                    task(host, guarded).path("question").path("arguments").path("file").asText());
            Program.Result shown = host.weft("tasks", guarded);
            assertTrue(shown.text().contains("weft approve " + guarded), shown.text());
            assertTrue(host.weft("answer", asking, "maybe").text().contains("must be one of"));
            assertEquals(0, host.weft("answer", asking, "yes").exit());
            assertFalse(Files.exists(file));
            assertEquals(0, host.weft("approve", guarded).exit());
            assertEquals(0, host.weft("reject", refused).exit());
            TestHost.await("the ends", () -> isDone(host, asking) && isDone(host, guarded));
            assertEquals("yes on attempt 2", task(host, asking).path("result").asText());
            assertEquals("completed", task(host, guarded).path("state").asText());
            assertEquals("rejected", task(host, refused).path("state").asText());
            assertEquals(1, Files.readAllLines(file).size());
        }
    }

    private static String later(TestHost host, String skill, String... arguments) {
        java.util.List<String> all = new java.util.ArrayList<>(java.util.List.of("call", skill));
        all.addAll(java.util.List.of(arguments));
        all.addAll(java.util.List.of("--later", "--timeout", "600"));
        return host.json(all.toArray(String[]::new)).path("id").asText();
    }

    private static JsonNode task(TestHost host, String id) throws Exception {
        return Rest.get(host, "/api/hub/tasks/" + id);
    }

    private static boolean isDone(TestHost host, String id) throws Exception {
        return task(host, id).path("state").asText().equals("completed");
    }
}
