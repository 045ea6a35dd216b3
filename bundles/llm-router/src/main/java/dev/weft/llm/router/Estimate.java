package dev.weft.llm.router;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.nio.charset.StandardCharsets;

/** How many tokens a request can have at most: byte-level tokenizers never make more tokens than bytes. */
final class Estimate {
    private static final int MESSAGE = 16;
    private static final int TOOL = 64;
    private static final int MEDIA = 4096;

    private Estimate() {}

    /** Counts.
     * @param request what is sent
     * @return an upper bound */
    static long inputTokens(ChatRequest request) {
        long total = MESSAGE;
        for (ChatMessage message : request.messages()) {
            total += MESSAGE + tokens(message);
        }
        if (request.toolSpecifications() != null) {
            for (var tool : request.toolSpecifications()) {
                total += TOOL + bytes(tool.toString());
            }
        }
        if (request.responseFormat() != null) {
            total += bytes(request.responseFormat().toString());
        }
        return total;
    }

    private static long tokens(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return bytes(system.text());
        } else if (message instanceof ToolExecutionResultMessage result) {
            return bytes(result.toString());
        } else if (message instanceof AiMessage said) {
            long total = bytes(said.text());
            for (ToolExecutionRequest call : said.toolExecutionRequests()) {
                total += TOOL + bytes(call.name()) + bytes(call.arguments());
            }
            return total;
        } else if (message instanceof UserMessage user) {
            long total = 0;
            for (Content content : user.contents()) {
                total += content instanceof TextContent text ? bytes(text.text()) : MEDIA;
            }
            return total;
        }
        return bytes(message.toString());
    }

    private static long bytes(String text) {
        return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    }
}
