package dev.weft.llm.rules;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.weft.api.llm.Llm;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Answers without a language model and without a network: it picks the tool whose words the prompt shares most, fills its
 * arguments from the prompt, and writes down what the tool returned. The same request always gets the same answer.
 */
@Component(
        service = ChatModel.class,
        property = {
            Llm.PROVIDER + "=" + RuleModel.NAME,
            Llm.TYPE + "=" + RuleModel.NAME,
            Llm.MODEL + "=" + RuleModel.NAME,
            Llm.IMAGES + ":Boolean=false"
        })
public final class RuleModel implements ChatModel {
    static final String NAME = "rules";
    private static final int SHOWN_TOOLS = 40;

    /** Handing a question to another agent needs judgement, which rules have not. */
    private static final String DELEGATION = "ask_agent";

    private static final String WHAT_I_AM =
            "I am a rule-based fallback, not a language model: I match the words of a prompt with the tools of this mesh. ";

    private final Report report = new Report();

    /** Made by Declarative Services. */
    @Activate
    public RuleModel() {}

    @Override
    public ChatResponse doChat(ChatRequest request) {
        List<ChatMessage> messages = request.messages();
        int asked = messages.size() - 1;
        while (asked >= 0 && !(messages.get(asked) instanceof UserMessage)) {
            asked--;
        }
        String words = asked < 0 ? "" : text((UserMessage) messages.get(asked));
        List<ToolExecutionResultMessage> results =
                messages.subList(asked + 1, messages.size()).stream()
                        .filter(ToolExecutionResultMessage.class::isInstance)
                        .map(ToolExecutionResultMessage.class::cast)
                        .toList();
        List<ToolSpecification> tools =
                request.toolSpecifications() == null
                        ? List.of()
                        : request.toolSpecifications().stream()
                                .filter(tool -> !tool.name().equals(DELEGATION))
                                .toList();
        AiMessage answer =
                results.isEmpty()
                        ? decide(words, tools)
                        : AiMessage.from(report.write(results, words));
        return ChatResponse.builder()
                .aiMessage(answer)
                .modelName(NAME)
                .finishReason(
                        answer.hasToolExecutionRequests()
                                ? FinishReason.TOOL_EXECUTION
                                : FinishReason.STOP)
                .build();
    }

    private static AiMessage decide(String words, List<ToolSpecification> tools) {
        Prompt prompt = Prompt.of(words);
        Choice choice = new Choice(tools);
        return choice.best(prompt)
                .map(tool -> use(tool, prompt, choice.vocabulary()))
                .orElseGet(
                        () ->
                                AiMessage.from(
                                        WHAT_I_AM + "No tool fits this prompt. " + offer(tools)));
    }

    private static AiMessage use(ToolSpecification tool, Prompt prompt, Set<String> vocabulary) {
        List<String> agents = List.of();
        if (Arguments.agents(tool).isPresent()) {
            List<String> offering = Arguments.agents(tool).get().values();
            agents = prompt.everywhere() ? offering : prompt.named(offering);
            Set<String> strangers = agents.isEmpty() ? prompt.places(vocabulary) : Set.of();
            if (!strangers.isEmpty()) {
                return AiMessage.from(
                        WHAT_I_AM
                                + "The tool that fits is "
                                + tool.name()
                                + ", but it is not offered on "
                                + String.join(", ", strangers)
                                + ". It is offered on: "
                                + String.join(", ", offering)
                                + ".");
            }
        }
        Arguments.Filled filled = Arguments.fill(tool, prompt);
        if (!filled.missing().isEmpty()) {
            return AiMessage.from(
                    WHAT_I_AM
                            + "The tool that fits is "
                            + tool.name()
                            + ", but the prompt does not give "
                            + String.join(", ", filled.missing())
                            + ". Add for instance: "
                            + filled.missing().stream()
                                    .map(name -> name + "=\"…\"")
                                    .collect(Collectors.joining(" ")));
        }
        List<ToolExecutionRequest> calls = new ArrayList<>();
        if (agents.isEmpty()) {
            calls.add(call(tool, filled.arguments(), 1));
        }
        for (String agent : agents) {
            ObjectNode arguments = filled.arguments().deepCopy();
            arguments.put(Arguments.agents(tool).get().parameter(), agent);
            calls.add(call(tool, arguments, calls.size() + 1));
        }
        return AiMessage.from(calls);
    }

    private static ToolExecutionRequest call(
            ToolSpecification tool, ObjectNode arguments, int number) {
        return ToolExecutionRequest.builder()
                .id("call-" + number)
                .name(tool.name())
                .arguments(arguments.toString())
                .build();
    }

    private static String offer(List<ToolSpecification> tools) {
        if (tools.isEmpty()) {
            return "There are no tools now: install a skill, or set up a language model.";
        }
        String list =
                tools.stream()
                        .sorted((one, other) -> one.name().compareTo(other.name()))
                        .limit(SHOWN_TOOLS)
                        .map(
                                tool ->
                                        "- "
                                                + tool.name()
                                                + ": "
                                                + (tool.description() == null
                                                        ? ""
                                                        : tool.description()
                                                                .lines()
                                                                .findFirst()
                                                                .orElse("")))
                        .collect(Collectors.joining("\n"));
        return "What I can use:\n"
                + list
                + (tools.size() > SHOWN_TOOLS
                        ? "\n… and " + (tools.size() - SHOWN_TOOLS) + " more"
                        : "")
                + "\nSay it in the words of a tool, or set up a language model.";
    }

    private static String text(UserMessage message) {
        return message.contents().stream()
                .filter(TextContent.class::isInstance)
                .map(content -> ((TextContent) content).text())
                .collect(Collectors.joining("\n"));
    }
}
