package dev.weft.llm.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.weft.api.llm.Llm;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Dictionary;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class OpenAiProviderTest {
    private static final String KEY = "sk-very-secret-123";
    private static final String OK =
            """
            {"id":"c1","object":"chat.completion","model":"served-model","choices":[{"index":0,"finish_reason":"stop",
             "message":{"role":"assistant","content":"Hello."}}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""";
    private static final String CALL =
            """
            {"id":"c2","object":"chat.completion","model":"served-model","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",
             "content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"disk_usage","arguments":"{\\"path\\":\\"/\\"}"}}]}}]}""";

    private record Reply(int status, String body) {}

    @TempDir Path folder;

    private final JsonMapper json = new JsonMapper();
    private final Deque<Reply> replies = new ArrayDeque<>();
    private final Map<String, Object> registered = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicReference<String> authorization = new AtomicReference<>();
    private final AtomicReference<JsonNode> body = new AtomicReference<>();
    private final CountDownLatch hold = new CountDownLatch(1);
    private ExecutorService threads;
    private HttpServer server;

    @BeforeEach
    void serve() throws Exception {
        threads = Executors.newCachedThreadPool();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(
                "/v1/chat/completions",
                exchange -> {
                    requests.incrementAndGet();
                    authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
                    body.set(json.readTree(exchange.getRequestBody().readAllBytes()));
                    Reply reply;
                    synchronized (replies) {
                        reply = replies.size() > 1 ? replies.poll() : replies.peek();
                    }
                    if (reply.status == 0) {
                        try {
                            hold.await(20, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        exchange.close();
                        return;
                    }
                    byte[] bytes = reply.body.getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(reply.status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        hold.countDown();
        server.stop(0);
        threads.shutdownNow();
        assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private BundleContext context() {
        return (BundleContext)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, arguments) -> {
                            assertEquals("registerService", method.getName());
                            registered.put("model", arguments[1]);
                            Dictionary<?, ?> properties = (Dictionary<?, ?>) arguments[2];
                            properties
                                    .keys()
                                    .asIterator()
                                    .forEachRemaining(
                                            name ->
                                                    registered.put(
                                                            name.toString(), properties.get(name)));
                            return Proxy.newProxyInstance(
                                    getClass().getClassLoader(),
                                    new Class<?>[] {ServiceRegistration.class},
                                    (self, call, none) -> {
                                        registered.clear();
                                        return null;
                                    });
                        });
    }

    private static OpenAiProvider.Config config(
            String url, String variable, String file, int timeout, String temperature) {
        return new OpenAiProvider.Config() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return OpenAiProvider.Config.class;
            }

            @Override
            public String id() {
                return "local";
            }

            @Override
            public String base__url() {
                return url;
            }

            @Override
            public String model() {
                return "wanted-model";
            }

            @Override
            public String api__key__env() {
                return variable;
            }

            @Override
            public String api__key__file() {
                return file;
            }

            @Override
            public int timeout__seconds() {
                return timeout;
            }

            @Override
            public String temperature() {
                return temperature;
            }
        };
    }

    private OpenAiProvider provider(String variable, Map<String, String> environment) {
        return new OpenAiProvider(
                context(), config(address(), variable, "", 5, "0.5"), environment::get);
    }

    private ChatModel model(Reply... answers) {
        replies.addAll(java.util.List.of(answers));
        provider("KEY", Map.of("KEY", KEY));
        return (ChatModel) registered.get("model");
    }

    @Test
    void registers_a_model_that_answers() {
        ChatModel model = model(new Reply(200, OK));
        assertEquals(
                Map.of("a", "local", "b", "openai", "c", "wanted-model"),
                Map.of(
                        "a",
                        registered.get(Llm.PROVIDER),
                        "b",
                        registered.get(Llm.TYPE),
                        "c",
                        registered.get(Llm.MODEL)));
        var response = model.chat(ChatRequest.builder().messages(UserMessage.from("hi")).build());
        assertEquals("Hello.", response.aiMessage().text());
        assertEquals("served-model", response.modelName());
        assertEquals("Bearer " + KEY, authorization.get());
        assertEquals("wanted-model", body.get().get("model").asText());
        assertEquals(0.5, body.get().get("temperature").asDouble());
    }

    @Test
    void sends_tools_and_reads_a_tool_call() {
        ChatModel model = model(new Reply(200, CALL));
        AiMessage message =
                model.chat(
                                ChatRequest.builder()
                                        .messages(UserMessage.from("space?"))
                                        .toolSpecifications(
                                                ToolSpecification.builder()
                                                        .name("disk_usage")
                                                        .description("free bytes")
                                                        .parameters(
                                                                JsonObjectSchema.builder()
                                                                        .addStringProperty("path")
                                                                        .required("path")
                                                                        .build())
                                                        .build())
                                        .build())
                        .aiMessage();
        ToolExecutionRequest call = message.toolExecutionRequests().get(0);
        assertEquals("disk_usage", call.name());
        assertEquals("{\"path\":\"/\"}", call.arguments());
        assertEquals("disk_usage", body.get().at("/tools/0/function/name").asText());
        assertEquals("path", body.get().at("/tools/0/function/parameters/required/0").asText());
    }

    @Test
    void a_refused_key_fails_at_once_and_is_never_told() {
        ChatModel model =
                model(
                        new Reply(
                                401,
                                "{\"error\":{\"message\":\"Incorrect API key provided: "
                                        + KEY
                                        + "\"}}"));
        RuntimeException failure = assertThrows(RuntimeException.class, () -> model.chat("hi"));
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertFalse(String.valueOf(cause.getMessage()).contains(KEY));
        }
        assertTrue(failure.getMessage().contains("Incorrect API key"), failure.getMessage());
        assertEquals(1, requests.get());
    }

    @Test
    void too_many_requests_is_tried_once_more() {
        ChatModel model =
                model(
                        new Reply(429, "{\"error\":{\"message\":\"slow down\"}}"),
                        new Reply(200, OK));
        assertEquals("Hello.", model.chat("hi"));
        assertEquals(2, requests.get());
    }

    @Test
    void a_broken_server_is_tried_twice_and_then_told() {
        ChatModel model = model(new Reply(500, "{\"error\":{\"message\":\"out of order\"}}"));
        RuntimeException failure = assertThrows(RuntimeException.class, () -> model.chat("hi"));
        assertTrue(failure.getMessage().contains("out of order"), failure.getMessage());
        assertEquals(2, requests.get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "",
                "{}",
                "[]",
                "{\"choices\":[]}",
                "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":null}}]}",
                "null"
            })
    void a_malformed_answer_is_an_error(String answer) {
        ChatModel model = model(new Reply(200, answer));
        assertThrows(RuntimeException.class, () -> model.chat("hi"));
    }

    @Test
    void a_silent_server_times_out() {
        replies.add(new Reply(0, ""));
        OpenAiProvider provider =
                new OpenAiProvider(context(), config(address(), "", "", 1, ""), name -> null);
        long start = System.nanoTime();
        assertThrows(RuntimeException.class, () -> provider.model().chat("hi"));
        assertTrue(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) < 10);
    }

    @Test
    void a_server_that_is_not_there_is_named() {
        String address = address();
        server.stop(0);
        OpenAiProvider provider =
                new OpenAiProvider(context(), config(address, "", "", 5, ""), name -> null);
        String message =
                assertThrows(IllegalStateException.class, () -> provider.model().chat("hi"))
                        .getMessage();
        assertTrue(message.contains(address.replace("/v1", "")), message);
    }

    @Test
    void a_local_server_needs_no_key() {
        replies.add(new Reply(200, OK));
        OpenAiProvider provider = provider("", Map.of());
        assertTrue(provider.check().ok());
        assertEquals("Hello.", provider.model().chat("hi"));
        assertNull(authorization.get());
    }

    @Test
    void a_missing_key_is_a_warning_that_names_where_it_should_be() throws Exception {
        Path file = folder.resolve("key");
        OpenAiProvider provider =
                new OpenAiProvider(
                        context(),
                        config("https://llm.example.org/v1", "MY_KEY", file.toString(), 1, ""),
                        name -> null);
        assertFalse(provider.check().ok());
        assertFalse(provider.check().blocking());
        assertTrue(
                provider.check().detail().contains("MY_KEY")
                        && provider.check().detail().contains(file.toString()));
        assertTrue(
                assertThrows(IllegalStateException.class, () -> provider.model().chat("hi"))
                        .getMessage()
                        .contains("MY_KEY"));
        Files.writeString(file, KEY + "\n");
        assertTrue(provider.check().ok());
        OpenAiProvider plain =
                new OpenAiProvider(
                        context(),
                        config("https://api.openai.com/v1", "", "", 1, ""),
                        name -> null);
        assertTrue(plain.check().detail().contains("OPENAI_API_KEY"));
        OpenAiProvider unnamed =
                new OpenAiProvider(
                        context(),
                        config("https://llm.example.org/v1", "", "", 1, ""),
                        name -> null);
        assertTrue(unnamed.check().detail().contains("api_key_env"));
    }

    @Test
    void a_key_file_is_read_for_each_request() throws Exception {
        replies.add(new Reply(200, OK));
        Path file = folder.resolve("key");
        Files.writeString(file, "first\n");
        OpenAiProvider provider =
                new OpenAiProvider(
                        context(), config(address(), "", file.toString(), 5, ""), name -> null);
        provider.model().chat("hi");
        assertEquals("Bearer first", authorization.get());
        Files.writeString(file, "second\n");
        provider.model().chat("hi");
        assertEquals("Bearer second", authorization.get());
    }

    @Test
    void unregisters_when_stopped() {
        OpenAiProvider provider = provider("", Map.of());
        assertTrue(registered.containsKey("model"));
        provider.stop();
        assertTrue(registered.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:11434",
                "ftp://x/v1",
                "http://",
                "http://user:pw@host/v1",
                "not an address"
            })
    void an_address_that_is_none_is_refused(String url) {
        IllegalArgumentException failure =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new OpenAiProvider(
                                        context(), config(url, "", "", 1, ""), name -> null));
        assertTrue(
                failure.getMessage().contains("base_url") && !failure.getMessage().contains("pw"));
        assertTrue(registered.isEmpty());
    }

    @Test
    void a_temperature_that_is_none_is_refused() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new OpenAiProvider(
                                context(), config(address(), "", "", 1, "warm"), name -> null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "127.0.0.1",
                "10.1.2.3",
                "192.168.0.9",
                "172.16.0.1",
                "box.local",
                "ollama",
                "[::1]"
            })
    void local_hosts(String host) {
        assertTrue(ApiKey.isLocal(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.openai.com",
                "8.8.8.8",
                "172.32.0.1",
                "127.evil.com",
                "10.evil.com",
                "[2001:db8::1]"
            })
    void other_hosts(String host) {
        assertFalse(ApiKey.isLocal(host));
    }
}
