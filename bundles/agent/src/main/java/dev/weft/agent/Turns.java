package dev.weft.agent;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.task.TaskException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The model within one prompt: asked so many times at most, and not after the prompt was given up. */
final class Turns implements ChatModel {
    private final ChatModel model;
    private final Ask ask;
    private final String route;
    private final int most;
    private final Decisions.Said said;
    private final AtomicInteger turns = new AtomicInteger();

    /** @param route model name that says the way; empty for the model's own
     * @param said what it said before a crash, and where it is kept what it says */
    Turns(ChatModel model, Ask ask, String route, int most, Decisions.Said said) {
        this.said = said;
        this.model = model;
        this.route = route;
        this.ask = ask;
        this.most = most;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        ask.check();
        int turn = turns.incrementAndGet();
        if (turn > most) {
            throw new TaskException(
                    "too_many_turns",
                    "the model came to no answer in "
                            + most
                            + " turns ("
                            + ask.steps().size()
                            + " tool calls); ask for less at once, or raise max_turns of dev.weft.agent");
        }
        Optional<ChatResponse> before = said.at(turn);
        if (before.isPresent()) {
            return before.get();
        }
        ChatResponse response = asked(request);
        said.keep(response);
        return response;
    }

    private ChatResponse asked(ChatRequest request) {
        ChatRequest routed =
                route.isEmpty()
                        ? request
                        : ChatRequest.builder()
                                .messages(request.messages())
                                .parameters(
                                        ChatRequestParameters.builder()
                                                .overrideWith(request.parameters())
                                                .modelName(route)
                                                .build())
                                .build();
        return ask.isHeard() && model instanceof StreamingChatModel streaming
                ? spoken(streaming, routed)
                : model.chat(routed);
    }

    /** The answer, of which the listener hears each piece as it comes. */
    private ChatResponse spoken(StreamingChatModel streaming, ChatRequest request) {
        Spoken spoken = new Spoken(ask);
        streaming.chat(request, spoken);
        return spoken.await();
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return model.defaultRequestParameters();
    }
}
