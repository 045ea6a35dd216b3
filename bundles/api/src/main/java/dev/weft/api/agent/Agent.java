package dev.weft.api.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** This host's agent: it answers a prompt, calling skills here and on peers. Thread-safe; does not block. */
@ProviderType
public interface Agent {
    /** Answers a prompt.
     * @param prompt what is asked, at most 64 Ki characters
     * @param timeout how long it may take in all
     * @param trace hears each step as it happens, in order; may be null
     * @return the answer; fails with {@link dev.weft.api.task.TaskException}; cancelling it stops the work */
    CompletableFuture<Answer> ask(String prompt, Duration timeout, Consumer<Step> trace);

    /**
     * An answer.
     *
     * @param text what the model said
     * @param model which model said it
     * @param steps the skill calls that led to it
     */
    record Answer(String text, String model, List<Step> steps) {}

    /**
     * One skill call of the agent.
     *
     * @param tool {@code skill.tool}
     * @param agent label of the agent that did it
     * @param input arguments
     * @param output result; null if it failed
     * @param error why it failed; null if it did not
     * @param millis how long it took
     */
    record Step(
            String tool,
            String agent,
            JsonNode input,
            JsonNode output,
            String error,
            long millis) {}
}
