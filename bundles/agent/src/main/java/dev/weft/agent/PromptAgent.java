package dev.weft.agent;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.tool.ToolProviderResult;
import dev.weft.api.agent.Agent;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.llm.Llm;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.Tasks;
import dev.weft.api.task.Trace;
import dev.weft.protocol.AgentId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.framework.BundleContext;
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

        /** How much the model is shown of a conversation.
         * @return tokens, roughly: four characters are one */
        @AttributeDefinition(min = "1000")
        int context__window() default 32768;

        /** How many tools the model is shown; the most relevant if there are more.
         * @return at most so many */
        @AttributeDefinition(min = "1", max = "128")
        int max__tools() default 40;
    }

    private static final int LONGEST_PROMPT = 64 << 10;
    private static final int LONGEST_KEY = 128;
    private static final int LONGEST_RESULT = 32 << 10;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final Running running;
    private final HostIdentity identity;
    private final Tasks tasks;
    private final Watch watch;
    private final Toolbox toolbox;
    private final Instructions instructions;
    private final int maxTurns;
    private final int maxTools;
    private final int contextWindow;
    private final int longestResult;
    private final Duration defaultTimeout;
    private final Executor callers;
    private final Conversations conversations;
    private final Decisions decisions;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Mesh mesh;

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
     * @param events tells of tasks that wait for a person
     * @param blocking what prompts run on
     * @param timer watches deadlines
     * @param context tells the data folder
     * @param config prompt and limits */
    @Activate
    public PromptAgent(
            @Reference HostIdentity identity,
            @Reference Skills skills,
            @Reference AgentDirectory directory,
            @Reference Tasks tasks,
            @Reference Events events,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            BundleContext context,
            Config config) {
        String data = context.getProperty("weft.data");
        this.conversations =
                new Conversations(data == null ? null : Path.of(data, "conversations"));
        this.decisions = new Decisions(data == null ? null : Path.of(data, "agent-decisions"));
        this.maxTools = Math.max(1, Math.min(128, config.max__tools()));
        this.contextWindow = Math.max(1000, config.context__window());
        this.longestResult = Math.min(LONGEST_RESULT, contextWindow);
        this.identity = identity;
        this.tasks = tasks;
        this.watch = new Watch(events);
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

    void use(Mesh peers) {
        this.mesh = peers;
    }

    void use(ChatModel chatModel) {
        this.model = chatModel;
    }

    @Override
    public CompletableFuture<Answer> ask(Question question, Listener listener) {
        Duration time =
                question.timeout() == null
                        ? defaultTimeout
                        : question.timeout().compareTo(LONGEST) > 0 ? LONGEST : question.timeout();
        ChatModel current = model;
        Optional<TaskException> refusal = refusal(question, time, current);
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        // On behalf of a peer its own permissions count, and nothing is handed back to it.
        AgentId source = question.caller() == null ? identity.agentId() : question.caller();
        Ask ask = new Ask(tasks, watch, source, time, question, listener);
        CompletableFuture<Answer> asked =
                question.key().isEmpty()
                        ? running.start(ask, time, () -> answer(current, ask, question))
                        : running.once(
                                source.value() + "\n" + question.key(),
                                ask,
                                time,
                                () -> answer(current, ask, question));
        if (question.caller() != null) {
            Trace.Part part = tasks.part(question.traceparent(), source, false);
            asked.whenComplete((answer, failure) -> part.end(failure == null));
        }
        return asked;
    }

    @Override
    public boolean forget(String conversation) {
        return conversations.forget(conversation);
    }

    private static Optional<TaskException> refusal(
            Question question, Duration time, ChatModel current) {
        String prompt = question.prompt();
        if (prompt == null || prompt.isBlank()) {
            return Optional.of(new TaskException("bad_arguments", "the prompt is empty"));
        }
        if (prompt.length() > LONGEST_PROMPT) {
            return Optional.of(
                    new TaskException(
                            "bad_arguments",
                            "the prompt has "
                                    + prompt.length()
                                    + " characters; at most "
                                    + LONGEST_PROMPT
                                    + " are allowed"));
        }
        if (question.key().length() > LONGEST_KEY) {
            return Optional.of(
                    new TaskException(
                            "bad_arguments",
                            "the key of a question has at most " + LONGEST_KEY + " characters"));
        }
        if (time.isNegative() || time.isZero()) {
            return Optional.of(
                    new TaskException("bad_arguments", "the timeout must be more than 0 s"));
        }
        if (question.depth() > PeerAgents.DEEPEST) {
            return Optional.of(
                    new TaskException(
                            "too_deep",
                            "more than "
                                    + PeerAgents.DEEPEST
                                    + " agents handed this question on; ask directly"));
        }
        return current != null
                ? Optional.empty()
                : Optional.of(
                        new TaskException(
                                "no_model",
                                "this host has no chat model; start the bundles dev.weft.llm.router and dev.weft.llm.rules, or another provider"));
    }

    private Answer answer(ChatModel current, Ask ask, Question question) {
        String name = question.conversation();
        if (name.isEmpty()) {
            return answer(current, ask, question, new Window(List.of(), contextWindow));
        }
        Window window = new Window(conversations.open(name), contextWindow);
        try {
            Answer answer = answer(current, ask, question, window);
            conversations.keep(name, window.messages());
            return answer;
        } finally {
            conversations.close(name);
        }
    }

    private Answer answer(ChatModel current, Ask ask, Question question, Window window) {
        Map<String, Offer> all = toolbox.offers(Scope.of(question));
        Map<String, Offer> offers = Relevance.choose(asked(window, question), all, maxTools);
        String system = instructions.text();
        Decisions.Said said =
                decisions.of(ask.source(), question.key(), Instant.now().plus(ask.left()));
        Conversation conversation =
                AiServices.builder(Conversation.class)
                        .chatModel(new Turns(current, ask, route(question), maxTurns, said))
                        .chatMemory(window)
                        .systemMessageProvider(memoryId -> "-")
                        .systemMessageTransformer(
                                template ->
                                        system) // not as a template: AGENT.md may hold {{braces}}
                        .toolProvider(request -> tools(offers, ask, question))
                        .executeToolsConcurrently(callers)
                        .maxToolCallingRoundTrips(maxTurns + 1)
                        .hallucinatedToolNameStrategy(request -> unknownTool(request, offers, ask))
                        .build();
        Result<String> result = conversation.answer(contents(question));
        String text = result.content() == null ? "" : result.content();
        String modelName =
                result.finalResponse() == null ? null : result.finalResponse().modelName();
        return new Answer(text, modelName == null ? "unknown" : modelName, ask.steps());
    }

    private static List<Content> contents(Question question) {
        List<Content> contents = new ArrayList<>();
        contents.add(TextContent.from(question.prompt()));
        question.images()
                .forEach(
                        image ->
                                contents.add(ImageContent.from(image.base64(), image.mediaType())));
        return contents;
    }

    private ToolProviderResult tools(Map<String, Offer> offers, Ask ask, Question question) {
        ToolProviderResult.Builder result = ToolProviderResult.builder();
        offers.values()
                .forEach(
                        offer ->
                                result.add(
                                        offer.specification(),
                                        new SkillTool(offer, ask, toolbox, longestResult)));
        Mesh peers = mesh;
        Map<String, AgentId> agents =
                peers == null || ask.depth() >= PeerAgents.DEEPEST
                        ? new LinkedHashMap<>()
                        : new LinkedHashMap<>(toolbox.agents());
        agents.values().removeIf(agent -> agent.equals(question.caller())); // never back
        Scope scope = Scope.of(question);
        agents.entrySet().removeIf(agent -> !scope.allows(agent.getKey(), agent.getValue()));
        if (!agents.isEmpty() && !offers.containsKey(PeerAgents.NAME)) {
            PeerAgents delegation = new PeerAgents(peers, ask, agents, longestResult);
            result.add(delegation.specification(), delegation);
        }
        return result.build();
    }

    /** The way that the router takes, and on whose budget. */
    private static String route(Question question) {
        String route = question.route().isEmpty() ? Llm.DEFAULT_ROUTE : question.route();
        if (question.caller() != null) {
            return "route:" + route + ";for=" + question.caller().value();
        }
        return question.route().isEmpty() ? "" : "route:" + route;
    }

    private static String asked(Window window, Question question) {
        StringBuilder asked = new StringBuilder(question.prompt());
        window.messages().stream()
                .filter(UserMessage.class::isInstance)
                .map(message -> (UserMessage) message)
                .filter(UserMessage::hasSingleText)
                .forEach(message -> asked.append(' ').append(message.singleText()));
        return asked.toString();
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
