package dev.weft.llm.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.llm.ProviderException;
import dev.weft.llm.provider.ScriptedServer.End;
import dev.weft.llm.provider.ScriptedServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What every provider must do, on a good day against aimock; {@link BadDays} has the others. Each provider's test extends it. */
public abstract class ProviderWire extends BadDays {
    private static Optional<Aimock> aimock = Optional.empty();

    /** A list of the models b-model and a-model.
     * @return as this wire writes it */
    protected abstract String models();

    /** Calls of disk_usage as the real server writes them, if the mock writes them in another way.
     * @param paths an argument a call
     * @return JSON; "" if the mock will do */
    protected String toolCalls(String... paths) {
        return "";
    }

    /** Starts the mock. */
    @BeforeAll
    public static void startMock() {
        aimock = Aimock.start();
    }

    /** Stops the mock. */
    @AfterAll
    public static void stopMock() {
        aimock.ifPresent(Aimock::close);
    }

    private TestProvider mocked() {
        Assumptions.assumeTrue(aimock.isPresent(), "aimock is not installed");
        start(aimock.get().address() + path(), 60);
        return provider();
    }

    /** Takes the mock, or what was recorded.
     * @return whether it was recorded */
    private boolean tools(String recorded) {
        if (recorded.isEmpty()) {
            mocked();
        } else {
            scripted(60, Reply.of(200, recorded));
        }
        return !recorded.isEmpty();
    }

    @Test
    void answers() {
        ChatResponse response = mocked().chat().chat(plain("say hello"));
        assertEquals("Hello there, dear friend of the mesh.", response.aiMessage().text());
        assertTrue(response.tokenUsage().outputTokenCount() >= 0);
    }

    @Test
    void streams_in_pieces() throws Exception {
        mocked();
        Heard heard = stream(plain("say hello"));
        ChatResponse response = heard.done.get(90, TimeUnit.SECONDS);
        assertEquals("Hello there, dear friend of the mesh.", response.aiMessage().text());
        assertEquals(response.aiMessage().text(), String.join("", heard.parts));
        assertTrue(heard.parts.size() > 1, heard.parts.toString());
    }

    @Test
    void calls_a_tool_and_takes_its_result() {
        boolean recorded = tools(toolCalls("/"));
        UserMessage question = UserMessage.from("how full is the disk?");
        AiMessage call = provider().chat().chat(request(question)).aiMessage();
        assertEquals("disk_usage", call.toolExecutionRequests().get(0).name());
        assertEquals(
                "{\"path\":\"/\"}",
                call.toolExecutionRequests().get(0).arguments().replaceAll("\\s", ""));
        if (recorded) {
            server().reply(Reply.of(200, answer("700 bytes are free.")));
        }
        ChatResponse answer =
                provider()
                        .chat()
                        .chat(
                                request(
                                        question,
                                        call,
                                        ToolExecutionResultMessage.from(
                                                call.toolExecutionRequests().get(0),
                                                "{\"free_bytes\":700}")));
        assertEquals("700 bytes are free.", answer.aiMessage().text());
        if (recorded) {
            assertTrue(server().requests().get(0).body().contains("disk_usage"));
            assertTrue(server().requests().get(1).body().contains("free_bytes"));
        }
    }

    @Test
    void streams_parallel_tool_calls() throws Exception {
        String recorded = toolCalls("/a", "/b");
        tools(recorded.isEmpty() ? "" : "data: " + recorded.replace("\n", "") + "\n\n");
        AiMessage message =
                stream(request(UserMessage.from("two disks, please")))
                        .done
                        .get(90, TimeUnit.SECONDS)
                        .aiMessage();
        assertEquals(2, message.toolExecutionRequests().size());
        assertEquals(
                "{\"path\":\"/b\"}",
                message.toolExecutionRequests().get(1).arguments().replaceAll("\\s", ""));
    }

    @Test
    void structured_output() {
        mocked();
        ChatResponse response =
                provider()
                        .chat()
                        .chat(
                                ChatRequest.builder()
                                        .messages(UserMessage.from("who? answer as a record"))
                                        .responseFormat(
                                                ResponseFormat.builder()
                                                        .type(ResponseFormatType.JSON)
                                                        .jsonSchema(
                                                                JsonSchema.builder()
                                                                        .name("person")
                                                                        .rootElement(
                                                                                JsonObjectSchema
                                                                                        .builder()
                                                                                        .addStringProperty(
                                                                                                "name")
                                                                                        .addIntegerProperty(
                                                                                                "age")
                                                                                        .required(
                                                                                                "name",
                                                                                                "age")
                                                                                        .build())
                                                                        .build())
                                                        .build())
                                        .build());
        assertEquals("{\"name\":\"Ada\",\"age\":36}", response.aiMessage().text());
    }

