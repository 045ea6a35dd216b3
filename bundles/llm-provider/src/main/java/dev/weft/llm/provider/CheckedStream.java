package dev.weft.llm.provider;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Passes a stream on; it ends once, by an answer that was checked or by an error that was explained. */
final class CheckedStream implements StreamingChatResponseHandler {
    private final StreamingChatResponseHandler next;
    private final UnaryOperator<ChatResponse> check;
    private final Function<Throwable, RuntimeException> explain;
    private final AtomicBoolean ended = new AtomicBoolean();

    CheckedStream(
            StreamingChatResponseHandler next,
            UnaryOperator<ChatResponse> check,
            Function<Throwable, RuntimeException> explain) {
        this.next = next;
        this.check = check;
        this.explain = explain;
    }

    @Override
    public void onPartialResponse(String text) {
        next.onPartialResponse(text);
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
        next.onPartialResponse(part, context);
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall call) {
        next.onCompleteToolCall(call);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        ChatResponse checked;
        try {
            checked = check.apply(response);
        } catch (RuntimeException e) {
            onError(e);
            return;
        }
        if (ended.compareAndSet(false, true)) {
            next.onCompleteResponse(checked);
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (ended.compareAndSet(false, true)) {
            next.onError(explain.apply(failure));
        }
    }
}
