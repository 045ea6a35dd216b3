package dev.weft.llm.router;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.llm.Llm;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** A provider's model, leased for each call: once it has left, no call starts, and those that run end by themselves. */
final class LeasedModel {
    private static final int LEFT = 1 << 30;

    private final String id;
    private final String type;
    private final String modelName;
    private final int ranking;
    private final ChatModel model;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile String lastError = "";
    private volatile boolean failing;

    LeasedModel(String id, String type, String modelName, int ranking, ChatModel model) {
        this.id = id;
        this.type = type;
        this.modelName = modelName;
        this.ranking = ranking;
        this.model = model;
    }

    String id() {
        return id;
    }

    int ranking() {
        return ranking;
    }

    /** Rules are no model: they come last unless a route says otherwise. */
    boolean isFallback() {
        return type.equals("rules");
    }

    /** Whether the last call failed. */
    boolean isFailing() {
        return failing;
    }

    /** Starts a call, if the provider is still here. A caller that gets true must call {@link #chat}. */
    boolean acquire() {
        if (inFlight.incrementAndGet() >= LEFT) {
            inFlight.decrementAndGet();
            return false;
        }
        return true;
    }

    ChatResponse chat(ChatRequest request) {
        calls.increment();
        try {
            ChatResponse response = model.chat(request);
            if (response == null || response.aiMessage() == null) {
                throw new IllegalStateException("the provider returned no message");
            }
            failing = false;
            return response;
        } catch (RuntimeException | LinkageError e) {
            failures.increment();
            lastError = Failures.describe(e);
            failing = true;
            throw e;
        } finally {
            inFlight.decrementAndGet();
        }
    }

    /** No call starts from now on. Does not wait for those that run. */
    int leave() {
        return inFlight.getAndAdd(LEFT);
    }

    Llm.Provider describe() {
        return new Llm.Provider(id, type, modelName, calls.sum(), failures.sum(), lastError);
    }
}
