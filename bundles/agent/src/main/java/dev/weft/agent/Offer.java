package dev.weft.agent;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.weft.protocol.AgentId;
import java.util.Map;

/**
 * A tool as the model sees it, and where it is.
 *
 * @param tool {@code skill.tool}
 * @param specification what the model is told
 * @param agentParameter name of the parameter that chooses the host
 * @param agents hosts that offer it, by label
 * @param bounded whether no other host may do it, also if the model names none
 */
record Offer(
        String tool,
        ToolSpecification specification,
        String agentParameter,
        Map<String, AgentId> agents,
        boolean bounded) {}
