package dev.weft.agent;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.task.TaskException;
import java.util.concurrent.atomic.AtomicInteger;

/** The model within one prompt: asked so many times at most, and not after the prompt was given up. */
final class Turns implements ChatModel {
    private final ChatModel model;
    private final Ask ask;
    private final int most;
    private final AtomicInteger turns = new AtomicInteger();

    Turns(ChatModel model, Ask ask, int most) {
        this.model = model;
        this.ask = ask;
        this.most = most;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        ask.check();
        if (turns.incrementAndGet() > most) {
            throw new TaskException(
                    "too_many_turns",
                    "the model came to no answer in "
                            + most
                            + " turns ("
                            + ask.steps().size()
                            + " tool calls); ask for less at once, or raise max_turns of dev.weft.agent");
        }
        return model.chat(request);
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return model.defaultRequestParameters();
    }
}
