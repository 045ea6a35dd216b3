package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts answer one prompt together, and one workflow. */
@Tag("once")
class TogetherIT {
    /** One dot. */
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static final String LONG = "think for ever";
    @TempDir Path folder;
    private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch thinks = new CountDownLatch(1);
    private final CountDownLatch gaveUp = new CountDownLatch(1);

    @Test
    void three_hosts_answer_one_prompt_and_run_one_workflow() throws Exception {
        ExecutorService workers = Executors.newCachedThreadPool();
        HttpServer model = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        model.createContext("/", this::answer);
        model.setExecutor(workers);
        model.start();
        try (TestHost one = new TestHost(folder.resolve("one"), "one");
                TestHost two = new TestHost(folder.resolve("two"), "two");
                TestHost three = new TestHost(folder.resolve("three"), "three")) {
            Path etc = Files.createDirectories(one.data.resolve("etc"));
            Files.writeString(
                    etc.resolve("model.json"),
                    "{\"dev.weft.llm.openai~test\":{\"id\":\"test\",\"model\":\"m\",\"base_url\":\"http://127.0.0.1:"
                            + model.getAddress().getPort()
                            // what ends the call of the model early is not its time-out
                            + "/v1\",\"timeout_seconds\":3600},\"dev.weft.llm.router\":{\"routes\":[\"default=test\"]}}");
            workflow(one);
            one.start();
            two.configure("dev.weft.http.api", Wire.object().put("event.heartbeat", 1));
            for (TestHost peer : List.of(two, three)) {
                one.admit(peer);
                peer.start("--role", "agent", "--registry", one.url());
                Program.drop("sysinfo", peer.deploy());
            }
            Program.drop("sysinfo", one.deploy());
            Program.drop("mesh", one.deploy());
            Program.drop("mesh", three.deploy());
            for (String name : List.of("one", "two", "three")) {
                TestHost.await("sysinfo of " + name, () -> one.lists("sysinfo", name));
            }
            TestHost.await("mesh", () -> one.lists("mesh", "one"));
            TestHost.await("mesh", () -> one.lists("agent", "three"));
            TestHost.await(
                    "links", () -> one.linkedTo("two", "p2p") && one.linkedTo("three", "p2p"));

            JsonNode answer = one.json("ask", "how are all machines?");
            assertEquals(
                    "one, two and three are well", answer.path("text").asText(), answer::toString);
            TreeSet<String> agents = new TreeSet<>(answer.path("steps").findValuesAsText("agent"));
            assertEquals(new TreeSet<>(List.of("one", "two", "three")), agents, answer::toString);
            JsonNode last = asked.get(asked.size() - 1);
            assertEquals(3, toolResults(last), last::toString);

            Path picture = Files.write(folder.resolve("loom.txt"), Base64.getDecoder().decode(PNG));
            String image = picture.toString();
            one.json("ask", "what is on the picture?", "--image", image, "--image", image);
            JsonNode looked = asked.get(asked.size() - 1).path("messages");
            assertEquals(2, looked.findValuesAsText("url").size(), looked::toString);
            assertTrue(
                    looked.toString().contains("data:image/png;base64," + PNG), looked::toString);
            // the agent of another host would look at it, but its model, the rules, cannot
            Program.Result blind =
                    one.weft("ask", "what is this?", "--agent", "two", "--image", image);
            assertEquals(1, blind.exit(), blind.text());
            assertTrue(blind.text().contains("takes images (rules)"), blind.text());
            Path page = Files.writeString(folder.resolve("page.png"), "<html>");
            Program.Result wrong = one.weft("ask", "what is this?", "--image", page.toString());
            assertTrue(wrong.text().contains("page.png is none that models take"), wrong.text());

            // the same question gets the same answer without the model, until that is switched off
            assertEquals(600, cache(one, "--seconds", "600").path("seconds").asLong());
            one.json("ask", "how are you?");
            one.json("ask", "how are you?");
            JsonNode cached = cache(one);
            assertTrue(cached.path("hits").asLong() > 0, cached::toString);
            assertEquals(0, cache(one, "--off").path("seconds").asLong());
            one.json("ask", "how are you?");
            assertEquals(cached.path("hits"), cache(one).path("hits"));

            JsonNode run = one.json("call", "workflow.round", "text=hello");
            assertEquals("completed", run.path("state").asText(), run::toString);
            JsonNode result = run.path("result");
            assertTrue(result.path("two").hasNonNull("cpu_count"), run::toString);
            assertEquals("three", result.at("/delegated/agent").asText(), run::toString);
            assertEquals("p2p", result.at("/delegated/path").asText(), run::toString);

            // the trace of a task on the command line: what was done on which host
            JsonNode delegated =
                    one.json("call", "mesh.delegate", "skill=sysinfo.overview", "agent=three");
            String table = one.weft("tasks", delegated.path("id").asText()).text();
            assertTrue(table.contains("CALL"), table);
            assertTrue(
                    Pattern.compile("mesh.delegate +one +one +0.000 s ").matcher(table).find(),
                    table);
            assertTrue(
                    Pattern.compile("sysinfo.overview +one +three +[0-9]").matcher(table).find(),
                    table);

            // the agent of another host answers with its own model
            JsonNode sent = one.json("call", "mesh.mesh_send", "agent=two", "message=hello");
            assertEquals("completed", sent.path("state").asText(), sent::toString);
            assertTrue(!sent.at("/result/text").asText().isBlank(), sent::toString);

            // its steps are seen here as they happen, and it remembers the conversation
            Program.Result trace =
                    one.weft(
                            "ask",
                            "--agent",
                            "two",
                            "--conversation",
                            "talk",
                            "--trace",
                            "overview of this machine");
            assertEquals(0, trace.exit(), trace.text());
            assertTrue(trace.text().contains("→ sysinfo.overview on two"), trace.text());
            try (Stream<Path> kept = Files.list(two.data.resolve("conversations"))) {
                assertEquals(1, kept.count());
            }

            // what a peer's agent did is in the trace here, whether a person or the model asked it
            assertTraced(one, one.json("ask", "--agent", "two", "overview of this machine"));
            assertTraced(one, one.json("ask", "let two look at itself"));

            // who asks gives up (Ctrl-C), and the model of the host that was asked hears of it
            try (Program asking =
                    Program.start(
                            folder,
                            "ask",
                            "--agent",
                            "one",
                            "--trace",
                            LONG,
                            "--data",
                            two.data.toString())) {
                assertTrue(thinks.await(60, TimeUnit.SECONDS), asking::text);
                asking.terminate();
            }
            assertTrue(gaveUp.await(60, TimeUnit.SECONDS), "the call of the model goes on");

            // one that is away gets its message when it is back
            three.program().kill();
            String away = one.weft("tasks", delegated.path("id").asText()).text();
            assertTrue(away.contains("not told by three: "), away);
            assertTrue(away.contains("mesh.delegate"), away);
            JsonNode later = one.json("call", "mesh.mesh_send", "agent=three", "message=hello");
            String task = later.at("/result/task").asText();
            assertFalse(task.isEmpty(), later::toString);
            three.start("--role", "agent", "--registry", one.url());
            TestHost.await(
                    "the answer of three",
                    () ->
                            Rest.get(one, "/api/hub/tasks/" + task)
                                    .path("state")
                                    .asText()
                                    .equals("completed"));
        } finally {
            model.stop(0);
            workers.shutdownNow();
        }
    }

