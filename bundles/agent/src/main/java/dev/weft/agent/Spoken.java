package dev.weft.agent;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.weft.api.task.TaskException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One turn of the model, heard while it speaks. Given up, it cancels the stream at its next piece. */
final class Spoken implements StreamingChatResponseHandler {
    private final Ask ask;
    private final CompletableFuture<ChatResponse> done = new CompletableFuture<>();

    Spoken(Ask ask) {
        this.ask = ask;
    }

    /** Waits for the end of the turn.
     * @return the model's message */
    ChatResponse await() {
        try {
            return done.get();
        } catch (InterruptedException e) {
            done.cancel(false);
            Thread.currentThread().interrupt();
            throw new TaskException("canceled", "the prompt was given up", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void onPartialResponse(String text) {
        if (!done.isDone()) {
            ask.say(text);
        }
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
        if (done.isDone() && context != null && context.streamingHandle() != null) {
            context.streamingHandle().cancel();
        } else {
            onPartialResponse(part.text());
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        done.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
        done.completeExceptionally(failure);
    }
}