    @Test
    void takes_a_picture() {
        mocked();
        ChatResponse response =
                provider()
                        .chat()
                        .chat(
                                UserMessage.from(
                                        TextContent.from("what is on the picture?"),
                                        ImageContent.from(
                                                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
                                                "image/png")));
        assertEquals("A loom.", response.aiMessage().text());
    }

    @Test
    void sends_a_picture_as_it_is() {
        scripted(60, Reply.of(200, answer("A loom.")));
        String picture = "iVBORw0KGgoAAAANSUhEUg==";
        assertEquals(
                "A loom.",
                provider()
                        .chat()
                        .chat(
                                UserMessage.from(
                                        TextContent.from("what is on the picture?"),
                                        ImageContent.from(picture, "image/png")))
                        .aiMessage()
                        .text());
        String body = server().requests().get(0).body();
        assertTrue(body.contains(picture) && body.contains("what is on the picture?"), body);
    }

    @Test
    void lists_models() {
        scripted(60, Reply.of(200, models()));
        assertEquals(
                List.of("a-model", "b-model"),
                provider().catalog().listModels().stream().map(model -> model.name()).toList());
    }

    @Test
    void mock_refusals_are_told_apart() {
        mocked();
        assertEquals(ProviderException.Kind.RATE_LIMITED, failure(plain("limited")).kind());
        assertEquals(ProviderException.Kind.UNAVAILABLE, failure(plain("failing")).kind());
        assertEquals(ProviderException.Kind.BAD_ANSWER, failure(plain("garbled")).kind());
        assertEquals(ProviderException.Kind.UNAVAILABLE, failure(plain("dropped")).kind());
        assertEquals(
                ProviderException.Kind.RATE_LIMITED, stream(plain("limited")).failure().kind());
        assertTrue(stream(plain("cut off")).failure().kind().isPassing());
    }

    @Test
    void an_unknown_member_is_no_matter_and_the_key_goes_along() {
        scripted(60, Reply.of(200, answer("fine")));
        assertEquals("fine", provider().chat().chat("x"));
        assertTrue(
                server().requests().get(0).headers().values().stream()
                        .flatMap(List::stream)
                        .anyMatch(value -> value.contains(KEY)));
        assertFalse(server().requests().get(0).path().contains(KEY));
        assertFalse(server().requests().get(0).body().contains(KEY));
    }

    @Test
    void an_error_that_repeats_the_key_does_not_tell_it() {
        scripted(60, Reply.of(401, "{\"error\":{\"message\":\"bad key " + KEY + "\"}}"));
        ProviderException failure = failure(plain("x"));
        assertEquals(ProviderException.Kind.NOT_ALLOWED, failure.kind());
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertFalse(cause.toString().contains(KEY), cause.toString());
        }
    }

    @Test
    void no_answer_and_an_answer_that_never_ends_are_time_outs() {
        scripted(1, new Reply(0, Map.of(), "", End.NEVER, 0));
        assertEquals(ProviderException.Kind.TIMEOUT, failure(plain("x")).kind());
        assertEquals(ProviderException.Kind.TIMEOUT, stream(plain("x")).failure().kind());
        server().reply(new Reply(200, Map.of(), answer("y").substring(0, 20), End.NEVER, 0));
        assertEquals(ProviderException.Kind.TIMEOUT, failure(plain("x")).kind());
        server().reply(new Reply(200, Map.of(), cutStream(), End.NEVER, 0));
        assertEquals(ProviderException.Kind.TIMEOUT, stream(plain("x")).failure().kind());
    }

    @Test
    void nobody_listens() throws IOException {
        try (Socket taken = new Socket()) { // has the port, so that nobody else listens there
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            start("http://127.0.0.1:" + taken.getLocalPort() + path(), 60);
            ProviderException failure = failure(plain("x"));
            assertEquals(ProviderException.Kind.UNAVAILABLE, failure.kind());
            assertTrue(failure.getMessage().contains("base_url"), failure.getMessage());
        }
    }
}
