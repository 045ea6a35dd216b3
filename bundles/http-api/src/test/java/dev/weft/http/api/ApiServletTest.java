package dev.weft.http.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.identity.Role;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.Wire;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiServletTest {
    private TestHost host;

    @BeforeEach
    void start() throws Exception {
        host = new TestHost();
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    /** Reference defect 28. */
    @Test
    void bad_requests_get_a_problem_document_that_says_what_is_wrong() throws Exception {
        assertProblem(404, "not_found", host.as(Role.ADMIN, "GET", "/api/nothing", null));
        TestHost.Answer method = host.as(Role.ADMIN, "PATCH", "/api/keys", "{}");
        assertProblem(405, "method_not_allowed", method);
        assertEquals("GET, POST", method.header("Allow"));
        TestHost.Answer json =
                host.as(Role.ADMIN, "POST", "/api/hub/tasks", "{\"skill\":\n  nope}");
        assertProblem(400, "bad_json", json);
        assertTrue(json.json().path("detail").asText().contains("line 2"), json.response().body());
        assertProblem(400, "bad_json", host.as(Role.ADMIN, "POST", "/api/hub/tasks", "[1]"));
        assertProblem(400, "bad_json", host.as(Role.ADMIN, "POST", "/api/hub/tasks", null));
        assertProblem(
                400,
                "bad_json",
                host.as(
                        Role.ADMIN,
                        "POST",
                        "/api/hub/tasks",
                        "{\"a\":".repeat(100) + "1" + "}".repeat(100)));
        assertProblem(
                413,
                "too_large",
                host.as(
                        Role.ADMIN,
                        "POST",
                        "/api/hub/tasks",
                        "{\"skill\":\"" + "x".repeat(Wire.MAX_BODY) + "\"}"));
        assertProblem(
                415,
                "unsupported_media_type",
                host.send(
                        HttpRequest.newBuilder(host.uri("/api/hub/tasks"))
                                .timeout(Duration.ofSeconds(60))
                                .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))));
    }

    @Test
    void a_body_of_unknown_length_is_read_only_to_the_limit() throws Exception {
        byte[] mebibyte = new byte[1 << 20];
        TestHost.Answer answer =
                host.send(
                        HttpRequest.newBuilder(host.uri("/api/hub/tasks"))
                                .timeout(Duration.ofSeconds(60))
                                .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.fromPublisher(
                                                HttpRequest.BodyPublishers.ofByteArrays(
                                                        java.util.List.of(
                                                                mebibyte,
                                                                mebibyte,
                                                                new byte[100])))));
        assertProblem(413, "too_large", answer);
    }

    @Test
    void a_body_that_comes_in_pieces_is_read_whole() throws Exception {
        byte[] first = "{\"skill\":\"echo\",\"wait\":5,".getBytes();
        byte[] second = "\"payload\":{\"a\":1},\"unknown\":true}".getBytes();
        TestHost.Answer answer =
                host.send(
                        HttpRequest.newBuilder(host.uri("/api/hub/tasks"))
                                .timeout(Duration.ofSeconds(60))
                                .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                .header("Content-Type", "application/json; charset=utf-8")
                                .POST(
                                        HttpRequest.BodyPublishers.fromPublisher(
                                                HttpRequest.BodyPublishers.ofByteArrays(
                                                        java.util.List.of(first, second)))));
        assertEquals(200, answer.status());
        assertEquals("{\"a\":1}", answer.json().path("result").toString());
    }

    private static void assertProblem(int status, String error, TestHost.Answer answer) {
        assertEquals(status, answer.status(), answer.response().body());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertEquals(error, answer.error());
        assertEquals(status, answer.json().path("status").asInt());
        assertFalse(answer.json().path("title").asText().isEmpty());
        assertFalse(answer.json().path("detail").asText().isEmpty());
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        assertEquals("no-store", answer.header("Cache-Control"));
        assertTrue(answer.header("Content-Security-Policy").contains("frame-ancestors 'none'"));
        assertEquals("", answer.header("Access-Control-Allow-Origin"));
    }

    @Test
    void a_room_that_is_not_here_is_said_so() throws Exception {
        host.rooms.registry = null;
        host.rooms.pairing = null;
        assertProblem(503, "not_here", host.as(Role.ADMIN, "GET", "/api/registry/agents", null));
        TestHost.Answer pairing = host.as(Role.ADMIN, "POST", "/api/pairing/generate-code", null);
        assertProblem(503, "not_here", pairing);
        assertTrue(pairing.json().path("detail").asText().contains("this host is not a registry"));
    }

    /** In its first second a host has no tasks yet: that sounded as if it never had. */
    @Test
    void a_room_that_is_still_to_come_is_asked_for_again() throws Exception {
        host.rooms.tasks = null;
        host.rooms.inbox = null;
        host.checks.status = HealthCheck.Status.notReady("it starts");
        TestHost.Answer early = host.as(Role.ADMIN, "GET", "/api/hub/tasks/all", null);
        assertProblem(503, "starting", early);
        assertEquals("1", early.header("Retry-After"));
        assertTrue(early.json().path("detail").asText().contains("is starting"));
        host.checks.status = HealthCheck.Status.OK;
        TestHost.Answer late = host.as(Role.ADMIN, "GET", "/api/hub/tasks/all", null);
        assertProblem(503, "not_here", late);
        assertEquals("", late.header("Retry-After"));
    }

    @Test
    void a_pairing_code_comes_with_what_to_type_as_text_and_as_a_qr_code() throws Exception {
        String path = "/api/pairing/generate-code";
        var plain = host.as(Role.OPERATOR, "POST", path, null).json();
        assertFalse(plain.has("qr"), plain::toString);
        var told =
                host.as(Role.OPERATOR, "POST", path, "{\"registry\":\"https://hub.example:8700\"}")
                        .json();
        String command =
                "weft pair " + told.path("code").asText() + " --registry https://hub.example:8700";
        assertEquals(command, told.path("command").asText());
        int size = told.path("qr").size();
        assertTrue(size >= 21 && size % 4 == 1, told::toString);
        for (var row : told.path("qr")) {
            assertTrue(row.asText().matches("[01]{" + size + "}"), row::asText);
        }
        assertTrue(told.path("qr").get(0).asText().startsWith("11111110"), told::toString);
        for (String bad : new String[] {"hub", "https://a b", "https://x/'; rm", "ftp://x"}) {
            assertProblem(
                    400,
                    "bad_registry",
                    host.as(Role.OPERATOR, "POST", path, "{\"registry\":\"" + bad + "\"}"));
        }
    }

    @Test
    void the_tasks_of_a_trace_come_with_their_steps() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        host.as(Role.OPERATOR, "POST", "/api/hub/tasks", "{\"skill\":\"text\"}");
        host.send(
                host.request("POST", "/api/hub/tasks", "{\"skill\":\"text\"}")
                        .header("X-API-Key", host.roleKeys.get(Role.OPERATOR))
                        .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01"));
        String path = "/api/hub/tasks/all?trace=";
        var found = host.as(Role.VIEWER, "GET", path + trace, null).json();
        assertEquals(1, found.size(), found::toString);
        assertTrue(found.get(0).path("trace").isArray(), found::toString);
        assertEquals(0, host.as(Role.VIEWER, "GET", path + "f".repeat(32), null).json().size());
    }

    @Test
    void an_answer_names_its_trace_the_callers_if_it_has_one() throws Exception {
        String ask = "{\"prompt\":\"hello\"}";
        var answer = host.as(Role.OPERATOR, "POST", "/api/ask", ask).json();
        assertTrue(answer.path("trace").asText().matches("[0-9a-f]{32}"), answer::toString);
        String trace = "0af7651916cd43dd8448eb211c80319c";
        var request =
                host.request("POST", "/api/ask", ask)
                        .header("X-API-Key", host.roleKeys.get(Role.OPERATOR))
                        .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01");
        assertEquals(trace, host.send(request).json().path("trace").asText());
    }

    @Test
    void a_failure_of_ours_is_not_told() throws Exception {
        host.rooms.iceServers =
                caller -> {
                    throw new IllegalStateException("secret path");
                };
        TestHost.Answer answer = host.as(Role.ADMIN, "GET", "/api/config", null);
        assertProblem(500, "internal", answer);
        assertFalse(answer.response().body().contains("secret"));
    }

    @Test
    void tasks_are_submitted_waited_for_listed_and_stopped() throws Exception {
        JsonNode done =
                host.as(
                                Role.OPERATOR,
                                "POST",
                                "/api/hub/tasks",
                                "{\"skill\":\"echo\",\"payload\":{\"x\":1},\"wait\":5}")
                        .json();
        assertEquals("completed", done.path("state").asText());
        assertEquals(1, done.path("result").path("x").asInt());
        assertEquals("agent-self", done.path("source_agent_id").asText());
        assertEquals(300, done.path("ttl").asInt());
        JsonNode failed =
                host.as(Role.ADMIN, "POST", "/api/hub/tasks", "{\"skill\":\"nope\",\"wait\":5}")
                        .json();
        assertEquals("unknown_skill", failed.path("error").path("code").asText());
        JsonNode slow =
                host.as(Role.ADMIN, "POST", "/api/hub/tasks", "{\"skill\":\"slow\",\"wait\":0.05}")
                        .json();
        assertEquals("working", slow.path("state").asText());
        String id = slow.path("task_id").asText();
        assertEquals(3, host.as(Role.VIEWER, "GET", "/api/hub/tasks/all", null).json().size());
        assertEquals(
                1, host.as(Role.VIEWER, "GET", "/api/hub/tasks?state=working", null).json().size());
        assertEquals(
                1,
                host.as(Role.VIEWER, "GET", "/api/hub/tasks?skill=echo&agent=agent-self", null)
                        .json()
                        .size());
        assertEquals(
                200,
                host.as(Role.ADMIN, "POST", "/api/hub/tasks/" + id + "/cancel", null).status());
        assertProblem(
                409,
                "illegal_state",
                host.as(Role.ADMIN, "POST", "/api/hub/tasks/" + id + "/cancel", null));
        assertProblem(404, "not_found", host.as(Role.ADMIN, "GET", "/api/hub/tasks/unknown", null));
        assertProblem(
                400,
                "bad_ttl",
                host.as(Role.ADMIN, "POST", "/api/hub/tasks", "{\"skill\":\"echo\",\"ttl\":0}"));
        assertProblem(
                400,
                "bad_ttl",
                host.as(Role.ADMIN, "POST", "/api/hub/tasks", "{\"skill\":\"echo\",\"ttl\":1e9}"));
        assertProblem(400, "bad_task", host.as(Role.ADMIN, "POST", "/api/hub/tasks", "{}"));
        assertProblem(
                400,
                "bad_payload",
                host.as(
                        Role.ADMIN,
                        "POST",
                        "/api/hub/tasks",
                        "{\"skill\":\"echo\",\"payload\":[]}"));
        TestHost.Answer busy =
                host.as(Role.ADMIN, "POST", "/api/hub/tasks", "{\"skill\":\"busy\"}");
        assertProblem(429, "busy", busy);
        assertEquals("1", busy.header("Retry-After"));
    }

    @Test
    void a_waiting_call_ends_when_the_task_does() throws Exception {
        var waiting =
                host.http.sendAsync(
                        host.request("POST", "/api/hub/tasks", "{\"skill\":\"slow\",\"wait\":300}")
                                .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> !host.engine.open.isEmpty());
        var task = host.engine.tasks.values().iterator().next();
        host.engine
                .open
                .values()
                .iterator()
                .next()
                .complete(
                        Fakes.Engine.task(
                                task.id(),
                                new dev.weft.api.task.TaskRequest(
                                        "slow",
                                        Wire.object(),
                                        java.util.Optional.empty(),
                                        Fakes.SELF,
                                        Duration.ofSeconds(9),
                                        0),
                                TaskState.COMPLETED,
                                Wire.object(),
                                null));
        assertEquals(
                "completed",
                Wire.tree(waiting.get(60, java.util.concurrent.TimeUnit.SECONDS).body())
                        .path("state")
                        .asText());
    }

    @Test
    void a_registry_and_nothing_else_knows_its_agents_and_waits_for_the_tasks_of_its_inbox()
            throws Exception {
        host.rooms.tasks = null;
        host.rooms.directory = null;
        host.rooms.mesh = null;
        JsonNode listed = host.as(Role.VIEWER, "GET", "/api/agents", null).json();
        assertEquals(java.util.List.of("agent-other"), listed.findValuesAsText("agent_id"));
        assertEquals("", listed.get(0).path("path").asText());
        String call = "{\"skill\":\"disk\",\"wait\":";
        assertEquals(
                "pending",
                host.as(Role.OPERATOR, "POST", "/api/hub/tasks", call + "0.2}")
                        .json()
                        .path("state")
                        .asText());
        var waiting =
                host.http.sendAsync(
                        host.request("POST", "/api/hub/tasks", call + "300}")
                                .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> host.inbox.entries.size() == 2);
        host.inbox.end("inbox-1", "42 GB");
        JsonNode done = Wire.tree(waiting.get(60, java.util.concurrent.TimeUnit.SECONDS).body());
        assertEquals(
                "completed 42 GB",
                done.path("state").asText() + " " + done.path("result").asText());
        assertEquals("inbox-1", done.path("task_id").asText());
    }

    /** Reference defect 24. */
    @Test
    void an_agent_acts_for_itself_only() throws Exception {
        assertEquals(
                "inbox-0",
                host.asAgent(
                                Fakes.OTHER,
                                "POST",
                                "/api/hub/tasks",
                                "{\"skill\":\"disk\",\"source_agent_id\":\"agent-victim\"}")
                        .json()
                        .path("task_id")
                        .asText());
        assertEquals("agent-other", host.inbox.entries.get("inbox-0").source());
        assertEquals(55, host.inbox.entries.get("inbox-0").traceparent().length());
        assertFalse(host.inbox.entries.get("inbox-0").requestId().isEmpty());
        assertProblem(
                403,
                "not_yours",
                host.asAgent(
                        Fakes.OTHER,
                        "POST",
                        "/api/registry/agents",
                        "{\"agent_id\":\"agent-victim\"}"));
        assertProblem(
                403,
                "not_yours",
                host.asAgent(Fakes.OTHER, "DELETE", "/api/registry/agents/agent-victim", null));
        assertProblem(
                403,
                "not_yours",
                host.asAgent(
                        Fakes.OTHER,
                        "POST",
                        "/api/hub/heartbeat",
                        "{\"agent_id\":\"agent-victim\"}"));
        assertProblem(
                404, "not_found", host.asAgent(Fakes.SELF, "GET", "/api/hub/tasks/inbox-0", null));
        assertProblem(
                403,
                "not_yours",
                host.asAgent(
                        Fakes.SELF, "POST", "/api/hub/tasks/inbox-0", "{\"state\":\"completed\"}"));
        assertEquals(
                200,
                host.asAgent(
                                Fakes.OTHER,
                                "POST",
                                "/api/hub/tasks/inbox-0",
                                "{\"state\":\"completed\",\"result\":{\"a\":1}}")
                        .status());
        assertEquals(0, host.asAgent(Fakes.SELF, "GET", "/api/hub/tasks", null).json().size());
        assertProblem(
                409,
                "name_taken",
                host.asAgent(
                        Fakes.OTHER,
                        "POST",
                        "/api/registry/agents",
                        "{\"agent_id\":\"agent-other\",\"name\":\"taken\"}"));
        assertEquals(
                "ok",
                host.asAgent(Fakes.OTHER, "POST", "/api/hub/heartbeat", "{}")
                        .json()
                        .path("status")
                        .asText());
        assertProblem(
                404,
                "no_route",
                host.asAgent(Fakes.OTHER, "GET", "/api/registry/route?skill=disk", null));
        assertEquals(
                "agent-other",
                host.as(Role.ADMIN, "GET", "/api/registry/route?skill=disk", null)
                        .json()
                        .path("agent_id")
                        .asText());
        host.doors.revoked.add(Fakes.OTHER);
        assertProblem(401, "unauthorized", host.asAgent(Fakes.OTHER, "GET", "/api/agents", null));
    }

    @Test
    void a_route_may_ask_for_labels_and_tells_busy_from_none() throws Exception {
        String route = "/api/registry/route?skill=disk";
        assertProblem(404, "no_route", host.as(Role.ADMIN, "GET", route + "&label=site=lab", null));
        assertProblem(400, "bad_label", host.as(Role.ADMIN, "GET", route + "&label=lab", null));
        assertProblem(400, "bad_hops", host.as(Role.ADMIN, "GET", route + "&hops=-1", null));
        assertEquals(200, host.as(Role.ADMIN, "GET", route + "&hops=7", null).status());
        assertProblem(409, "too_many_hops", host.as(Role.ADMIN, "GET", route + "&hops=8", null));
        assertProblem(
                409,
                "too_many_hops",
                host.send(
                        host.request("GET", route, null)
                                .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                .header("X-Weft-Hops", "8")));
        ObjectNode busy = (ObjectNode) Wire.node(host.directory.cards.get(Fakes.OTHER));
        busy.put("load", 1).putObject("labels").put("site", "lab").put("gpu", "yes");
        host.directory.register(Wire.as(busy, AgentCard.class));
        TestHost.Answer refused =
                host.as(Role.ADMIN, "GET", route + "&label=site=lab&label=gpu=yes", null);
        assertProblem(503, "all_busy", refused);
        assertEquals("5", refused.header("Retry-After"));
    }

    @Test
    void a_backup_is_a_file_or_says_where_to_get_one() throws Exception {
        host.rooms.backup = null;
        assertProblem(503, "not_here", host.as(Role.ADMIN, "GET", "/api/backup", null));
        host.rooms.backup = out -> out.write("zip".getBytes(StandardCharsets.UTF_8));
        TestHost.Answer file = host.as(Role.ADMIN, "GET", "/api/backup", null);
        assertEquals(
                "200 application/zip zip",
                file.status() + " " + file.header("Content-Type") + " " + file.response().body());
        host.rooms.backup =
                out -> {
                    throw new IllegalStateException("use pg_dump");
                };
        assertProblem(409, "backup_elsewhere", host.as(Role.ADMIN, "GET", "/api/backup", null));
    }

    /** Reference defect 30. */
    @Test
    void the_mesh_is_described_as_measured() throws Exception {
        JsonNode agents = host.as(Role.VIEWER, "GET", "/api/agents", null).json();
        assertEquals("local", agents.path(0).path("path").asText());
        assertEquals("p2p", agents.path(1).path("path").asText());
        assertEquals("other", agents.path(1).path("name").asText());
        JsonNode edges =
                host.as(Role.VIEWER, "GET", "/api/hub/network/topology", null).json().path("edges");
        assertEquals(1, edges.size());
        assertEquals("agent-self", edges.path(0).path("source").asText());
        JsonNode skills = host.as(Role.VIEWER, "GET", "/api/skills", null).json();
        assertEquals(
                "bad.jar refused not a zip",
                skills.path(0).path("id").asText()
                        + " "
                        + skills.path(0).path("state").asText()
                        + " "
                        + skills.path(0).path("reason").asText());
        assertEquals("other", skills.path(1).path("host").asText());
        assertEquals("run", skills.path(1).path("tools").path(0).path("name").asText());
        assertTrue(skills.path(2).path("local").asBoolean());
        assertEquals("[\"0.9.0\",\"0.8.0\"]", skills.path(2).path("previous").toString());
    }

    @Test
    void a_skill_is_switched_off_and_shows_so_and_on_again() throws Exception {
        JsonNode off =
                host.as(Role.ADMIN, "PATCH", "/api/skills/text", "{\"enabled\":false}").json();
        assertFalse(off.path("enabled").asBoolean(true), off.toString());
        JsonNode skills = host.as(Role.VIEWER, "GET", "/api/skills", null).json();
        assertTrue(skills.findValuesAsText("state").contains("disabled"), skills.toString());
        JsonNode on =
                host.as(
                                Role.ADMIN,
                                "PATCH",
                                "/api/skills/text",
                                "{\"enabled\":true,\"config\":{\"limit\":2}}")
                        .json();
        assertTrue(on.path("enabled").asBoolean() && on.has("values"), on.toString());
        assertProblem(
                404,
                "unknown_skill",
                host.as(Role.ADMIN, "PATCH", "/api/skills/none", "{\"enabled\":false}"));
        assertProblem(
                400,
                "bad_member",
                host.as(Role.ADMIN, "PATCH", "/api/skills/text", "{\"enabled\":\"no\"}"));
        assertProblem(
                400,
                "bad_member",
                host.as(Role.ADMIN, "PATCH", "/api/skills/text", "{\"version\":\"2\"}"));
        assertEquals(
                403,
                host.as(Role.OPERATOR, "PATCH", "/api/skills/text", "{\"enabled\":true}").status());
    }

    @Test
    void jars_are_streamed_into_the_deploy_folder_up_to_the_limit() throws Exception {
        assertEquals(201, upload("disk.jar", new byte[1000]).status());
        assertEquals(1000, host.folder.stored.get("disk.jar"));
        assertProblem(413, "too_large", upload("big.jar", new byte[1001]));
        assertProblem(400, "bad_file", upload("..%2Fevil.jar", new byte[1]));
        assertProblem(
                415,
                "unsupported_media_type",
                host.as(Role.ADMIN, "POST", "/api/skills?file=a.jar", "{}"));
        assertEquals(
                "active",
                host.as(Role.ADMIN, "POST", "/api/skills/disk/rollback?version=0.9.0", null)
                        .json()
                        .path("state")
                        .asText());
        assertProblem(
                404,
                "unknown_skill",
                host.as(Role.ADMIN, "POST", "/api/skills/none/rollback", null));
        assertProblem(
                409,
                "no_version",
                host.as(Role.ADMIN, "POST", "/api/skills/disk/rollback?version=7.0.0", null));
        assertEquals(200, host.as(Role.ADMIN, "POST", "/api/skills/disk/retry", null).status());
        assertProblem(
                404, "unknown_skill", host.as(Role.ADMIN, "POST", "/api/skills/none/retry", null));
        assertEquals(200, host.as(Role.ADMIN, "DELETE", "/api/skills/disk", null).status());
        assertProblem(409, "built_in", host.as(Role.ADMIN, "DELETE", "/api/skills/text", null));
        assertProblem(
                404, "unknown_skill", host.as(Role.ADMIN, "DELETE", "/api/skills/none", null));
    }

    private TestHost.Answer upload(String file, byte[] jar) throws Exception {
        return host.send(
                HttpRequest.newBuilder(host.uri("/api/skills?file=" + file))
                        .timeout(Duration.ofSeconds(60))
                        .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                        .header("Content-Type", "application/java-archive")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(jar)));
    }

    @Test
    void images_go_with_a_prompt_and_may_make_it_large() throws Exception {
        String gif =
                Base64.getEncoder()
                        .encodeToString(("GIF89a" + "x".repeat(3 << 20)).getBytes(US_ASCII));
        String body = "{\"prompt\":\"look\",\"images\":[\"" + gif + "\"]";
        assertEquals(200, host.as(Role.OPERATOR, "POST", "/api/ask", body + "}").status());
        assertEquals("image/gif", host.agent.asked.images().get(0).mediaType());
        assertProblem(
                400,
                "bad_image",
                host.as(
                        Role.OPERATOR,
                        "POST",
                        "/api/ask",
                        "{\"prompt\":\"look\",\"images\":[\"bm8=\"]}"));
        assertProblem(
                413,
                "too_large",
                host.as(
                        Role.OPERATOR,
                        "POST",
                        "/api/ask",
                        "{\"prompt\":\"" + "x".repeat(14 << 20) + "\"}"));
        // a peer whose host is too old would answer without having looked
        assertProblem(
                422,
                "no_images",
                host.as(Role.OPERATOR, "POST", "/api/ask", body + ",\"agent\":\"other\"}"));
        assertEquals(gif, host.links.asked.path("images").path(0).asText());
    }

    @Test
    void asking_reaches_the_agent_here_or_a_peers() throws Exception {
        JsonNode here = host.as(Role.OPERATOR, "POST", "/api/ask", "{\"prompt\":\"hi\"}").json();
        assertEquals("You said hi", here.path("text").asText());
        assertEquals("disk.usage", here.path("steps").path(0).path("tool").asText());
        assertEquals(
                "from agent-other",
                host.as(Role.ADMIN, "POST", "/api/ask", "{\"prompt\":\"hi\",\"agent\":\"other\"}")
                        .json()
                        .path("text")
                        .asText());
        assertTrue(host.links.asked.path("direct").asBoolean());
        assertProblem(
                503,
                "unreachable",
                host.as(
                        Role.ADMIN,
                        "POST",
                        "/api/ask",
                        "{\"prompt\":\"unreachable\",\"agent\":\"other\"}"));
        assertProblem(
                404,
                "agent_unknown",
                host.as(Role.ADMIN, "POST", "/api/ask", "{\"prompt\":\"hi\",\"agent\":\"x\"}"));
        assertProblem(
                504,
                "deadline_exceeded",
                host.as(Role.ADMIN, "POST", "/api/ask", "{\"prompt\":\"fail\"}"));
        assertProblem(
                400,
                "missing_member",
                host.as(Role.ADMIN, "POST", "/api/ask", "{\"prompt\":\" \"}"));
        String events =
                host.send(
                                host.request("POST", "/api/ask", "{\"prompt\":\"hi\"}")
                                        .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                        .header("Accept", "text/event-stream"))
                        .response()
                        .body();
        assertTrue(
                events.indexOf("event: step\ndata: {") > 0
                        && events.indexOf("event: step") < events.indexOf("event: answer\ndata: {"),
                events);
        String failed =
                host.send(
                                host.request("POST", "/api/ask", "{\"prompt\":\"fail\"}")
                                        .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                        .header("Accept", "text/event-stream"))
                        .response()
                        .body();
        assertTrue(
                failed.contains("event: error\ndata: {") && failed.contains("deadline_exceeded"),
                failed);
    }

    @Test
    void keys_are_made_listed_and_revoked_but_the_last_admin_key_stays() throws Exception {
        TestHost.Answer made =
                host.as(Role.ADMIN, "POST", "/api/keys", "{\"role\":\"viewer\",\"label\":\"x\"}");
        assertEquals(201, made.status());
        assertFalse(
                host.as(Role.ADMIN, "GET", "/api/keys", null).response().body().contains("wk_"));
        assertEquals(
                200,
                host.as(Role.ADMIN, "DELETE", "/api/keys/" + made.json().path("id").asText(), null)
                        .status());
        assertProblem(
                409, "last_admin_key", host.as(Role.ADMIN, "DELETE", "/api/keys/k0-admin", null));
        assertProblem(
                400, "bad_role", host.as(Role.ADMIN, "POST", "/api/keys", "{\"role\":\"king\"}"));
        assertProblem(
                400,
                "unknown_provider",
                host.as(Role.ADMIN, "PUT", "/api/llm/routes/default", "{\"providers\":[\"x\"]}"));
        assertProblem(
                400,
                "bad_cache",
                host.as(Role.ADMIN, "PUT", "/api/llm/routes/none/cache", "{\"seconds\":5}"));
        assertProblem(
                400,
                "missing_member",
                host.as(Role.ADMIN, "PUT", "/api/llm/routes/default/cache", "{}"));
        assertEquals(
                "rules",
                host.as(Role.ADMIN, "PUT", "/api/llm/routes/fast", "{\"providers\":[\"rules\"]}")
                        .json()
                        .path("routes")
                        .path("fast")
                        .path(0)
                        .asText());
    }

    @Test
    void lists_page_with_limit_and_cursor() throws Exception {
        TestHost.Answer first = host.as(Role.ADMIN, "GET", "/api/keys?limit=2", null);
        assertEquals(2, first.json().size());
        assertEquals("<?limit=2&cursor=k1-operator>; rel=\"next\"", first.header("Link"));
        TestHost.Answer last =
                host.as(Role.ADMIN, "GET", "/api/keys?limit=4&cursor=k1-operator", null);
        assertEquals(3, last.json().size());
        assertEquals("", last.header("Link"));
        assertProblem(400, "bad_limit", host.as(Role.ADMIN, "GET", "/api/keys?limit=0", null));
        assertProblem(400, "bad_cursor", host.as(Role.ADMIN, "GET", "/api/keys?cursor=gone", null));
    }

    @Test
    void health_tells_strangers_which_check_fails_but_not_why() throws Exception {
        host.checks.status = HealthCheck.Status.notReady("disk full");
        TestHost.Answer local = host.send(host.request("GET", "/api/health", null));
        assertEquals(503, local.status());
        assertEquals("not-ready", local.json().path("status").asText());
        assertEquals(
                "disk full", local.json().path("checks").path("store").path("detail").asText());
        JsonNode proxied =
                host.send(
                                host.request("GET", "/api/health", null)
                                        .header("X-Forwarded-For", "203.0.113.9"))
                        .json();
        assertFalse(proxied.path("checks").path("store").path("ok").asBoolean());
        assertFalse(proxied.path("checks").path("store").has("detail"));
        host.checks.status = HealthCheck.Status.warning("slow");
        assertEquals(
                "ready",
                host.send(host.request("GET", "/api/health", null)).json().path("status").asText());
    }
}
