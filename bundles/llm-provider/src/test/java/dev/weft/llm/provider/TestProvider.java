package dev.weft.llm.provider;

import dev.langchain4j.model.catalog.ModelCatalog;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.weft.api.health.HealthCheck;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A provider without a framework: what it registers is at hand. */
public final class TestProvider implements AutoCloseable {
    /**
     * A registered service.
     *
     * @param object the service
     * @param properties its properties
     */
    public record Service(Object object, Map<String, Object> properties) {}

    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Service> services = new CopyOnWriteArrayList<>();
    private final Provider provider;

    /** Starts it.
     * @param kind what it is
     * @param values configuration by key; what is missing has its default
     * @param environment looks variables up */
    public TestProvider(Kind kind, Map<String, Object> values, UnaryOperator<String> environment) {
        this.provider = new Provider(context(), kind, blocking, timer, config(values), environment);
    }

    /** Gives it another configuration.
     * @param values by key */
    public void modify(Map<String, Object> values) {
        provider.modify(config(values));
    }

    /** The model.
     * @return the newest */
    public ChatModel chat() {
        return (ChatModel) model().object();
    }

    /** The model.
     * @return the newest */
    public StreamingChatModel streaming() {
        return (StreamingChatModel) model().object();
    }

    /** The list of models.
     * @return the newest */
    public ModelCatalog catalog() {
        return (ModelCatalog) model().object();
    }

    /** The model's service.
     * @return the newest */
    public Service model() {
        return models().get(models().size() - 1);
    }

    /** Every model that is registered now.
     * @return oldest first */
    public List<Service> models() {
        return services.stream().filter(service -> service.object() instanceof ChatModel).toList();
    }

    /** Its health.
     * @return the check */
    public HealthCheck health() {
        return services.stream()
                .map(Service::object)
                .filter(HealthCheck.class::isInstance)
                .map(HealthCheck.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        provider.close();
        blocking.shutdownNow();
        timer.shutdownNow();
    }

    private static ProviderConfig config(Map<String, Object> values) {
        return (ProviderConfig)
                Proxy.newProxyInstance(
                        TestProvider.class.getClassLoader(),
                        new Class<?>[] {ProviderConfig.class},
                        (proxy, method, arguments) ->
                                values.getOrDefault(
                                        method.getName().replace("__", "_"),
                                        method.getDefaultValue()));
    }

    private BundleContext context() {
        return (BundleContext)
                Proxy.newProxyInstance(
                        TestProvider.class.getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, arguments) -> {
                            if (!method.getName().equals("registerService")) {
                                throw new UnsupportedOperationException(method.toString());
                            }
                            Service service =
                                    new Service(arguments[1], map((Dictionary<?, ?>) arguments[2]));
                            services.add(service);
                            return Proxy.newProxyInstance(
                                    TestProvider.class.getClassLoader(),
                                    new Class<?>[] {ServiceRegistration.class},
                                    (self, call, none) -> {
                                        services.remove(service);
                                        return null;
                                    });
                        });
    }

    private static Map<String, Object> map(Dictionary<?, ?> properties) {
        Map<String, Object> map = new HashMap<>();
        if (properties != null) {
            for (Enumeration<?> keys = properties.keys(); keys.hasMoreElements(); ) {
                Object key = keys.nextElement();
                map.put(key.toString(), properties.get(key));
            }
        }
        return map;
    }
}
