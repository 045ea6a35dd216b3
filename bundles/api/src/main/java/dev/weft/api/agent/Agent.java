package dev.weft.api.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/** This host's agent: it answers a prompt, calling skills here and on peers. Thread-safe; does not block. */
@ProviderType
public interface Agent {
    /** Answers a question.
     * @param question what is asked
     * @param listener hears what happens on the way; may be null
     * @return the answer; fails with {@link dev.weft.api.task.TaskException}; cancelling it stops the work */
    CompletableFuture<Answer> ask(Question question, Listener listener);

    /** Answers a prompt that stands alone.
     * @param prompt what is asked, at most 64 Ki characters
     * @param timeout how long it may take in all
     * @param trace hears each step as it happens, in order; may be null
     * @return the answer; fails with {@link dev.weft.api.task.TaskException}; cancelling it stops the work */
    default CompletableFuture<Answer> ask(String prompt, Duration timeout, Consumer<Step> trace) {
        return ask(
                Question.of(prompt, timeout),
                trace == null
                        ? null
                        : new Listener() {
                            @Override
                            public void onStep(Step step) {
                                trace.accept(step);
                            }
                        });
    }

    /** Forgets a conversation.
     * @param conversation its name
     * @return whether there was one */
    default boolean forget(String conversation) {
        return false;
    }

    /**
     * What is asked.
     *
     * @param prompt 1 to 64 Ki characters
     * @param timeout how long it may take in all; null for the host's default
     * @param conversation {@code [a-z0-9][a-z0-9._-]*}, 64 characters at most: what was said under this name before is
     *     remembered; "" to remember nothing
     * @param route of the chat model; "" for the default one
     * @param caller the agent that asks; null if a person does
     * @param depth how many agents handed the question on before; 0 for a person's
     * @param skills what may be called for it, {@code skill} or {@code skill.tool}; empty for everything
     * @param agents names or ids of the agents that may be given work for it; empty for all
     * @param traceparent W3C trace context that all tasks of the answer belong to; "" if each may begin its own
     * @param key the caller's name for this question, at most 128 characters. Asked again under it after a crash, before its
     *     timeout, the model is not asked anew for what it has decided, and calls that ended are not made again. "" to keep nothing
     * @param images what the prompt is about; at most what {@link Image} allows. Models that take none are not asked. They are
     *     not remembered in a conversation
     */
    record Question(
            String prompt,
            Duration timeout,
            String conversation,
            String route,
            AgentId caller,
            int depth,
            List<String> skills,
            List<String> agents,
            String traceparent,
            String key,
            List<Image> images) {
        /** Copies the lists; a missing trace context or key is {@code ""}. */
        public Question {
            skills = List.copyOf(skills);
            agents = List.copyOf(agents);
            traceparent = traceparent == null ? "" : traceparent;
            key = key == null ? "" : key;
            images = List.copyOf(images);
        }

        /** A question for which everything may be used, outside of any trace.
         * @param prompt see above
         * @param timeout see above
         * @param conversation see above
         * @param route see above
         * @param caller see above
         * @param depth see above */
        public Question(
                String prompt,
                Duration timeout,
                String conversation,
                String route,
                AgentId caller,
                int depth) {
            this(
                    prompt,
                    timeout,
                    conversation,
                    route,
                    caller,
                    depth,
                    List.of(),
                    List.of(),
                    "",
                    "",
                    List.of());
        }

        /** A person's question that stands alone.
         * @param prompt what is asked
         * @param timeout how long it may take; may be null
         * @return a question */
        public static Question of(String prompt, Duration timeout) {
            return new Question(prompt, timeout, "", "", null, 0);
        }
    }

    /** Hears what happens on the way to an answer, one thing at a time. Must not block. */
    @ConsumerType
    interface Listener {
        /** A skill call ended, or waits for a person.
         * @param step what was done */
        default void onStep(Step step) {}

        /** The model said something. What it says before it calls skills comes here too.
         * @param text a piece of it */
        default void onText(String text) {}
    }

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
     * @param tool {@code skill.tool}; {@code agent.ask} for a question to another host's agent
     * @param agent label of the agent that did it
     * @param input arguments
     * @param output result; {@code {"state": …}} if it waits for a person; null if it failed
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
