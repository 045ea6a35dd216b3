package dev.weft.api.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Objects;

/**
 * What a person is asked before a task goes on.
 *
 * @param text the question
 * @param schema JSON Schema of the answer; null node when approval is asked for
 * @param arguments the exact arguments that approval is asked for; null node when an answer is
 */
public record TaskQuestion(String text, JsonNode schema, JsonNode arguments) {
    /** Fills absent members. */
    public TaskQuestion {
        Objects.requireNonNull(text, "text");
        schema = schema == null ? NullNode.getInstance() : schema;
        arguments = arguments == null ? NullNode.getInstance() : arguments;
    }
}