    private static JsonNode cache(TestHost host, String... change) throws Exception {
        List<String> words = new ArrayList<>(List.of("llm", "cache", "default"));
        words.addAll(List.of(change));
        return host.json(words.toArray(String[]::new)).path(0);
    }

    private static void assertTraced(TestHost one, JsonNode answer) throws Exception {
        JsonNode trace = Rest.get(one, "/api/hub/traces/" + answer.path("trace").asText());
        JsonNode part = trace.at("/spans/0");
        assertEquals("agent.ask", part.path("skill").asText() + "." + part.path("tool").asText());
        JsonNode work = trace.at("/spans/1");
        assertEquals("sysinfo", work.path("skill").asText(), trace::toString);
        assertEquals(part.path("target"), work.path("host"), trace::toString);
        assertEquals("completed", work.path("state").asText(), trace::toString);
        assertTrue(work.path("end").asDouble() <= part.path("end").asDouble(), trace::toString);
        assertEquals("told", trace.at("/hosts/0/outcome").asText(), trace::toString);
    }

    private static void workflow(TestHost host) throws IOException {
        Path workflows = Files.createDirectories(host.data.resolve("workflows"));
        Files.writeString(
                workflows.resolve("round.yaml"),
                """
                description: asks two machines at once
                input: {text: {description: what for}}
                steps:
                  - parallel:
                      - {id: two, skill: TOOL, agent: two}
                      - {id: delegated, skill: mesh.delegate, input: {skill: TOOL, agent: three}}
                """
                        .replace("TOOL", "sysinfo.overview"));
    }

    /** The model: first it calls the tool on each of the hosts that offer it, all at once; then it answers. */
    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request =
                exchange.getRequestMethod().equals("POST")
                        ? Wire.tree(
                                new String(
                                        exchange.getRequestBody().readAllBytes(),
                                        StandardCharsets.UTF_8))
                        : Wire.object();
        if (request.has("messages")) {
            asked.add(request);
        }
        if (request.path("messages").toString().contains(LONG)) {
            think(exchange);
            return;
        }
        ObjectNode message = Wire.object().put("role", "assistant");
        boolean calls = request.has("messages") && toolResults(request) == 0;
        if (calls) {
            message.putNull("content");
            ArrayNode all = message.putArray("tool_calls");
            if (request.path("messages").toString().contains("let two look")) {
                call(
                        all,
                        "ask_agent",
                        "{\"agent\":\"two\",\"prompt\":\"overview of this machine\"}");
            } else {
                for (String host : List.of("one", "two", "three")) {
                    call(all, "sysinfo_overview", "{\"agent\":\"" + host + "\"}");
                }
            }
        } else {
            message.put("content", "one, two and three are well");
        }
        ObjectNode answer =
                Wire.object().put("id", "c").put("object", "chat.completion").put("model", "m");
        answer.putArray("data").addObject().put("id", "m").put("object", "model");
        answer.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("finish_reason", calls ? "tool_calls" : "stop")
                .set("message", message);
        byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private static void call(ArrayNode all, String tool, String arguments) {
        all.addObject()
                .put("id", "call-" + all.size())
                .put("type", "function")
                .putObject("function")
                .put("name", tool)
                .put("arguments", arguments);
    }

    /** An answer that never ends, piece by piece, until nobody takes it any more. */
    private void think(HttpExchange exchange) {
        byte[] piece =
                "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"well \"}}]}\n\n"
                        .getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            thinks.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                exchange.getResponseBody().write(piece);
                exchange.getResponseBody().flush();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        } catch (IOException nobodyListens) {
            gaveUp.countDown();
        }
    }

    private static int toolResults(JsonNode request) {
        int results = 0;
        for (JsonNode message : request.path("messages")) {
            results += message.path("role").asText().equals("tool") ? 1 : 0;
        }
        return results;
    }
}
