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
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * The chat model that everyone injects. A request whose model name is {@code route:NAME} takes that route; any other takes the
 * default one. Each bundle has its own instance, so what a call costs is put down to the skill that made it, whatever it says.
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
        this(router, caller(context.getUsingBundle(), identity.name()), blocking);
    }

    RouterModel(ChatModelRouter router, String caller, Executor blocking) {
        this.router = router;
        this.caller = caller;
        this.blocking = blocking;
    }

    private static String caller(Bundle bundle, String host) {
        if (bundle == null) {
            return "bundle:unknown";
        }
        if (AGENT.equals(bundle.getSymbolicName())) {
            return "agent:" + host;
        }
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        List<BundleCapability> skills =
                revision == null ? List.of() : revision.getDeclaredCapabilities(SKILL);
        Object skill = skills.isEmpty() ? null : skills.get(0).getAttributes().get(SKILL);
        return skill == null ? "bundle:" + bundle.getSymbolicName() : "skill:" + skill;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return router.calls().chat(caller, request);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        try {
            blocking.execute(
                    () -> {
                        ChatResponse response;
                        try {
                            response = router.calls().stream(caller, request, handler);
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
