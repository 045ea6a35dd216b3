package dev.weft.llm.router;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.weft.api.llm.ProviderException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One provider's try at a stream. Until its first piece it can be given up for another provider; from then on it is the answer. */
final class Relay implements StreamingChatResponseHandler {
    /** The stream failed after its first piece: no other provider can go on with it. */
    static final class BrokenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenException(Throwable cause) {
            super("the answer broke off: " + Failures.describe(cause), cause);
        }
    }

    private final StreamingChatResponseHandler target;
    private boolean begun;
    private boolean givenUp;
    private long heard = System.nanoTime();
    private StreamingHandle handle;
    private ChatResponse response;
    private Throwable failure;

    Relay(StreamingChatResponseHandler target) {
        this.target = target;
    }

    /** Waits for the end of the stream.
     * @param stall longest silence, before the first piece and after it
     * @return the answer
     * @throws BrokenException if it failed after its first piece
     * @throws InterruptedException if the caller gave up */
    synchronized ChatResponse await(Duration stall) throws InterruptedException {
        try {
            while (response == null && failure == null) {
                long left = stall.toNanos() - (System.nanoTime() - heard);
                if (left <= 0) {
                    failure =
                            new ProviderException(
                                    ProviderException.Kind.TIMEOUT,
                                    "nothing came for " + stall.toSeconds() + " s",
                                    null,
                                    null);
                } else {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
            }
        } finally {
            givenUp = response == null;
            if (givenUp && handle != null) {
                handle.cancel();
            }
        }
        if (response != null) {
            return response;
        }
        if (begun) {
            throw new BrokenException(failure);
        }
        throw failure instanceof RuntimeException known
                ? known
                : new IllegalStateException(failure);
    }

    private synchronized boolean goesOn(StreamingHandle known) {
        heard = System.nanoTime();
        if (known != null) {
            handle = known;
        }
        if (givenUp) {
            if (handle != null) {
                handle.cancel();
            }
            return false;
        }
        begun = true;
        return true;
    }

    @Override
    public void onPartialResponse(String text) {
        if (goesOn(null)) {
            target.onPartialResponse(text);
        }
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
        if (goesOn(context == null ? null : context.streamingHandle())) {
            target.onPartialResponse(part, context);
        }
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall call) {
        if (goesOn(null)) {
            target.onCompleteToolCall(call);
        }
    }

    @Override
    public synchronized void onCompleteResponse(ChatResponse complete) {
        if (complete == null || complete.aiMessage() == null) {
            failure = Calls.noMessage();
        } else {
            response = complete;
        }
        notifyAll();
    }

    @Override
    public synchronized void onError(Throwable error) {
        failure = error;
        notifyAll();
    }
}
