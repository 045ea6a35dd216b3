package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.SkillCard.ToolCard;
import dev.weft.skill.TaskContext;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code @Tool} method, ready to be called: handle, readers and schema are made once.
 *
 * @param call {@code skill.tool}, for errors
 * @param card what others see of it
 * @param handle bound to the service; takes an {@code Object[]}
 * @param parameters in the method's order
 * @param kind how the result becomes JSON
 * @param mapper the skill's own
 * @param loader the skill's class loader
 */
record ToolMethod(
        String call,
        ToolCard card,
        MethodHandle handle,
        List<Parameter> parameters,
        ResultReader.Kind kind,
        ObjectMapper mapper,
        ClassLoader loader) {
    private static final Logger LOG = LoggerFactory.getLogger(ToolMethod.class);

    /** Checks and reads the arguments.
     * @param input may be null, as good as none
     * @return one value a parameter; the context's place is empty
     * @throws TaskException code {@code bad_arguments} */
    Object[] arguments(JsonNode input) {
        JsonNode given =
                input == null || input.isNull() || input.isMissingNode()
                        ? JsonNodeFactory.instance.objectNode()
                        : input;
        if (!given.isObject()) {
            throw new TaskException(
                    "bad_arguments",
                    call
                            + ": the arguments must be an object with a member each, got "
                            + Arguments.shown(given));
        }
        List<String> problems = Arguments.problems(card.schema(), given);
        if (!problems.isEmpty()) {
            throw new TaskException("bad_arguments", call + ": " + String.join("; ", problems));
        }
        Object[] values = new Object[parameters.size()];
        for (int i = 0; i < values.length; i++) {
            Parameter parameter = parameters.get(i);
            values[i] = parameter == Parameter.CONTEXT ? null : parameter.read(call, given);
        }
        return values;
    }

    /** Calls the method on this thread and waits for what it promises.
     * @throws TaskException codes {@code skill_failed}, {@code deadline_exceeded}
     * @throws InterruptedException if the thread was interrupted */
    JsonNode run(Object[] arguments, TaskContext context) throws InterruptedException {
        for (int i = 0; i < arguments.length; i++) {
            if (parameters.get(i) == Parameter.CONTEXT) {
                arguments[i] = context;
            }
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Object result = handle.invokeExact(arguments);
            if (result instanceof CompletionStage<?> stage) {
                result = await(stage, context.deadline());
            } else if (result instanceof Flow.Publisher<?> publisher) {
                StreamedResult pieces = new StreamedResult(kind, this::json, context);
                publisher.subscribe(pieces);
                result = await(pieces.whole(), context.deadline());
            }
            return kind == ResultReader.Kind.NOTHING
                    ? JsonNodeFactory.instance.objectNode()
                    : json(result);
        } catch (InterruptedException | TaskException e) {
            throw e;
        } catch (Throwable e) {
            throw failed(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Object await(CompletionStage<?> stage, Instant deadline) throws Throwable {
        CompletableFuture<?> future = stage.toCompletableFuture();
        try {
            return future.get(
                    Math.max(0, Duration.between(Instant.now(), deadline).toMillis()),
                    TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() == null ? e : e.getCause();
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new TaskException("deadline_exceeded", call + " was not done by its deadline", e);
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    private JsonNode json(Object result) {
        if (result instanceof JsonNode node) {
            return node;
        }
        try {
            JsonNode node = mapper.valueToTree(result);
            return node == null ? JsonNodeFactory.instance.nullNode() : node;
        } catch (IllegalArgumentException | StackOverflowError e) {
            throw new TaskException(
                    "skill_failed",
                    call + " failed: its result cannot be written as JSON: " + oneLine(e),
                    e);
        }
    }

    private TaskException failed(Throwable cause) {
        if (cause instanceof Error) {
            LOG.warn("{} failed with {}", call, cause.toString(), cause);
        } else {
            LOG.debug("{} failed", call, cause);
        }
        return new TaskException("skill_failed", call + " failed: " + oneLine(cause), cause);
    }

    private static String oneLine(Throwable cause) {
        String message = cause.getMessage();
        if (message == null || message.isBlank() || cause instanceof LinkageError) {
            message =
                    cause.getClass().getSimpleName()
                            + (message == null || message.isBlank() ? "" : ": " + message);
        }
        String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
        return line.length() > 1000 ? line.substring(0, 1000) + "…" : line;
    }
}
