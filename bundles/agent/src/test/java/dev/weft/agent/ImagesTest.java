package dev.weft.agent;

import static dev.weft.agent.World.script;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.weft.api.agent.Agent.Question;
import dev.weft.api.agent.Image;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images of a question: what is taken, and where they go. */
class ImagesTest extends AgentTest {
    private static final String PNG = base64("\u0089PNG\r\n\u001a\nrest");

    @BeforeEach
    void start() {
        world.data = folder;
        agent = world.agent(blocking, timer, "", "", 4);
    }

    private static String base64(String content) {
        return Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ArrayNode list(String... images) {
        ArrayNode list = Wire.object().putArray("images");
        Arrays.stream(images).forEach(list::add);
        return list;
    }

    private static void assertRefused(String words, JsonNode list) {
        TaskException refused = assertThrows(TaskException.class, () -> Image.read(list));
        assertEquals("bad_image", refused.error().code());
        assertTrue(refused.getMessage().contains(words), refused.getMessage());
    }

    @Test
    void the_content_says_what_kind_an_image_is() {
        assertEquals(
                List.of("image/png", "image/jpeg", "image/gif", "image/gif", "image/webp"),
                Image.read(
                                list(
                                        PNG,
                                        base64("\u00ff\u00d8\u00ff\u00e0"),
                                        base64("GIF87a"),
                                        base64("GIF89a"),
                                        base64("RIFF1234WEBP")))
                        .stream()
                        .map(Image::mediaType)
                        .toList());
        assertEquals(List.of(), Image.read(Wire.object().path("images")));
        assertRefused("image 2 is none that models take", list(PNG, base64("%PDF-1.7")));
        assertRefused("image 1 is none that models take", list(""));
        assertRefused("image 1 is no Base64", list("***"));
        assertRefused("image 1 must be", Wire.object().putArray("images").add(7));
        assertRefused("a list of at most 8", Wire.object().put("images", PNG).get("images"));
        assertRefused("a list of at most 8", list(new String[9]));
    }

    @Test
    void images_have_a_limit_each_and_together() {
        String head = "GIF89a";
        String largest = base64(head + "x".repeat(Image.LARGEST - head.length()));
        assertEquals(1, Image.read(list(largest)).size());
        assertRefused(
                "image 1 has more than 5 MiB",
                list(base64(head + "x".repeat(Image.LARGEST - head.length() + 3))));
        assertRefused("more than 8 MiB together", list(largest, largest));
    }

    @Test
    void the_model_sees_them_and_a_conversation_remembers_that_there_were_some() throws Exception {
        List<UserMessage> shown = new CopyOnWriteArrayList<>();
        agent.use(
                script(
                        request -> {
                            request.messages().stream()
                                    .filter(UserMessage.class::isInstance)
                                    .map(UserMessage.class::cast)
                                    .forEach(shown::add);
                            return AiMessage.from("a loom");
                        }));
        agent.ask(question("what is this?", Image.read(list(PNG))), null).get(60, TimeUnit.SECONDS);
        ImageContent image = (ImageContent) shown.get(0).contents().get(1);
        assertEquals("image/png", image.image().mimeType());
        assertEquals(PNG, image.image().base64Data());

        agent.ask(question("what was it?", List.of()), null).get(60, TimeUnit.SECONDS);
        assertTrue(shown.get(1).toString().contains("an image was here"), shown::toString);
        assertTrue(shown.get(1).toString().contains("what is this?"), shown::toString);
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(Files.readString(file).contains(PNG), file::toString);
            }
        }
    }

    private static Question question(String prompt, List<Image> images) {
        return new Question(
                prompt, TIME, "talk", "", null, 0, List.of(), List.of(), "", "", images);
    }

    @Test
    void a_large_image_does_not_push_out_what_was_said() {
        Window window = new Window(List.of(UserMessage.from("before")), 4000);
        window.add(
                UserMessage.from(
                        dev.langchain4j.data.message.TextContent.from("look"),
                        ImageContent.from("A".repeat(1 << 20), "image/png")));
        assertEquals(2, window.messages().size());
    }

    @Test
    void a_peer_sends_images_and_hears_that_they_were_taken() throws Exception {
        List<Question> asked = new CopyOnWriteArrayList<>();
        PromptHandler handler =
                new PromptHandler(
                        (question, listener) -> {
                            asked.add(question);
                            return CompletableFuture.completedFuture(
                                    new dev.weft.api.agent.Agent.Answer("seen", "m", List.of()));
                        });
        List<JsonNode> answers = new CopyOnWriteArrayList<>();
        for (ArrayNode images : List.of(list(PNG), list("x"))) {
            ObjectNode payload = Wire.object().put("message", "look");
            payload.set("images", images);
            handler.handle(
                    World.ALPHA,
                    new MeshMessage(MeshMessage.AGENT_PROMPT, "1", "agent-b2", "agent-a1", payload),
                    (type, answer) -> answers.add(answer));
        }
        assertEquals(1, asked.size());
        assertEquals("image/png", asked.get(0).images().get(0).mediaType());
        assertEquals(1, answers.get(0).path("images").asInt());
        assertEquals("bad_image", answers.get(1).path("code").asText());
    }
}
