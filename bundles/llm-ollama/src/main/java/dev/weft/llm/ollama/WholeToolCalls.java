package dev.weft.llm.ollama;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

/**
 * Asks for the whole answer where tools may be called: Ollama sends several calls in one piece of a stream, of which LangChain4j
 * 1.18 keeps only the first.
 */
final class WholeToolCalls implements StreamingChatModel {
    private final ChatModel whole;
    private final StreamingChatModel pieces;

    WholeToolCalls(ChatModel whole, StreamingChatModel pieces) {
        this.whole = whole;
        this.pieces = pieces;
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        if (request.toolSpecifications() == null || request.toolSpecifications().isEmpty()) {
            pieces.chat(request, handler);
            return;
        }
        ChatResponse response;
        try {
            response = whole.chat(request);
        } catch (RuntimeException e) {
            handler.onError(e); // as a stream would
            return;
        }
        String text = response.aiMessage().text();
        if (text != null && !text.isEmpty()) {
            handler.onPartialResponse(text);
        }
        handler.onCompleteResponse(response);
    }
}
