package dev.weft.agent;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.weft.api.identity.SecretFile;
import dev.weft.api.task.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was said under a name, one file each; only whole exchanges are kept. Thread-safe. */
final class Conversations {
    private static final Logger log = LoggerFactory.getLogger(Conversations.class);
    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,63}";
    private static final int MOST = 500;

    private final Path folder;
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /** @param folder where they are kept; null to keep none */
    Conversations(Path folder) {
        this.folder = folder;
    }

    /** Opens a conversation for one question; {@link #close} it.
     * @param name its name
     * @return what was said before
     * @throws TaskException {@code bad_arguments}, or {@code busy} while another question is answered in it */
    List<ChatMessage> open(String name) {
        if (!name.matches(NAME)) {
            throw new TaskException(
                    "bad_arguments",
                    "a conversation's name has 1 to 64 characters a-z 0-9 . _ - and starts with a letter or digit");
        }
        if (!open.add(name)) {
            throw new TaskException(
                    "busy", "another question is being answered in the conversation " + name);
        }
        try {
            return folder == null || !Files.exists(file(name))
                    ? List.of()
                    : ChatMessageDeserializer.messagesFromJson(Files.readString(file(name)));
        } catch (IOException | RuntimeException e) {
            log.error(
                    "{} cannot be read; the conversation begins anew: {}",
                    file(name),
                    e.toString());
            return List.of();
        }
    }

    void close(String name) {
        open.remove(name);
    }

    /** Keeps what was said.
     * @param name its name
     * @param messages all of it */
    void keep(String name, List<ChatMessage> messages) {
        if (folder == null) {
            return;
        }
        try {
            SecretFile.replace(
                    file(name),
                    ChatMessageSerializer.messagesToJson(
                            messages.stream()
                                    .filter(message -> !(message instanceof SystemMessage))
                                    .map(Conversations::withoutImages)
                                    .toList()));
            dropOldest();
        } catch (IOException e) {
            log.error("The conversation {} is not kept: {}", name, e.toString());
        }
    }

    /** Images are too large to keep: what remains says that there was one. */
    private static ChatMessage withoutImages(ChatMessage message) {
        if (!(message instanceof UserMessage user)
                || user.contents().stream().noneMatch(ImageContent.class::isInstance)) {
            return message;
        }
        return UserMessage.from(
                user.contents().stream()
                        .<Content>map(
                                content ->
                                        content instanceof ImageContent
                                                ? TextContent.from(
                                                        "(an image was here; it is shown no more)")
                                                : content)
                        .toList());
    }

    /** Forgets a conversation.
     * @param name its name
     * @return whether there was one */
    boolean forget(String name) {
        try {
            return folder != null && name.matches(NAME) && Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new TaskException(
                    "not_forgotten", file(name) + " cannot be deleted: " + e.getMessage(), e);
        }
    }

    private Path file(String name) {
        return folder.resolve(name + ".json");
    }

    private void dropOldest() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(folder)) {
            all = files.filter(file -> file.toString().endsWith(".json")).toList();
        }
        if (all.size() > MOST) {
            Path oldest =
                    all.stream().min(Comparator.comparingLong(Conversations::age)).orElseThrow();
            Files.deleteIfExists(oldest);
        }
    }

    private static long age(Path file) {
        return file.toFile().lastModified();
    }
}
