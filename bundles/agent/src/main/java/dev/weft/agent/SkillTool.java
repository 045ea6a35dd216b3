package dev.weft.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.weft.api.agent.Agent.Step;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.AgentId;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One tool within one prompt. The model gets a JSON object with {@code agent} and {@code result}, {@code part} (of a result that
 * was too long) or {@code error}: as data inside a document, so that a skill's text cannot pass for the host's words.
 */
final class SkillTool implements ToolExecutor {
    private static final ObjectReader READER =
            new JsonMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Offer offer;
    private final Ask ask;
    private final Toolbox toolbox;
    private final int longestResult;

    /** @param longestResult characters of a result at most */
    SkillTool(Offer offer, Ask ask, Toolbox toolbox, int longestResult) {
        this.longestResult = longestResult;
        this.offer = offer;
        this.ask = ask;
        this.toolbox = toolbox;
    }

    @Override
    public String execute(ToolExecutionRequest request, Object memoryId) {
        return call(request).resultText();
    }

    @Override
    public ToolExecutionResult executeWithContext(
            ToolExecutionRequest request, InvocationContext context) {
        return call(request);
    }

    private ToolExecutionResult call(ToolExecutionRequest request) {
        long start = System.nanoTime();
        ObjectNode input = arguments(request.arguments());
        if (input == null) {
            return failed(
                    start,
                    "",
                    JsonNodeFactory.instance.objectNode(),
                    "bad_arguments: the arguments must be one JSON object");
        }
        String label = input.path(offer.agentParameter()).asText("");
        input.remove(offer.agentParameter());
        AgentId target = offer.agents().get(label);
        if (target == null && !label.isEmpty()) {
            return failed(
                    start,
                    label,
                    input,
                    "agent_unknown: "
                            + label
                            + " does not offer this tool; it is offered by "
                            + String.join(", ", offer.agents().keySet()));
        }
        if (target == null && offer.bounded()) {
            target = offer.agents().values().iterator().next();
        }
        try {
            Task task = ask.run(offer.tool(), input, Optional.ofNullable(target));
            String agent = task.target() == null ? label : toolbox.label(task.target());
            String failure = Ask.failure(task);
            return failure == null
                    ? done(start, agent, input, task.result())
                    : failed(start, agent, input, failure);
        } catch (TaskException e) {
            return failed(start, label, input, e.error().code() + ": " + e.error().message());
        }
    }

    private ToolExecutionResult done(long start, String agent, ObjectNode input, JsonNode result) {
        JsonNode value = result == null ? JsonNodeFactory.instance.nullNode() : result;
        ask.record(new Step(offer.tool(), agent, input, value, null, millis(start)));
        return ToolExecutionResult.builder()
                .resultText(delimited(agent, value, longestResult).toString())
                .build();
    }

    /** A result as data: inside a document, cut where it is too long.
     * @param agent label of the host
     * @param value what came out
     * @param longest characters of it at most
     * @return JSON */
    static ObjectNode delimited(String agent, JsonNode value, int longest) {
        String text = value.toString();
        ObjectNode message = JsonNodeFactory.instance.objectNode().put("agent", agent);
        if (text.length() <= longest) {
            message.set("result", value);
        } else {
            message.put("part", text.substring(0, longest));
            message.put(
                    "note",
                    "cut: these are the first "
                            + longest
                            + " of "
                            + text.length()
                            + " characters; ask for less to see the rest");
        }
        return message;
    }

    private ToolExecutionResult failed(long start, String agent, ObjectNode input, String failure) {
        ask.record(new Step(offer.tool(), agent, input, null, failure, millis(start)));
        return ToolExecutionResult.builder()
                .isError(true)
                .resultText(error(agent, failure))
                .build();
    }

    /** What the model is told when a tool fails.
     * @param agent label of the host; may be empty
     * @param failure code and message
     * @return JSON */
    static String error(String agent, String failure) {
        ObjectNode message = JsonNodeFactory.instance.objectNode().put("agent", agent);
        message.putObject("error").put("message", failure);
        return message.toString();
    }

    static ObjectNode arguments(String json) {
        try {
            return json == null || json.isBlank()
                    ? JsonNodeFactory.instance.objectNode()
                    : READER.readTree(json) instanceof ObjectNode object ? object : null;
        } catch (JsonProcessingException notJson) {
            return null;
        }
    }

    static long millis(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
}
