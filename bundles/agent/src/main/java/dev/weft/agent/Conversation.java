package dev.weft.agent;

import dev.langchain4j.data.message.Content;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.UserMessage;
import java.util.List;

/** What LangChain4j implements: one prompt, one answer, tool calls between them. */
public interface Conversation {
    /** Answers a prompt. It comes as content because LangChain4j would read a plain string as a template.
     * @param prompt what is asked
     * @return the answer */
    Result<String> answer(@UserMessage List<Content> prompt);
}
