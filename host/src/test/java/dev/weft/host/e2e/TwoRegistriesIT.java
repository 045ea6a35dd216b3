package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.framework.SkillJars;
import dev.weft.protocol.Wire;
import dev.weft.store.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two registry hosts on one PostgreSQL are one registry, and either can be killed. */
@Tag("once")
class TwoRegistriesIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int HEARTBEAT_SECONDS = 20;
    @TempDir Path folder;

    @Test
    void agents_at_either_are_one_mesh_and_go_on_when_a_registry_is_killed() throws Exception {
        TestDatabase.Place place = TestDatabase.POSTGRESQL.create(folder);
        try (TestHost left = registry("left", place).start("--role", "registry");
                TestHost right = registry("right", place).start("--role", "registry");
                TestHost one = new TestHost(folder.resolve("one"), "one");
                TestHost two = new TestHost(folder.resolve("two"), "two");
                TestHost far = new TestHost(folder.resolve("far"), "far")) {
            left.admit(one);
            right.admit(two);
            left.admit(far);
            far.configure("dev.weft.transport.webrtc", Wire.object().put("setup.timeout.ms", 1));
            two.configure( // what comes sooner than that was pushed
                    "dev.weft.signaling.client",
                    Wire.object().put("heartbeat_seconds", HEARTBEAT_SECONDS));
            String leftFirst = left.url() + "," + right.url();
            String rightFirst = right.url() + "," + left.url();
            one.start("--registry", leftFirst);
            two.start("--registry", rightFirst);
            far.start("--registry", leftFirst);
            Program.drop("text", two.deploy());
            for (TestHost registry : List.of(left, right)) {
                await(
                        "all three at " + registry.name(),
                        () ->
                                isActive(registry, "one")
                                        && isActive(registry, "two")
                                        && isActive(registry, "far"));
            }
            await("a P2P link", () -> one.linkedTo("two", "p2p"));
            await("the skill", () -> one.lists("text", "two") && far.lists("text", "two"));
            call(one, "p2p");
            call(far, "relay");
            oneIdIsInBothLogs(one, two);
            keysAreOne(left, right);
            repositoryIsOne(left, right);
            publishedAtOneAndYankedAtTheOther(left, right, one, two);
            awayTasksAreDoneOnce(left, right, two, rightFirst);

            right.program().kill();
            call(one, "p2p");
            assertTrue(left.weft("publisher", "remove", "com.acme").exit() == 0, "it goes on");
            await(
                    "the agent of the killed registry at the other",
                    () -> isActive(left, "two") && isActive(left, "one"));
            await("the relay through the other", () -> calls(far, "relay"));

            right.start("--role", "registry");
            await(
                    "everybody at the one that came back",
                    () -> isActive(right, "one") && isActive(right, "two"));
            left.program().kill();
            await(
                    "everybody at the only one",
                    () ->
                            isActive(right, "one")
                                    && isActive(right, "two")
                                    && isActive(right, "far"));
            await("the relay through the only one", () -> calls(far, "relay"));
            call(one, "p2p");
            assertEquals(0, right.weft("revoke", "two").exit());
            await("the end of the link to whom was shut out", () -> !one.linkedTo("two", "p2p"));
            assertFalse(one.linkedTo("two", "relay"), "nor is there another way");
        }
    }

    /** Patient, since many hosts run on one machine here: longer than a registry waits for word of a task. */
    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(150))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .until(condition);
    }

    private TestHost registry(String name, TestDatabase.Place place) throws IOException {
        return new TestHost(folder.resolve(name), name)
                .keepsPort()
                .configure(
                        "dev.weft.store",
                        Wire.object()
                                .put("url", place.url())
                                .put("user", place.user())
                                .put("password_file", place.passwordFile()));
    }

    private static JsonNode agent(TestHost registry, String name) throws Exception {
        for (JsonNode agent : Rest.get(registry, "/api/registry/agents")) {
            if (agent.path("name").asText().equals(name)) {
                return agent;
            }
        }
        return Wire.object();
    }

    private static boolean isActive(TestHost registry, String name) throws Exception {
        JsonNode agent = agent(registry, name);
        return agent.path("health").asText().equals("active")
                && agent.path("connected").asBoolean();
    }

    private static boolean calls(TestHost from, String path) throws Exception {
        JsonNode task = task(from);
        return task.path("state").asText().equals("completed")
                && task.path("path").asText().equals(path);
    }

    private static void call(TestHost from, String path) throws Exception {
        JsonNode task = task(from);
        assertEquals("completed", task.path("state").asText(), task.toString());
        assertEquals(path, task.path("path").asText(), task.toString());
    }

    private static JsonNode task(TestHost from) throws Exception {
        ObjectNode body =
                Wire.object().put("skill", "text.statistics").put("target_agent_id", "two");
        body.put("ttl", 30).put("wait", 30).putObject("payload").put("text", "one two three");
        return Wire.tree(Rest.post(from, "/api/hub/tasks", Wire.write((Object) body)).body());
    }

    /** What is asked at one host and fails at another can be followed. */
    private static void oneIdIsInBothLogs(TestHost from, TestHost to) throws Exception {
        for (String header : List.of("X-Request-Id", "traceparent")) {
            String id = UUID.randomUUID().toString().replace("-", "");
            var body = Wire.object().put("skill", "text.statistics").put("wait", 60);
            body.put("target_agent_id", to.name()).putObject("payload").putObject("text");
            HttpResponse<String> answer =
                    HTTP.send(
                            request(from, "/api/hub/tasks", "X-API-Key", from.localKey())
                                    .header("Content-Type", "application/json")
                                    .header(
                                            header,
                                            header.equals("traceparent")
                                                    ? "00-" + id + "-00f067aa0ba902b7-01"
                                                    : id)
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    Wire.write((Object) body)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(
                    "rejected", Wire.tree(answer.body()).path("state").asText(), answer.body());
            assertEquals(id, answer.headers().firstValue("X-Request-Id").orElse(""));
            for (TestHost host : List.of(from, to)) {
                await(
                        "the id in the log of " + host.name(),
                        () -> Files.readString(host.data.resolve("log/weft.log")).contains(id));
            }
        }
    }

    /** Whom a balancer sends to the other host is not cut off; whose key ended is, at both. */
    private static void keysAreOne(TestHost left, TestHost right) throws Exception {
        JsonNode key = left.json("key", "create", "--role", "operator");
        String secret = key.path("key").asText();
        await("the key at the other", () -> status(right, "X-API-Key", secret) == 200);
        String token =
                Wire.tree(
                                HTTP.send(
                                                request(left, "/api/token", "X-API-Key", secret)
                                                        .POST(HttpRequest.BodyPublishers.noBody())
                                                        .build(),
                                                HttpResponse.BodyHandlers.ofString())
                                        .body())
                        .path("token")
                        .asText();
        assertEquals(200, status(right, "Authorization", "Bearer " + token));
        assertEquals(0, right.weft("key", "revoke", key.path("id").asText()).exit());
        await("its end", () -> status(left, "Authorization", "Bearer " + token) == 401);
        assertEquals(401, status(left, "X-API-Key", secret));
    }

    /** What changes in the repository of one is served by the other, under one fingerprint. */
    private void repositoryIsOne(TestHost left, TestHost right) throws Exception {
        await(
                "one key",
                () ->
                        repository(left, "").hasNonNull("fingerprint")
                                && repository(left, "")
                                        .path("fingerprint")
                                        .equals(repository(right, "").path("fingerprint")));
        Program.Result made =
                Program.run(
                        folder.resolve("left"),
                        "publisher",
                        "new",
                        "com.acme",
                        "--sign",
                        "acme.key");
        assertEquals(0, made.exit(), made.text());
        grant(left, "acme.key.pub");
        await("the publisher at the other", () -> repository(right, "/publishers").size() == 1);
        await(
                "one snapshot",
                () ->
                        Rest.send(left, "/repository/snapshot.json")
                                .body()
                                .equals(Rest.send(right, "/repository/snapshot.json").body()));
    }

    /** A publisher and hosts may speak to either. */
    private void publishedAtOneAndYankedAtTheOther(
            TestHost left, TestHost right, TestHost atLeft, TestHost atRight) throws Exception {
        Path jar =
                SkillJars.make(
                        folder.resolve("jars"),
                        "greeter.jar",
                        "greeter",
                        "1.0.0",
                        "Bundle-SymbolicName",
                        "com.acme.greeter");
        String key = left.json("key", "create", "--role", "publisher").path("key").asText();
        publisher(left, key, "publish", jar.toString());
        await(
                "the release at the other",
                () -> repository(right, "").path("releases").asInt() == 1);
        String fingerprint = repository(right, "").path("fingerprint").asText();
        for (TestHost host : List.of(atLeft, atRight)) {
            ok(
                    host.weft(
                            "catalog",
                            "add",
                            "registry",
                            "--fingerprint",
                            fingerprint,
                            "--trust",
                            "com.acme"));
        }
        String found = ok(atRight.weft("skills", "--catalog", "greets people"));
        assertTrue(found.contains("greeter"), found);
        ok(atRight.weft("install", "greeter"));
        await("the skill of the other's release", () -> atRight.lists("greeter", atRight.name()));

        publisher(right, key, "yank", "greeter", "--reason", "it is too loud");
        await(
                "the yank at the first",
                () ->
                        Rest.send(left, "/repository/statements.json")
                                .body()
                                .contains("it is too loud"));
        ok(atLeft.weft("catalog", "refresh"));
        Program.Result refused = atLeft.weft("install", "greeter@1.0.0", "--yes");
        assertEquals(1, refused.exit(), refused.text());
        assertTrue(refused.text().contains("yanked: it is too loud"), refused.text());
        ok(atRight.weft("uninstall", "greeter"));
    }

    private void publisher(TestHost registry, String key, String... what) {
        List<String> all = new ArrayList<>(List.of("skill"));
        all.addAll(List.of(what));
        all.addAll(
                List.of(
                        "--sign",
                        "acme.key",
                        "--repository",
                        registry.url() + "/repository",
                        "--key",
                        key));
        ok(Program.run(folder.resolve("left"), all.toArray(String[]::new)));
    }

    private static String ok(Program.Result result) {
        assertEquals(0, result.exit(), result.text());
        return result.text();
    }

    private static void grant(TestHost registry, String key) {
        Program.Result granted = registry.weft("publisher", "grant", "com.acme", key);
        assertEquals(0, granted.exit(), granted.text());
    }

    private static JsonNode repository(TestHost registry, String part) throws Exception {
        return Rest.get(registry, "/api/repository" + part);
    }

    private static HttpRequest.Builder request(
            TestHost host, String path, String header, String value) {
        return HttpRequest.newBuilder(URI.create(host.url() + path)).header(header, value);
    }

    private static int status(TestHost host, String header, String value) throws Exception {
        return HTTP.send(
                        request(host, "/api/registry/agents", header, value).build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static void awayTasksAreDoneOnce(
            TestHost left, TestHost right, TestHost two, String registries) throws Exception {
        String id = agent(left, "two").path("agent_id").asText();
        assertEquals(0, two.stop());
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            tasks.add(submit(i % 2 == 0 ? left : right, ""));
        }
        tasks.add(submit(left, id)); // for an agent that is away, and comes to the other registry
        two.start("--registry", registries);
        for (String task : tasks) {
            await("the end of task " + task, () -> !isOpen(state(left, task)));
            JsonNode found = Rest.get(left, "/api/hub/tasks/" + task);
            assertEquals("completed", found.path("state").asText(), found.toString());
            assertEquals("completed", state(right, task));
        }
        long start = System.nanoTime();
        for (int i = 0; i < 4; i++) { // the agent is at the other registry now: the push crosses
            String task = submit(left, id);
            await("the pushed task", () -> state(left, task).equals("completed"));
            tasks.add(task);
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertTrue(
                seconds < 3 * HEARTBEAT_SECONDS,
                "four tasks, one after the other, took as long as four heartbeats: " + seconds);
        List<String> ran = new ArrayList<>();
        for (JsonNode task : Rest.get(two, "/api/hub/tasks/all")) {
            ran.add(task.path("id").asText());
        }
        ran.retainAll(tasks);
        assertEquals(tasks.size(), ran.size(), "each ran once: " + ran);
    }

    /** Submits a task.
     * @param target the only one who may take it; "" for anybody */
    private static String submit(TestHost registry, String target) throws Exception {
        var body = Wire.object().put("skill", "text.statistics").put("ttl", 300);
        body.put("target_agent_id", target).putObject("payload").put("text", "one two three");
        HttpResponse<String> answer =
                HTTP.send(
                        request(registry, "/api/hub/tasks", "X-API-Key", registry.localKey())
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                Wire.write((Object) body)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        return Wire.tree(answer.body()).path("task_id").asText();
    }

    private static boolean isOpen(String state) {
        return state.equals("pending") || state.equals("assigned");
    }

    private static String state(TestHost registry, String task) throws Exception {
        return Rest.get(registry, "/api/hub/tasks/" + task).path("state").asText();
    }
}
