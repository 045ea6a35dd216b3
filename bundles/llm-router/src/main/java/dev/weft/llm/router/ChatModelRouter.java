package dev.weft.llm.router;

import dev.langchain4j.model.catalog.ModelCatalog;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.ChatModel;
import dev.weft.api.event.Events;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.llm.Llm;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows the providers and the routes to them. A changed configuration counts at once and ends no call. */
@Component(
        service = {Llm.class, HealthCheck.class, ChatModelRouter.class},
        configurationPid = "dev.weft.llm.router")
@Designate(ocd = RouterConfig.class)
public final class ChatModelRouter implements Llm, HealthCheck {
    private static final Logger log = LoggerFactory.getLogger(ChatModelRouter.class);

    private final ProviderTable providers = new ProviderTable();
    private final UsageTable usage = new UsageTable();
    private final Routes routes;
    private final Budgets budgets;
    private final AnswerCache cache;
    private final Calls calls;
    private final Events events;

    /** Made by Declarative Services.
     * @param context tells the data folder
     * @param config routes and limits
     * @param events hears of changes */
    @Activate
    public ChatModelRouter(BundleContext context, RouterConfig config, @Reference Events events) {
        this(
                config,
                context.getProperty("weft.data") == null
                        ? null
                        : Path.of(context.getProperty("weft.data")),
                events,
                Clock.systemUTC());
    }

    ChatModelRouter(RouterConfig config, Path folder, Events events, Clock clock) {
        this.routes =
                new Routes(
                        config.routes(), folder == null ? null : folder.resolve("llm-routes.json"));
        this.budgets =
                new Budgets(
                        config.budgets(),
                        new BudgetRules(
                                folder == null ? null : folder.resolve("llm-budget-limits.json")),
                        folder == null ? null : folder.resolve("llm-budgets.json"),
                        events,
                        clock);
        this.cache =
                new AnswerCache(
                        config.cache(), folder == null ? null : folder.resolve("llm-caches.json"));
        this.events = events;
        this.calls =
                new Calls(
                        providers,
                        this::providersOf,
                        new Images(providers, this::routes),
                        budgets,
                        cache,
                        usage,
                        patience(config));
    }

    @Deactivate
    void stop() {
        budgets.close();
    }

    @Modified
    void modify(RouterConfig config) {
        routes.configure(config.routes());
        budgets.configure(config.budgets());
        cache.configure(config.cache());
        calls.patience(patience(config));
        publish();
    }

    private static Calls.Patience patience(RouterConfig config) {
        return new Calls.Patience(
                Math.max(0, config.retries()),
                Duration.ofSeconds(Math.max(0, config.wait__seconds())),
                Duration.ofSeconds(Math.max(0, config.approval__seconds())),
                Duration.ofSeconds(Math.max(1, config.stall__seconds())),
                Math.max(1, config.budget__output__tokens()));
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

    Calls calls() {
        return calls;
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
        ids.forEach(this::known);
        routes.set(route, ids);
        log.info("LLM route {} is now {}", route, String.join(", ", ids));
        publish();
    }

    @Override
    public List<String> models(String provider) {
        return known(provider).model() instanceof ModelCatalog catalog
                ? catalog.listModels().stream().map(ModelDescription::name).sorted().toList()
                : List.of();
    }

    private LeasedModel known(String id) {
        LeasedModel provider = id == null ? null : providers.snapshot().get(id);
        if (provider == null) {
            throw new IllegalArgumentException(
                    "there is no LLM provider '" + id + "'; there are: " + providers.names());
        }
        return provider;
    }

    @Override
    public Map<String, Usage> usage() {
        return usage.all();
    }

    @Override
    public List<CallRecord> recent() {
        return usage.recent();
    }

    @Override
    public List<Budget> budgets() {
        return budgets.list();
    }

    @Override
    public Budget raise(String name, long tokens, double money) {
        return budgets.raise(name, tokens, money);
    }

    @Override
    public Budget limit(String name, String per, long tokens, double money) {
        Budget limited = budgets.limit(name, per, tokens, money);
        publish();
        return limited;
    }

    @Override
    public boolean unlimit(String name) {
        boolean was = budgets.unlimit(name);
        if (was) {
            publish();
        }
        return was;
    }

    @Override
    public Map<String, Long> caches() {
        return cache.seconds();
    }

    @Override
    public void cache(String route, long seconds) {
        if (!routes().containsKey(route)) {
            throw unknown(route);
        }
        cache.set(route, seconds);
        log.info(
                "Answers of LLM route {} are {}",
                route,
                seconds == 0 ? "not cached" : "cached for " + seconds + " s");
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

    private List<String> providersOf(String route) {
        List<String> ids = routes.all().get(route);
        if (ids != null) {
            return ids;
        }
        if (!route.equals(DEFAULT_ROUTE)) {
            throw unknown(route);
        }
        return providers.defaultOrder();
    }

    private IllegalArgumentException unknown(String route) {
        return new IllegalArgumentException(
                "there is no LLM route '"
                        + route
                        + "'; there are: "
                        + String.join(", ", routes().keySet()));
    }

    private void publish() {
        events.publish(
                "llm.changed",
                Map.of("providers", providers.snapshot().keySet(), "routes", routes()));
    }
}
