package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.host.framework.SkillJars;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task asks people, and its host is killed before they answer. */
@Tag("once")
class PeopleIT {
    @TempDir Path folder;

    @Test
    void questions_and_approvals_outlive_the_host() throws Exception {
        Path file = folder.resolve("lines");
        HttpServer model = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        model.createContext("/", PeopleIT::complete);
        model.start();
        try (TestHost host = new TestHost(folder.resolve("host"), "host")) {
            host.configure(
                    "dev.weft.llm.openai~test",
                    Wire.object()
                            .put("id", "test")
                            .put("model", "m")
                            .put(
                                    "base_url",
                                    "http://127.0.0.1:" + model.getAddress().getPort() + "/v1"));
            ObjectNode router = Wire.object();
            router.putArray("routes").add("default=test");
            host.configure("dev.weft.llm.router", router);
            Files.createDirectories(host.deploy());
            Program.drop("language", host.deploy());
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
            aBudgetWaitsInTheSameList(host, asking);
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
        } finally {
            model.stop(0);
        }
    }

    /** Four skills are in one bundle: the budget is of the one that asks the model. */
    private static void aBudgetWaitsInTheSameList(TestHost host, String question) throws Exception {
        String budget = "skill:summarize";
        assertEquals(
                0, host.weft("llm", "budget", budget, "--tokens", "3000", "--per", "day").exit());
        TestHost.await("the skill", () -> host.lists("summarize", "host"));
        String task = later(host, "summarize.summarize", "text=One. Two. Three.");
        TestHost.await("the call waits", () -> host.weft("approvals").text().contains(budget));
        String waiting = host.weft("approvals").text();
        assertTrue(waiting.contains("1 call waits: 0 of 3000 tokens are used per day"), waiting);
        assertTrue(waiting.contains(question), waiting);
        Program.Result words = host.weft("approve", question);
        assertEquals(1, words.exit(), words.text());
        assertTrue(words.text().contains("weft answer " + question), words.text());
        Program.Result end = host.weft("reject", budget);
        assertEquals(1, end.exit(), end.text());
        assertTrue(end.text().contains("there is nothing to reject"), end.text());
        Program.Result raised = host.weft("approve", budget);
        assertEquals(0, raised.exit(), raised.text());
        assertTrue(raised.text().contains("budget skill:summarize is raised"), raised.text());
        TestHost.await("the call's end", () -> isDone(host, task));
        assertFalse(host.weft("approvals").text().contains(budget));
        String spent = host.weft("llm").text();
        assertTrue(spent.contains("skill:summarize per day: 15 of 6000 tokens"), spent);
    }

    /** A model that has one answer. */
    private static void complete(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        ObjectNode answer =
                Wire.object().put("id", "c").put("object", "chat.completion").put("model", "m");
        answer.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("finish_reason", "stop")
                .putObject("message")
                .put("role", "assistant")
                .put("content", "Three numbers.");
        answer.putObject("usage")
                .put("prompt_tokens", 10)
                .put("completion_tokens", 5)
                .put("total_tokens", 15);
        byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Question, stream and cancel of a task that a peer carries out, whose host is killed meanwhile. */
    @Test
    void what_a_peer_does_for_a_caller_goes_on_after_the_peer_was_killed() throws Exception {
        try (TestHost host = new TestHost(folder.resolve("host"), "host").keepsPort();
                TestHost caller = new TestHost(folder.resolve("caller"), "caller")) {
            Files.createDirectories(host.deploy());
            SkillJars.make(host.deploy(), "appender.jar", "appender", "1.0.0");
            host.start();
            host.admit(caller);
            caller.configure(
                    "dev.weft.signaling.client", Wire.object().put("reconnect_max_seconds", 5));
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
            host.program().kill();
            host.start();

            TestHost.await(
                    "the work anew", () -> Files.readAllLines(Path.of(slow + ".runs")).size() == 2);
            TestHost.await(
                    "word that the output starts anew",
                    () -> caller.weft("tasks", counting).text().contains("starts anew after"));
            TestHost.await("the question anew", () -> isAt(caller, asking, "input-required"));
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
