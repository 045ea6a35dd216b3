package dev.weft.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.weft.api.agent.Agent.Step;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.task.Trace;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The tool that hands a part of the question to another host's agent, which has its own model, instructions and skills. */
final class PeerAgents implements ToolExecutor {
    static final String NAME = "ask_agent";
    private static final String STEP = "agent.ask";

    /** Agents that ask agents that ask agents: no further. */
    static final int DEEPEST = 3;

    private final Mesh mesh;
    private final Ask ask;
    private final Map<String, AgentId> agents;
    private final int longestResult;

    PeerAgents(Mesh mesh, Ask ask, Map<String, AgentId> agents, int longestResult) {
        this.mesh = mesh;
        this.ask = ask;
        this.agents = agents;
        this.longestResult = longestResult;
    }

    ToolSpecification specification() {
        return ToolSpecification.builder()
                .name(NAME)
                .description(
                        "Hands a task to the agent of another host, which plans and answers by itself. Prefer a tool if one does it; use this for work that needs judgement there.")
                .parameters(
                        JsonObjectSchema.builder()
                                .addEnumProperty(
                                        "agent",
                                        List.copyOf(agents.keySet()),
                                        "the host that is asked")
                                .addStringProperty(
                                        "prompt",
                                        "what it shall do; it knows nothing of this conversation")
                                .required("agent", "prompt")
                                .build())
                .build();
    }

    @Override
    public String execute(ToolExecutionRequest request, Object memoryId) {
        long start = System.nanoTime();
        ObjectNode input = SkillTool.arguments(request.arguments());
        String label = input == null ? "" : input.path("agent").asText("");
        String prompt = input == null ? "" : input.path("prompt").asText("");
        AgentId target = agents.get(label);
        if (target == null || prompt.isBlank()) {
            return failed(
                    start,
                    label,
                    input,
                    "bad_arguments: agent must be one of "
                            + String.join(", ", agents.keySet())
                            + ", prompt must not be empty");
        }
        ask.check();
        Trace.Part part = ask.handOn(target);
        CompletableFuture<MeshMessage> asked =
                mesh.request(
                        target,
                        MeshMessage.AGENT_PROMPT,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("message", prompt)
                                .put("depth", ask.depth() + 1)
                                .put("timeout_ms", Math.max(1, ask.left().toMillis()))
                                .put("traceparent", ask.traceparent())
                                .put("key", ask.key(STEP, input, target.value())),
                        ask.left(),
                        null);
        asked.whenComplete(
                (answer, failure) ->
                        part.end(failure == null && !answer.payload().hasNonNull("error")));
        try {
            JsonNode answer =
                    asked.get(Math.max(1, ask.left().toNanos()), TimeUnit.NANOSECONDS).payload();
            if (answer.hasNonNull("error")) {
                return failed(
                        start,
                        label,
                        input,
                        answer.path("code").asText("agent_failed")
                                + ": "
                                + answer.path("error").asText());
            }
            ObjectNode result =
                    JsonNodeFactory.instance.objectNode().put("text", answer.path("text").asText());
            ask.record(new Step(STEP, label, input, result, null, SkillTool.millis(start)));
            return SkillTool.delimited(label, result, longestResult).toString();
        } catch (InterruptedException e) {
            asked.cancel(false);
            Thread.currentThread().interrupt();
            return failed(start, label, input, "canceled: the prompt was given up");
        } catch (TimeoutException e) {
            asked.cancel(false);
            return failed(
                    start, label, input, "deadline_exceeded: " + label + " did not answer in time");
        } catch (ExecutionException e) {
            return failed(start, label, input, "unreachable: " + e.getCause().getMessage());
        }
    }

    private String failed(long start, String label, JsonNode input, String failure) {
        ask.record(
                new Step(
                        STEP,
                        label,
                        input == null ? JsonNodeFactory.instance.objectNode() : input,
                        null,
                        failure,
                        SkillTool.millis(start)));
        return SkillTool.error(label, failure);
    }
}
