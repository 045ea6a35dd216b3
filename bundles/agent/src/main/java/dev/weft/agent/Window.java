package dev.weft.agent;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.ChatMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * What the model is shown of a conversation: as much as its context takes. What was said earlier goes first, then the oldest calls
 * of this question; the system message and the question stay, and a call never goes without its result. Used by one thread at a time.
 */
final class Window implements ChatMemory {
    private static final int CHARACTERS_A_TOKEN = 4;
    private static final int MESSAGE = 8;

    /** What providers count for a large one. */
    private static final int IMAGE = 1600 * CHARACTERS_A_TOKEN;

    private final List<ChatMessage> messages = new ArrayList<>();
    private final long mostTokens;

    Window(List<ChatMessage> before, long mostTokens) {
        this.messages.addAll(before);
        this.mostTokens = mostTokens;
    }

    @Override
    public Object id() {
        return "conversation";
    }

    @Override
    public synchronized void add(ChatMessage message) {
        if (message instanceof SystemMessage) {
            messages.removeIf(SystemMessage.class::isInstance);
            messages.add(0, message);
        } else {
            messages.add(message);
        }
        trim();
    }

    @Override
    public synchronized List<ChatMessage> messages() {
        return List.copyOf(messages);
    }

    @Override
    public synchronized void clear() {
        messages.clear();
    }

    private void trim() {
        while (tokens() > mostTokens) {
            int question = question();
            int first = messages.get(0) instanceof SystemMessage ? 1 : 0;
            int from = first < question ? first : question + 1;
            int to = from + 1;
            while (to < messages.size() && messages.get(to) instanceof ToolExecutionResultMessage) {
                to++;
            }
            // the calls of the present turn stay: their results are what the model waits for
            if (from >= messages.size() || to == messages.size() && from > question) {
                return;
            }
            messages.subList(from, to).clear();
        }
    }

    private int question() {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof UserMessage) {
                return i;
            }
        }
        return messages.size();
    }

    private long tokens() {
        long total = 0;
        for (ChatMessage message : messages) {
            total += MESSAGE + characters(message) / CHARACTERS_A_TOKEN;
        }
        return total;
    }

    private static long characters(ChatMessage message) {
        if (message instanceof AiMessage said) {
            return (said.text() == null ? 0 : said.text().length())
                    + said.toolExecutionRequests().stream()
                            .mapToLong(
                                    call ->
                                            call.name().length()
                                                    + (call.arguments() == null
                                                            ? 0
                                                            : call.arguments().length()))
                            .sum();
        }
        if (message instanceof SystemMessage system) {
            return system.text().length();
        }
        if (message instanceof UserMessage user) {
            return user.contents().stream()
                    .mapToLong(
                            content ->
                                    content instanceof TextContent text
                                            ? text.text().length()
                                            : IMAGE)
                    .sum();
        }
        return message.toString().length();
    }
}
