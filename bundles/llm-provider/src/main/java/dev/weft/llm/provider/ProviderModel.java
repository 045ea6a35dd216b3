package dev.weft.llm.provider;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.catalog.ModelCatalog;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.weft.api.llm.ProviderException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The service of a provider: a model that says at once when its key is missing, and whose errors say what to do and never repeat the key. */
final class ProviderModel implements ChatModel, StreamingChatModel, ModelCatalog {
    private final String id;
    private final Models models;
    private final ApiKey key;
    private final Reasons reasons;

    ProviderModel(String id, Models models, ApiKey key, Reasons reasons) {
        this.id = id;
        this.models = models;
        this.key = key;
        this.reasons = reasons;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        Optional<String> secret = secret();
        try {
            return checked(models.chat().chat(request));
        } catch (RuntimeException e) {
            throw reasons.explain(e, secret);
        }
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        Optional<String> secret = secret();
        try {
            models.streaming()
                    .chat(
                            request,
                            new CheckedStream(
                                    handler, this::streamed, e -> reasons.explain(e, secret)));
        } catch (RuntimeException e) {
            throw reasons.explain(e, secret);
        }
    }

    @Override
    public List<ModelDescription> listModels() {
        Optional<String> secret = secret();
        try {
            return models.names().get().stream()
                    .sorted()
                    .map(name -> ModelDescription.builder().name(name).provider(provider()).build())
                    .toList();
        } catch (RuntimeException e) {
            throw reasons.explain(e, secret);
        }
    }

    private Optional<String> secret() {
        Optional<String> problem = key.problem();
        if (problem.isPresent()) {
            throw new ProviderException(
                    ProviderException.Kind.NOT_ALLOWED, id + ": " + problem.get(), null, null);
        }
        return key.value();
    }

    private ChatResponse checked(ChatResponse response) {
        if (response.aiMessage().text() == null
                && !response.aiMessage().hasToolExecutionRequests()) {
            throw bad("the server's answer has neither text nor tool calls");
        }
        return response;
    }

    private ChatResponse streamed(ChatResponse response) {
        if (response.finishReason() == null) {
            throw bad("the stream ended before the model said that it was done");
        }
        return checked(response);
    }

    private ProviderException bad(String what) {
        return new ProviderException(
                ProviderException.Kind.BAD_ANSWER, id + ": " + what, null, null);
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        // the models behind merge their own; merging here would mix one kind's parameters into
        // another's
        return ChatRequestParameters.builder().build();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return List.of();
    }

    @Override
    public ModelProvider provider() {
        return models.chat().provider();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return models.chat().supportedCapabilities();
    }
}
