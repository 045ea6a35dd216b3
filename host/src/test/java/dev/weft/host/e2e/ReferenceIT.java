package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.framework.SkillJars;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference's agent and sidecar, played by their wire, at a host that lets them in; and at one that does not. */
class ReferenceIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String KEY = "ak_0123456789abcdef";
    private static final String DIRECT = "ak_direct_0123456789";
    private static final Set<String> TASK =
            Set.of(
                    "id",
                    "skill",
                    "target_agent_id",
                    "source_agent_id",
                    "assigned_agent_id",
                    "payload",
                    "state",
                    "result",
                    "error",
                    "created_at",
                    "updated_at",
                    "ttl");
    @TempDir static Path folder;
    private static TestHost host;

    @BeforeAll
    static void start() throws Exception {
        Path keys = folder.resolve("keys.json");
        Files.writeString(
                keys,
                "{\"keys\":{\""
                        + KEY
                        + "\":{\"peer_id\":\"agent-001\",\"role\":\"agent\"},\""
                        + DIRECT
                        + "\":{\"peer_id\":\"old-one\",\"role\":\"agent\"}}}");
        host =
                new TestHost(folder.resolve("host"), "host")
                        .start("--compat-chatixia", keys.toString());
        Program.drop("text", host.deploy());
        TestHost.await("the skill", () -> host.lists("text", "host"));
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    private static HttpResponse<String> call(
            TestHost at, String method, String path, String key, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(at.url() + path));
        if (key != null) {
            request.header("x-api-key", key);
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return HTTP.send(
                request.method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(String method, String path, String key, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = call(host, method, path, key, body);
        assertEquals(200, answer.statusCode(), path + ": " + answer.body());
        return Wire.tree(answer.body());
    }

    private static String registration(String agent, String... skills) {
        return "{\"agent_id\":\""
                + agent
                + "\",\"hostname\":\"box\",\"sidecar_peer_id\":\""
                + agent
                + "-sidecar\",\"capabilities\":{\"skills\":[\""
                + String.join("\",\"", skills)
                + "\"],\"mcp_servers\":[],\"goals_count\":0,\"mode\":\"interactive\"}}";
    }

    private static ReferenceSidecar sidecar(String key) throws Exception {
        JsonNode token = json("POST", "/api/token", key, null);
        assertEquals("agent", token.path("role").asText());
        return new ReferenceSidecar(
                HTTP, host.url(), token.path("peer_id").asText(), token.path("token").asText());
    }

    @Test
    void an_agent_registers_beats_takes_a_task_and_answers_it() throws Exception {
        json("POST", "/api/registry/agents", KEY, registration("my-agent", "echo", "delegate"));
        JsonNode listed = json("GET", "/api/registry/agents", null, null);
        assertTrue(listed.isArray());
        JsonNode found = json("GET", "/api/registry/route?skill=echo", null, null);
        assertEquals("my-agent", found.path("agent_id").asText());
        assertEquals("my-agent-sidecar", found.path("sidecar_peer_id").asText());
        assertEquals("active", found.path("health").asText());
        assertEquals("echo", found.path("capabilities").path("skills").path(0).asText());

        String task =
                "{\"skill\":\"echo\",\"target_agent_id\":\"my-agent\",\"source_agent_id\":\"my-agent\",\"payload\":{\"message\":\"hi\"},\"ttl\":300}";
        String id = json("POST", "/api/hub/tasks", null, task).path("task_id").asText();
        assertEquals(12, id.length());
        String beat = "{\"agent_id\":\"my-agent\",\"skill_names\":[\"echo\",\"delegate\"]}";
        JsonNode answer = json("POST", "/api/hub/heartbeat", KEY, beat);
        assertEquals(Set.of("status", "pending_tasks"), names(answer));
        assertEquals("ok", answer.path("status").asText());
        JsonNode pending = answer.path("pending_tasks").path(0);
        assertEquals(TASK, names(pending));
        assertEquals(id, pending.path("id").asText());
        assertEquals("assigned", pending.path("state").asText());
        assertEquals("my-agent", pending.path("assigned_agent_id").asText());
        assertEquals("hi", pending.path("payload").path("message").asText());
        assertTrue(pending.path("created_at").isDouble());

        String report = "{\"state\":\"completed\",\"result\":\"hi yourself\",\"error\":\"\"}";
        json("POST", "/api/hub/tasks/" + id, KEY, report);
        JsonNode done = json("GET", "/api/hub/tasks/" + id, null, null);
        assertEquals("completed", done.path("state").asText());
        assertEquals("hi yourself", done.path("result").asText());
        assertTrue(done.path("error").isTextual());
        assertTrue(names(done).containsAll(TASK));
        json("DELETE", "/api/registry/agents/my-agent", KEY, null);
    }

    @Test
    void a_task_of_the_reference_is_done_by_a_skill_of_weft() throws Exception {
        String self = Rest.get(host, "/api/session").path("agent").path("id").asText();
        String task =
                "{\"skill\":\"text.statistics\",\"target_agent_id\":\""
                        + self
                        + "\",\"source_agent_id\":\"somebody\",\"payload\":{\"text\":\"one two\"},\"ttl\":60}";
        String id = json("POST", "/api/hub/tasks", null, task).path("task_id").asText();
        TestHost.await(
                "the result",
                () ->
                        json("GET", "/api/hub/tasks/" + id, null, null)
                                .path("state")
                                .asText()
                                .equals("completed"));
        assertTrue(
                json("GET", "/api/hub/tasks/" + id, null, null).path("result").isTextual(),
                "the reference reads text");
    }

    @Test
    void a_sidecar_is_listed_links_to_a_weft_host_and_both_call_each_other() throws Exception {
        json("POST", "/api/registry/agents", DIRECT, registration("old-one", "parrot"));
        try (ReferenceSidecar sidecar = sidecar(DIRECT)) {
            JsonNode list = sidecar.next(sidecar.signals, "peer_list");
            assertEquals("registry", list.path("peer_id").asText());
            String self = Rest.get(host, "/api/session").path("agent").path("id").asText();
            assertEquals(self, list.path("payload").path("peers").path(0).asText());
            sidecar.offer(self);
            sidecar.send(
                    "task_request",
                    "0123456789ab",
                    self,
                    Wire.tree("{\"message\":\"one two three\",\"skill\":\"text.statistics\"}"));
            JsonNode answer = sidecar.next(sidecar.messages, "task_response");
            assertEquals("0123456789ab", answer.path("request_id").asText());
            assertEquals("old-one", answer.path("target_agent").asText());
            assertTrue(answer.path("payload").has("result"), answer.toString());

            CompletableFuture<JsonNode> called =
                    CompletableFuture.supplyAsync(
                            () ->
                                    host.json(
                                            "call",
                                            "parrot",
                                            "message=hello",
                                            "--agent",
                                            "old-one"));
            JsonNode asked = sidecar.next(sidecar.messages, "task_request");
            assertFalse(asked.isArray(), "one message a frame");
            assertEquals("parrot", asked.path("payload").path("skill").asText());
            sidecar.send(
                    "task_response",
                    asked.path("request_id").asText(),
                    self,
                    Wire.tree("{\"result\":\"hello, hello\",\"error\":\"\"}"));
            JsonNode task = called.get(60, TimeUnit.SECONDS);
            assertEquals("completed", task.path("state").asText(), task.toString());
            assertTrue(task.path("result").toString().contains("hello, hello"), task.toString());
            assertEquals("p2p", task.path("path").asText(), task.toString());
        }
    }

    /** All eleven message types, from the sidecar to the host and, but for the question after a skill, from the host to the sidecar. */
    @Test
    void every_message_type_works_both_ways_and_unknown_ones_are_counted() throws Exception {
        json("POST", "/api/registry/agents", DIRECT, registration("old-one", "parrot"));
        SkillJars.make(host.deploy(), "appender.jar", "appender", "1.0.0");
        TestHost.await("the skill that streams", () -> host.lists("appender", "host"));
        try (ReferenceSidecar sidecar = sidecar(DIRECT)) {
            String self = Rest.get(host, "/api/session").path("agent").path("id").asText();
            sidecar.offer(self);

            String ping = answer(sidecar, "ping").path("request_id").asText();
            sidecar.send("pong", ping, self, Wire.object());
            sidecar.send("ping", "ping-1", self, Wire.object());
            assertEquals("ping-1", answer(sidecar, "pong").path("request_id").asText());
            sidecar.send("skill_query", "query-1", self, Wire.tree("{\"skill\":\"text\"}"));
            JsonNode known = answer(sidecar, "skill_response").path("payload");
            assertTrue(known.path("available").asBoolean(), known.toString());
            Path stop = folder.resolve("stop");
            ObjectNode count = Wire.object().put("skill", "appender.count").put("message", "");
            count.put("stream", true).putObject("args").put("until", stop.toString());
            sidecar.send("task_request", "task-1", self, count);
            assertEquals("1:0\n", text(answer(sidecar, "task_stream_chunk")));
            Files.createFile(stop);
            assertEquals("task-1", answer(sidecar, "task_response").path("request_id").asText());
            sidecar.send(
                    "agent_prompt",
                    "prompt-1",
                    self,
                    Wire.tree("{\"message\":\"what can you do?\",\"stream\":true}"));
            answer(sidecar, "agent_stream_chunk");
            assertFalse(text(answer(sidecar, "agent_response")).isBlank());
            sidecar.send("agent_status", "", self, Wire.tree("{\"status\":\"busy\"}"));
            sidecar.send("from_the_future", "x", self, Wire.tree("{}"));
            String counter = "weft_mesh_dropped_total{reason=\"unknown_type\"} ";
            TestHost.await(
                    "the count of unknown types",
                    () ->
                            Rest.send(host, "/metrics")
                                    .body()
                                    .lines()
                                    .filter(line -> line.startsWith(counter))
                                    .anyMatch(line -> !line.equals(counter + "0")));

            CompletableFuture<JsonNode> called =
                    CompletableFuture.supplyAsync(
                            () -> host.json("call", "parrot", "message=hi", "--agent", "old-one"));
            String task = answer(sidecar, "task_request").path("request_id").asText();
            sidecar.send(
                    "task_stream_chunk", task, self, Wire.tree("{\"text\":\"h\",\"done\":false}"));
            sidecar.send("task_response", task, self, Wire.tree("{\"result\":\"hi hi\"}"));
            JsonNode done = called.get(60, TimeUnit.SECONDS);
            assertEquals("completed", done.path("state").asText(), done.toString());
            CompletableFuture<String> asked =
                    CompletableFuture.supplyAsync(
                            () -> host.weft("ask", "who are you?", "--agent", "old-one").text());
            String prompt = answer(sidecar, "agent_prompt").path("request_id").asText();
            sidecar.send(
                    "agent_stream_chunk",
                    prompt,
                    self,
                    Wire.tree("{\"text\":\"a parrot\",\"done\":false}"));
            sidecar.send("agent_response", prompt, self, Wire.tree("{\"text\":\"a parrot\"}"));
            assertTrue(asked.get(60, TimeUnit.SECONDS).contains("a parrot"), asked.get());
            Files.delete(host.deploy().resolve("appender.jar"));
            answer(sidecar, "agent_status");
        }
    }

    private static JsonNode answer(ReferenceSidecar sidecar, String type) throws Exception {
        return sidecar.next(sidecar.messages, type);
    }

    private static String text(JsonNode message) {
        return message.path("payload").path("text").asText();
    }

    @Test
    void it_is_told_loudly_that_it_is_on() throws Exception {
        JsonNode check = Rest.get(host, "/api/health").path("checks").path("compat-chatixia");
        assertFalse(check.path("ok").asBoolean(true));
        assertTrue(check.path("detail").asText().contains("compat.chatixia is on"));
        assertTrue(
                host.program().text().contains("compat.chatixia is ON")
                        || Files.readString(host.data.resolve("log/weft.log"))
                                .contains("compat.chatixia is ON"));
    }

    @Test
    void a_host_without_it_refuses_all_of_this() throws Exception {
        try (TestHost plain = new TestHost(folder.resolve("plain"), "plain").start()) {
            assertEquals(401, call(plain, "POST", "/api/token", KEY, null).statusCode());
            assertEquals(
                    401,
                    call(plain, "POST", "/api/registry/agents", KEY, registration("my-agent", "x"))
                            .statusCode());
            for (String path :
                    Set.of("/api/registry/agents", "/api/hub/tasks/all", "/api/config")) {
                assertEquals(401, call(plain, "GET", path, null, null).statusCode(), path);
            }
            String token = json("POST", "/api/token", KEY, null).path("token").asText();
            assertEquals(401, handshake(plain, token));
            assertFalse(Rest.get(plain, "/api/health").path("checks").has("compat-chatixia"));
        }
    }

    private static int handshake(TestHost at, String token) {
        URI url = URI.create(at.url().replace("http:", "ws:") + "/ws?token=" + token);
        try {
            HTTP.newWebSocketBuilder().buildAsync(url, new WebSocket.Listener() {}).join().abort();
            return 101;
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.properties().forEach(member -> names.add(member.getKey()));
        return names;
    }
}
