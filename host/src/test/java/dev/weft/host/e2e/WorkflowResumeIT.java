package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.host.framework.SkillJars;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host is killed in the middle of a workflow: started again, it goes on where it was. */
@Tag("once")
class WorkflowResumeIT {
    @TempDir Path folder;

    @Test
    void finished_steps_are_not_done_again() throws Exception {
        Path effects = Files.createDirectories(folder.resolve("effects"));
        try (TestHost host = new TestHost(folder.resolve("host"), "one")) {
            SkillJars.make(host.deploy(), "appender.jar", "appender", "1.0.0");
            Path workflows = Files.createDirectories(host.data.resolve("workflows"));
            Files.writeString(
                    workflows.resolve("three.yaml"),
                    """
                    input: {folder: {}}
                    steps:
                      - loop:
                          at_most: 2
                          steps:
                            - {id: twice, skill: appender.append, input: {file: "${input.folder}/twice", millis: 1}}
                      - {id: said, supervisor: "how are you?"}
                      - {id: slow, skill: appender.after, input: {file: "${input.folder}/slow", until: "${input.folder}/go"}}
                      - {id: last, skill: appender.append, input: {file: "${input.folder}/last", millis: 1}}
                    result: {said: "${steps.said}", slow: "${steps.slow}"}
                    """);
            String task = begin(host, effects);
            TestHost.await("the third step", () -> Files.exists(effects.resolve("slow.runs")));
            JsonNode done = killed(host, task, effects);
            assertEquals(2, Files.readAllLines(effects.resolve("twice.runs")).size());
            assertEquals(2, Files.readAllLines(effects.resolve("twice")).size());
            List<String> runs = Files.readAllLines(effects.resolve("slow.runs"));
            assertEquals(2, runs.size(), runs::toString);
            assertEquals(1, Files.readAllLines(effects.resolve("slow")).size());
            assertEquals(2, done.at("/result/slow").asInt(), done::toString);
            assertEquals(1, Files.readAllLines(effects.resolve("last")).size());
        }
    }

    /** The model would decide something else each time that it is asked for the same turn; so it must not be. */
    @Test
    void a_supervisor_does_not_decide_anew_and_what_it_set_off_is_not_done_again()
            throws Exception {
        Path effects = Files.createDirectories(folder.resolve("effects"));
        ExecutorService workers = Executors.newCachedThreadPool();
        HttpServer model = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        List<Integer> turns = new CopyOnWriteArrayList<>();
        model.createContext("/", exchange -> decide(exchange, effects, turns));
        model.setExecutor(workers);
        model.start();
        try (TestHost host = new TestHost(folder.resolve("host"), "one")) {
            SkillJars.make(host.deploy(), "appender.jar", "appender", "1.0.0");
            Files.writeString(
                    Files.createDirectories(host.data.resolve("etc")).resolve("model.json"),
                    "{\"dev.weft.llm.openai~test\":{\"id\":\"test\",\"model\":\"m\",\"base_url\":\"http://127.0.0.1:"
                            + model.getAddress().getPort()
                            + "/v1\",\"probe_seconds\":0},\"dev.weft.llm.router\":{\"routes\":[\"default=test\"]}}");
            Files.writeString(
                    Files.createDirectories(host.data.resolve("workflows")).resolve("three.yaml"),
                    "input: {folder: {}}\nsteps:\n  - {id: said, supervisor: write it all down}\n");
            String task = begin(host, effects);
            TestHost.await("the second turn", () -> Files.exists(effects.resolve("slow1.runs")));
            JsonNode done = killed(host, task, effects);
            assertEquals("all is written", done.path("result").asText(), done::toString);
            assertEquals(List.of(0, 2, 3), turns);
            for (String once : List.of("first1", "second1", "slow1")) {
                assertEquals(1, Files.readAllLines(effects.resolve(once)).size(), once);
            }
            assertEquals(1, Files.readAllLines(effects.resolve("first1.runs")).size());
            assertEquals(2, Files.readAllLines(effects.resolve("slow1.runs")).size());
        } finally {
            model.stop(0);
            workers.shutdownNow();
        }
    }

    /** Calls two tools at once, then a slow one, then answers. Each file's name says the how manieth answer of that turn it is. */
    private static void decide(HttpExchange exchange, Path effects, List<Integer> turns)
            throws IOException {
        JsonNode request =
                Wire.tree(
                        new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        int results = 0;
        for (JsonNode message : request.path("messages")) {
            results += message.path("role").asText().equals("tool") ? 1 : 0;
        }
        turns.add(results);
        int turn = results;
        long asked = turns.stream().filter(one -> one == turn).count();
        ObjectNode message = Wire.object().put("role", "assistant");
        if (results < 3) {
            message.putNull("content");
            ArrayNode calls = message.putArray("tool_calls");
            for (String name : results == 0 ? List.of("first", "second") : List.of("slow")) {
                calls.addObject()
                        .put("id", "call-" + name)
                        .put("type", "function")
                        .putObject("function")
                        .put("name", results == 0 ? "appender_append" : "appender_after")
                        .put(
                                "arguments",
                                Wire.object()
                                        .put("file", effects.resolve(name + asked).toString())
                                        .setAll(
                                                results == 0
                                                        ? Wire.object().put("millis", 1)
                                                        : Wire.object()
                                                                .put(
                                                                        "until",
                                                                        effects.resolve("go")
                                                                                .toString()))
                                        .toString());
            }
        } else {
            message.put("content", "all is written");
        }
        ObjectNode answer =
                Wire.object().put("id", "c").put("object", "chat.completion").put("model", "m");
        answer.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("finish_reason", results < 3 ? "tool_calls" : "stop")
                .set("message", message);
        byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private static String begin(TestHost host, Path effects) throws Exception {
        host.start();
        TestHost.await("the workflow", () -> host.lists("workflow", "one"));
        TestHost.await("the skill", () -> host.lists("appender", "one"));
        return submit(host, effects);
    }

    /** Kills the host while the slow step waits, starts it again, and waits for the end of the task. */
    private static JsonNode killed(TestHost host, String task, Path effects) throws Exception {
        host.program().kill();
        Files.createFile(effects.resolve("go"));
        host.start();
        Awaitility.await("the end")
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(
                        () ->
                                Rest.get(host, "/api/hub/tasks/" + task)
                                        .path("state")
                                        .asText()
                                        .equals("completed"));
        return Rest.get(host, "/api/hub/tasks/" + task);
    }

    private static String submit(TestHost host, Path effects) throws Exception {
        String body =
                Wire.write(
                        (Object)
                                Wire.object()
                                        .put("skill", "workflow.three")
                                        .put("ttl", 300)
                                        .set(
                                                "payload",
                                                Wire.object().put("folder", effects.toString())));
        HttpResponse<String> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(host.url() + "/api/hub/tasks"))
                                        .header("X-API-Key", host.localKey())
                                        .header("Content-Type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString(body))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
        return Wire.tree(response.body()).path("id").asText();
    }
}
