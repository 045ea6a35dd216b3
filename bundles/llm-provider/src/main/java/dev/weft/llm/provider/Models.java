package dev.weft.llm.provider;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a kind makes of its settings.
 *
 * @param chat answers at once
 * @param streaming answers piece by piece
 * @param names asks the server which models it has; blocks
 */
public record Models(ChatModel chat, StreamingChatModel streaming, Supplier<List<String>> names) {}
