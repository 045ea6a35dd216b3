package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.framework.SkillJars;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
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
            String waiting = host.weft("approvals").text();
            assertTrue(waiting.contains(guarded) && waiting.contains(refused), waiting);
            assertEquals(0, host.weft("approve", guarded).exit());
            assertEquals(0, host.weft("reject", refused).exit());
            TestHost.await("the ends", () -> isDone(host, asking) && isDone(host, guarded));
            assertEquals("yes on attempt 2", task(host, asking).path("result").asText());
            assertEquals("completed", task(host, guarded).path("state").asText());
            assertEquals("rejected", task(host, refused).path("state").asText());
            assertEquals(1, Files.readAllLines(file).size());
        }
    }

    /** Question, stream and cancel of a task that a peer carries out, whose host is killed meanwhile. */
    @Test
    @Tag("once")
    void what_a_peer_does_for_a_caller_goes_on_after_the_peer_was_killed() throws Exception {
        try (TestHost host = new TestHost(folder.resolve("host"), "host");
                TestHost caller = new TestHost(folder.resolve("caller"), "caller")) {
            Files.createDirectories(host.deploy());
            SkillJars.make(host.deploy(), "appender.jar", "appender", "1.0.0");
            host.start();
            host.admit(caller);
            caller.start();
            TestHost.await("the skill", () -> caller.lists("appender", "host"));
            Path stop = folder.resolve("stop");
            Path slow = folder.resolve("slow");
            String asking = later(caller, "appender.ask", "--agent", "host");
            String counting = later(caller, "appender.count", "until=" + stop, "--agent", "host");
            String working =
                    later(
                            caller,
                            "appender.append",
                            "file=" + slow,
                            "millis=600000",
                            "--agent",
                            "host");
            TestHost.await("the question", () -> task(caller, asking).has("question"));
            TestHost.await("the work", () -> Files.exists(Path.of(slow + ".runs")));
            TestHost.await("the count", () -> isAt(caller, counting, "working"));
            String port = String.valueOf(java.net.URI.create(host.url()).getPort());
            host.program().kill();
            host.start("--port", port);

            TestHost.await(
                    "the work anew", () -> Files.readAllLines(Path.of(slow + ".runs")).size() == 2);
            TestHost.await(
                    "word that the output starts anew",
                    () -> caller.weft("tasks", counting).text().contains("starts anew after"));
            assertTrue(isAt(caller, asking, "input-required"));
            assertEquals(0, caller.weft("answer", asking, "yes").exit());
            TestHost.await("the answer's end", () -> isDone(caller, asking));
            assertEquals("yes on attempt 2", task(caller, asking).path("result").asText());
            Files.createFile(stop);
            TestHost.await("the count's end", () -> isDone(caller, counting));
            assertEquals(2, task(caller, counting).path("result").asInt());
            assertEquals(
                    200,
                    Rest.post(caller, "/api/hub/tasks/" + working + "/cancel", "{}").statusCode());
            TestHost.await(
                    "the running skill is stopped", () -> Files.exists(Path.of(slow + ".stopped")));
            assertTrue(isAt(caller, working, "canceled"));
            assertFalse(Files.exists(slow));
        }
    }

    private static boolean isAt(TestHost host, String id, String state) throws Exception {
        return task(host, id).path("state").asText().equals(state);
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
        return isAt(host, id, "completed");
    }
}
