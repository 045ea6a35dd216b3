package dev.weft.agent;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderResult;
import dev.weft.api.agent.Agent;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Answers prompts: LangChain4j lets the model choose among the tools of the mesh, each call is a task of the engine. */
@Component(service = Agent.class, configurationPid = "dev.weft.agent")
@Designate(ocd = PromptAgent.Config.class)
public final class PromptAgent implements Agent {
    /** Configuration. A double underscore in a name is one underscore in the key. */
    @ObjectClassDefinition(name = "Weft agent")
    public @interface Config {
        /** What the model is told besides the base.
         * @return text */
        String prompt() default "";

        /** AGENT.md.
         * @return path of a file that is appended to the prompt; read for each prompt */
        String prompt__file() default "";

        /** How often the model is asked for one prompt.
         * @return at most so many times */
        @AttributeDefinition(min = "1", max = "100")
        int max__turns() default 10;

        /** How long a prompt may take if its sender does not say.
         * @return seconds */
        @AttributeDefinition(min = "1", max = "86400")
        int timeout__seconds() default 120;
    }

    private static final int LONGEST_PROMPT = 64 << 10;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final Running running;
    private final HostIdentity identity;
    private final Tasks tasks;
    private final Toolbox toolbox;
    private final Instructions instructions;
    private final int maxTurns;
    private final Duration defaultTimeout;
    private final Executor callers;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            target = "(!(weft.llm.provider=*))")
    private volatile ChatModel model;

    /** Made by Declarative Services.
     * @param identity this host
     * @param skills its skills
     * @param directory the other hosts and theirs
     * @param tasks carries out tool calls
     * @param blocking what prompts run on
     * @param timer watches deadlines
     * @param config prompt and limits */
    @Activate
    public PromptAgent(
            @Reference HostIdentity identity,
            @Reference Skills skills,
            @Reference AgentDirectory directory,
            @Reference Tasks tasks,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            Config config) {
        this.identity = identity;
        this.tasks = tasks;
        this.toolbox = new Toolbox(identity, skills, directory);
        this.instructions =
                new Instructions(identity.name(), config.prompt(), config.prompt__file());
        this.maxTurns = Math.max(1, Math.min(100, config.max__turns()));
        this.defaultTimeout = Duration.ofSeconds(Math.max(1, config.timeout__seconds()));
        this.running = new Running(blocking, timer);
        this.callers =
                call -> {
                    try {
                        blocking.execute(call);
                    } catch (RejectedExecutionException full) {
                        call.run(); // the host is busy: this prompt's calls go one after another
                    }
                };
    }

    @Deactivate
    void stop() {
        running.stopAll();
    }

    void use(ChatModel chatModel) {
        this.model = chatModel;
    }

    @Override
    public CompletableFuture<Answer> ask(String prompt, Duration timeout, Consumer<Step> trace) {
        Duration time =
                timeout == null
                        ? defaultTimeout
                        : timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
        if (prompt == null || prompt.isBlank()) {
            return CompletableFuture.failedFuture(
                    new TaskException("bad_arguments", "the prompt is empty"));
        }
        if (prompt.length() > LONGEST_PROMPT) {
            return CompletableFuture.failedFuture(
                    new TaskException(
                            "bad_arguments",
                            "the prompt has "
                                    + prompt.length()
                                    + " characters; at most "
                                    + LONGEST_PROMPT
                                    + " are allowed"));
        }
        if (time.isNegative() || time.isZero()) {
            return CompletableFuture.failedFuture(
                    new TaskException("bad_arguments", "the timeout must be more than 0 s"));
        }
        ChatModel current = model;
        if (current == null) {
            return CompletableFuture.failedFuture(
                    new TaskException(
                            "no_model",
                            "this host has no chat model; start the bundles dev.weft.llm.router and dev.weft.llm.rules, or another provider"));
        }
        Ask ask = new Ask(tasks, identity.agentId(), time, trace);
        return running.start(ask, time, () -> answer(current, ask, prompt));
    }

    private Answer answer(ChatModel current, Ask ask, String prompt) {
        Map<String, Offer> offers = toolbox.offers();
        ToolProvider tools =
                request -> {
                    ToolProviderResult.Builder result = ToolProviderResult.builder();
                    offers.values()
                            .forEach(
                                    offer ->
                                            result.add(
                                                    offer.specification(),
                                                    new SkillTool(offer, ask, toolbox)));
                    return result.build();
                };
        String system = instructions.text();
        Conversation conversation =
                AiServices.builder(Conversation.class)
                        .chatModel(new Turns(current, ask, maxTurns))
                        .systemMessageProvider(memoryId -> "-")
                        .systemMessageTransformer(
                                template ->
                                        system) // not as a template: AGENT.md may hold {{braces}}
                        .toolProvider(tools)
                        .executeToolsConcurrently(callers)
                        .maxToolCallingRoundTrips(maxTurns + 1)
                        .hallucinatedToolNameStrategy(request -> unknownTool(request, offers, ask))
                        .build();
        Result<String> result = conversation.answer(List.of(TextContent.from(prompt)));
        String text = result.content() == null ? "" : result.content();
        String modelName =
                result.finalResponse() == null ? null : result.finalResponse().modelName();
        return new Answer(text, modelName == null ? "unknown" : modelName, ask.steps());
    }

    private static ToolExecutionResultMessage unknownTool(
            ToolExecutionRequest request, Map<String, Offer> offers, Ask ask) {
        String failure =
                "unknown_tool: there is no tool '"
                        + request.name()
                        + "'; there are: "
                        + (offers.isEmpty() ? "none" : String.join(", ", offers.keySet()));
        ask.record(
                new Step(
                        String.valueOf(request.name()),
                        "",
                        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode(),
                        null,
                        failure,
                        0));
        return ToolExecutionResultMessage.from(request, SkillTool.error("", failure));
    }
}
