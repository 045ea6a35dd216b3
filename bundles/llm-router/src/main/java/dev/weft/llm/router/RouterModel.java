package dev.weft.llm.router;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.skill.Skills;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import org.slf4j.MDC;

/**
 * The chat model that everyone injects. A request whose model name is {@code route:NAME} takes that route; any other takes the
 * default one. Each bundle has its own instance, so what a call costs is put down to the skill that made it, whatever it says. Of a bundle
 * with several skills it is the one that runs on this thread.
 */
@Component(
        service = {ChatModel.class, StreamingChatModel.class},
        scope = ServiceScope.BUNDLE,
        property = Constants.SERVICE_RANKING + ":Integer=1000")
public final class RouterModel implements ChatModel, StreamingChatModel {
    private static final String SKILL = "weft.skill";
    private static final String AGENT = "dev.weft.agent";

    private final ChatModelRouter router;
    private final String caller;
    private final Set<String> skills;
    private final Executor blocking;

    /** Made by Declarative Services.
     * @param context tells who uses it
     * @param router carries calls out
     * @param identity this host
     * @param blocking streams run on it */
    @Activate
    public RouterModel(
            ComponentContext context,
            @Reference ChatModelRouter router,
            @Reference HostIdentity identity,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking) {
        this(
                router,
                caller(context.getUsingBundle(), identity.name()),
                Set.copyOf(skills(context.getUsingBundle())),
                blocking);
    }

    /** A model.
     * @param caller who calls if none of the skills does
     * @param skills of the bundle that calls */
    RouterModel(ChatModelRouter router, String caller, Set<String> skills, Executor blocking) {
        this.router = router;
        this.caller = caller;
        this.skills = skills;
        this.blocking = blocking;
    }

    private static List<String> skills(Bundle bundle) {
        BundleRevision revision = bundle == null ? null : bundle.adapt(BundleRevision.class);
        return revision == null
                ? List.of()
                : revision.getDeclaredCapabilities(SKILL).stream()
                        .map(skill -> skill.getAttributes().get(SKILL))
                        .filter(Objects::nonNull)
                        .map(Object::toString)
                        .toList();
    }

    private static String caller(Bundle bundle, String host) {
        if (bundle == null) {
            return "bundle:unknown";
        }
        if (AGENT.equals(bundle.getSymbolicName())) {
            return "agent:" + host;
        }
        List<String> skills = skills(bundle);
        return skills.isEmpty() ? "bundle:" + bundle.getSymbolicName() : "skill:" + skills.get(0);
    }

    /** Who calls now: the runtime says which skill runs, and it counts only if it is one of the bundle's own. */
    private String caller() {
        String running = skills.size() > 1 ? MDC.get(Skills.LOG_KEY) : null;
        return running != null && skills.contains(running) ? "skill:" + running : caller;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return router.calls().chat(caller(), request);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        String who = caller();
        try {
            blocking.execute(
                    () -> {
                        ChatResponse response;
                        try {
                            response = router.calls().stream(who, request, handler);
                        } catch (RuntimeException | LinkageError e) {
                            handler.onError(e);
                            return;
                        }
                        handler.onCompleteResponse(response);
                    });
        } catch (RejectedExecutionException full) {
            handler.onError(
                    new IllegalStateException("this host does too much at once; ask again", full));
        }
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return ChatRequestParameters.builder().build();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return List.of();
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of();
    }
}
