package dev.weft.api.task;

import java.util.Optional;

/**
 * What a person says to a {@link TaskQuestion}. Exactly one of text and approval is there.
 *
 * @param text answer to a task that is input-required
 * @param approval for a task that is auth-required: whether it may run
 * @param by who says so, for the trace; never null
 */
public record TaskAnswer(Optional<String> text, Optional<Boolean> approval, String by) {
    /** Checks.
     * @throws TaskException code {@code bad_answer} if neither or both are there */
    public TaskAnswer {
        if (text.isPresent() == approval.isPresent()) {
            throw new TaskException(
                    "bad_answer", "give either an answer or an approval, and not both");
        }
    }
}
