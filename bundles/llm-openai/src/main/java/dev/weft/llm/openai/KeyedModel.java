package dev.weft.llm.openai;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.net.ConnectException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** A model that says at once when its key is missing, and whose errors never repeat the key. */
final class KeyedModel implements ChatModel {
    private final String id;
    private final ChatModel model;
    private final ApiKey key;
    private final URI server;

    KeyedModel(String id, ChatModel model, ApiKey key, URI server) {
        this.id = id;
        this.model = model;
        this.key = key;
        this.server = server;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        Optional<String> problem = key.problem();
        if (problem.isPresent()) {
            throw new IllegalStateException(id + ": " + problem.get());
        }
        Optional<String> secret = key.value();
        try {
            ChatResponse response = model.chat(request);
            if (response.aiMessage().text() == null
                    && !response.aiMessage().hasToolExecutionRequests()) {
                throw new IllegalStateException(
                        id + ": the server's answer has neither text nor tool calls");
            }
            return response;
        } catch (RuntimeException e) {
            if (hasCause(e, ConnectException.class)) {
                throw new IllegalStateException(
                        id
                                + ": cannot connect to "
                                + server.getScheme()
                                + "://"
                                + server.getAuthority()
                                + "; check base_url and that the server runs",
                        e);
            }
            throw secret.filter(value -> tells(e, value)).isPresent()
                    ? redacted(e, secret.get())
                    : e;
        }
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return model.defaultRequestParameters();
    }

    @Override
    public ModelProvider provider() {
        return model.provider();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return model.supportedCapabilities();
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> kind) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth++ < 20; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean tells(Throwable failure, String secret) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth++ < 20; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains(secret)) {
                return true;
            }
        }
        return false;
    }

    /** Without its causes: they hold the key too. */
    private RuntimeException redacted(RuntimeException failure, String secret) {
        return new IllegalStateException(
                id
                        + ": "
                        + failure.getClass().getSimpleName()
                        + ": "
                        + String.valueOf(failure.getMessage()).replace(secret, "[key]"));
    }
}
