package dev.weft.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.identity.SecretFile;
import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the model said in questions that have a key, so that a question that is asked again after a crash takes the same way: one file a
 * question, a line a turn, on disk before anything that it decides is done. Dated by the deadline, an hour after which it goes. Thread-safe.
 */
final class Decisions {
    private static final Logger log = LoggerFactory.getLogger(Decisions.class);
    private static final Duration LATE = Duration.ofHours(1);
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;

    /** Drops what is of no use any more.
     * @param folder where they are kept; null to keep none */
    Decisions(Path folder) {
        this.folder = folder;
        dropOld();
    }

    /** What was said to one question, and what will be.
     * @param source who asks
     * @param key of the question; "" if it has none: then nothing is kept
     * @param deadline of the question */
    Said of(AgentId source, String key, Instant deadline) {
        if (key.isEmpty() || folder == null) {
            return new Said(null, deadline, List.of());
        }
        String name =
                UUID.nameUUIDFromBytes(
                                (source.value() + "\n" + key).getBytes(StandardCharsets.UTF_8))
                        .toString();
        Path file = folder.resolve(name + ".jsonl");
        return new Said(file, deadline, read(file));
    }

    /** The turns of one question. */
    final class Said {
        private final Path file;
        private final Instant deadline;
        private final List<ChatResponse> said;

        private Said(Path file, Instant deadline, List<ChatResponse> said) {
            this.file = file;
            this.deadline = deadline;
            this.said = said;
        }

        /** What the model said in a turn before the crash.
         * @param turn from 1 */
        Optional<ChatResponse> at(int turn) {
            return turn <= said.size() ? Optional.of(said.get(turn - 1)) : Optional.empty();
        }

        /** Keeps what the model said next. If that fails, only a crash shows it: the model is asked again then. */
        void keep(ChatResponse response) {
            if (file == null) {
                return;
            }
            try {
                append(file, line(response));
                Files.setLastModifiedTime(file, FileTime.from(deadline));
            } catch (IOException | UncheckedIOException e) {
                log.warn("What the model decided is not kept for a restart: {}", e.toString());
            }
        }
    }

    private static String line(ChatResponse response) throws JsonProcessingException {
        ObjectNode line = JSON.createObjectNode().put("model", response.modelName());
        line.set(
                "message",
                JSON.readTree(ChatMessageSerializer.messageToJson(response.aiMessage())));
        return JSON.writeValueAsString(line) + "\n";
    }

    private void append(Path file, String line) throws IOException {
        boolean fresh = Files.notExists(file);
        if (fresh) {
            SecretFile.create(file, "");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        if (fresh) {
            dropOld();
        }
    }

    /** A line that a kill cut short, and what comes after it, was not yet acted upon. */
    private static List<ChatResponse> read(Path file) {
        List<ChatResponse> said = new ArrayList<>();
        try {
            if (Files.exists(file)) {
                String text = Files.readString(file);
                int whole = text.lastIndexOf('\n') + 1;
                for (String line : text.substring(0, whole).split("\n")) {
                    JsonNode node = JSON.readTree(line);
                    AiMessage message =
                            (AiMessage)
                                    ChatMessageDeserializer.messageFromJson(
                                            node.path("message").toString());
                    said.add(
                            ChatResponse.builder()
                                    .aiMessage(message)
                                    .modelName(node.path("model").asText("unknown"))
                                    .build());
                }
                if (whole < text.length()) {
                    Files.writeString(file, text.substring(0, whole));
                }
            }
        } catch (IOException | RuntimeException e) {
            log.warn("What the model decided is lost, it is asked again: {}", e.toString());
        }
        return said;
    }

    private void dropOld() {
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        Instant old = Instant.now().minus(LATE);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            log.warn("Old decisions of models are not dropped: {}", e.toString());
        }
    }
}
