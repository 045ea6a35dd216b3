package dev.weft.llm.router;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.event.Events;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.llm.Llm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chat model that everyone injects. It asks the providers of a route one after another until one answers. A request whose
 * model name is {@code route:NAME} takes that route; any other takes {@link Llm#DEFAULT_ROUTE}.
 */
@Component(
        service = {ChatModel.class, Llm.class, HealthCheck.class},
        configurationPid = "dev.weft.llm.router",
        property = Constants.SERVICE_RANKING + ":Integer=1000")
@Designate(ocd = ChatModelRouter.Config.class)
public final class ChatModelRouter implements ChatModel, Llm, HealthCheck {
    /** Configuration. */
    @ObjectClassDefinition(name = "Weft LLM router")
    public @interface Config {
        /** Routes; those set by {@code weft llm use} win.
         * @return lines route=provider,provider */
        @AttributeDefinition(
                description =
                        "route=provider,provider; the route default is taken when none is named. Empty: every provider by id, rules last")
        String[] routes() default {};
    }

    private static final Logger log = LoggerFactory.getLogger(ChatModelRouter.class);
    private static final String ROUTE_PREFIX = "route:";

    private final ProviderTable providers = new ProviderTable();
    private final Routes routes;
    private final Events events;

    /** Made by Declarative Services.
     * @param context tells the data folder
     * @param config routes
     * @param events hears of changes */
    @Activate
    public ChatModelRouter(BundleContext context, Config config, @Reference Events events) {
        this(
                config.routes(),
                context.getProperty("weft.data") == null
                        ? null
                        : Path.of(context.getProperty("weft.data"), "llm-routes.json"),
                events);
    }

    ChatModelRouter(String[] configured, Path file, Events events) {
        this.routes = new Routes(configured, file);
        this.events = events;
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            target = "(" + Llm.PROVIDER + "=*)")
    void addProvider(ServiceReference<ChatModel> reference, ChatModel model) {
        LeasedModel provider = providers.add(reference, model);
        log.info("LLM provider {} is here", provider.id());
        publish();
    }

    void removeProvider(ServiceReference<ChatModel> reference) {
        LeasedModel provider = providers.remove(reference);
        if (provider != null) {
            int running = provider.leave();
            log.info(
                    "LLM provider {} left{}",
                    provider.id(),
                    running == 0 ? "" : "; calls that still run there: " + running);
            publish();
        }
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        String name = request.modelName();
        boolean routed = name != null && name.startsWith(ROUTE_PREFIX);
        String route = routed ? name.substring(ROUTE_PREFIX.length()) : DEFAULT_ROUTE;
        ChatRequest forwarded = routed ? withoutModelName(request) : request;
        List<String> reasons = new ArrayList<>();
        List<Throwable> causes = new ArrayList<>();
        Set<String> tried = new HashSet<>();
        // The route is read anew before each try, so that a call that began before a swap finds its
        // way after it.
        for (String id = next(route, tried); id != null; id = next(route, tried)) {
            LeasedModel provider = providers.lease(id);
            if (provider == null) {
                reasons.add(id + ": is not here");
                continue;
            }
            try {
                return provider.chat(forwarded);
            } catch (RuntimeException | LinkageError e) {
                if (Failures.isInterrupted(e)) {
                    throw e;
                }
                reasons.add(id + ": " + Failures.describe(e));
                causes.add(e);
                log.warn("LLM provider {} failed on route {}: {}", id, route, Failures.describe(e));
            }
        }
        throw exhausted(route, reasons, causes);
    }

    @Override
    public List<Provider> providers() {
        return providers.snapshot().values().stream().map(LeasedModel::describe).toList();
    }

    @Override
    public Map<String, List<String>> routes() {
        Map<String, List<String>> all = new TreeMap<>(routes.all());
        all.computeIfAbsent(DEFAULT_ROUTE, absent -> providers.defaultOrder());
        return all;
    }

    @Override
    public void use(String route, List<String> ids) {
        if (!Routes.isName(route)) {
            throw new IllegalArgumentException(
                    "a route's name must be 1 to 64 characters [a-z0-9][a-z0-9._-]*");
        }
        if (ids == null || ids.isEmpty()) {
            throw new IllegalArgumentException(
                    "route "
                            + route
                            + " needs at least one provider; there are: "
                            + providers.names());
        }
        for (String id : ids) {
            if (id == null || !providers.snapshot().containsKey(id)) {
                throw new IllegalArgumentException(
                        "there is no LLM provider '" + id + "'; there are: " + providers.names());
            }
        }
        routes.set(route, ids);
        log.info("LLM route {} is now {}", route, String.join(", ", ids));
        publish();
    }

    @Override
    public String name() {
        return "llm";
    }

    @Override
    public Status check() {
        List<String> ids = routes().get(DEFAULT_ROUTE);
        Map<String, LeasedModel> here = providers.snapshot();
        if (ids.stream().noneMatch(here::containsKey)) {
            return Status.warning(
                    "no provider of the route default is here ("
                            + String.join(", ", ids)
                            + "); there are: "
                            + providers.names()
                            + ". Point the route at one of them or configure a provider");
        }
        String first = ids.get(0);
        if (!here.containsKey(first)) {
            return Status.warning(
                    "the first provider of the route default, "
                            + first
                            + ", is not here; another one answers in its place");
        }
        return here.get(first).isFailing()
                ? Status.warning(first + " failed: " + here.get(first).describe().lastError())
                : Status.OK;
    }

    private String next(String route, Set<String> tried) {
        return providersOf(route).stream().filter(tried::add).findFirst().orElse(null);
    }

    private List<String> providersOf(String route) {
        List<String> ids = routes.all().get(route);
        if (ids != null) {
            return ids;
        }
        if (!route.equals(DEFAULT_ROUTE)) {
            throw new IllegalArgumentException(
                    "there is no LLM route '"
                            + route
                            + "'; there are: "
                            + String.join(", ", routes().keySet()));
        }
        return providers.defaultOrder();
    }

    private IllegalStateException exhausted(
            String route, List<String> reasons, List<Throwable> causes) {
        String why =
                reasons.isEmpty()
                        ? "there is no LLM provider"
                        : "no LLM provider answered on route "
                                + route
                                + " ("
                                + String.join("; ", reasons)
                                + ")";
        IllegalStateException failure =
                new IllegalStateException(
                        why + ". Providers here: " + providers.names(),
                        causes.isEmpty() ? null : causes.get(0));
        causes.stream().skip(1).forEach(failure::addSuppressed);
        return failure;
    }

    private static ChatRequest withoutModelName(ChatRequest request) {
        ChatRequestParameters parameters =
                ChatRequestParameters.builder()
                        .overrideWith(request.parameters())
                        .modelName(null)
                        .build();
        return ChatRequest.builder().messages(request.messages()).parameters(parameters).build();
    }

    private void publish() {
        events.publish(
                "llm.changed",
                Map.of("providers", providers.snapshot().keySet(), "routes", routes()));
    }
}
