package dev.weft.llm.provider;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.llm.ProviderException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configured provider: its models as a service, and its health. A changed configuration is a new model beside the old one, which
 * goes afterwards: at no moment is there none, and calls that run there end there. Thread-safe.
 */
public final class Provider implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Provider.class);

    private record Live(
            String id,
            ApiKey key,
            ProviderModel model,
            ServiceRegistration<?> registration,
            Future<?> probing) {}

    private final BundleContext context;
    private final Kind kind;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private final UnaryOperator<String> environment;
    private final ServiceRegistration<HealthCheck> health;
    private volatile Live live;
    private volatile String probed = "";

    /** Starts a provider.
     * @param context where the services are registered
     * @param kind what it is
     * @param blocking streams are read on it
     * @param timer watches deadlines
     * @param config the server
     * @throws IllegalArgumentException if the configuration is wrong; the message says what to write */
    public Provider(
            BundleContext context,
            Kind kind,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            ProviderConfig config) {
        this(context, kind, blocking, timer, config, System::getenv);
    }

    Provider(
            BundleContext context,
            Kind kind,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            ProviderConfig config,
            UnaryOperator<String> environment) {
        this.context = context;
        this.kind = kind;
        this.blocking = blocking;
        this.timer = timer;
        this.environment = environment;
        this.live = start(config);
        this.health = context.registerService(HealthCheck.class, new Health(), null);
    }

    /** Takes a new configuration: its model is there before the old one goes.
     * @param config the server
     * @throws IllegalArgumentException if it is wrong; then the old one stays */
    public synchronized void modify(ProviderConfig config) {
        Live before = live;
        live = start(config);
        retire(before);
    }

    @Override
    public synchronized void close() {
        health.unregister();
        retire(live);
    }

    private Live start(ProviderConfig config) {
        Setup setup = new Setup(kind, config);
        ApiKey key = setup.key(environment);
        Duration timeout = setup.timeout();
        ProviderHttp http =
                new ProviderHttp(setup.server(), timeout, key, kind.keyHeaders(), blocking, timer);
        Models models = kind.models().apply(setup.settings(http));
        ProviderModel model =
                new ProviderModel(setup.id(), models, key, new Reasons(setup.id(), setup.server()));
        probed = "";
        ServiceRegistration<?> registration =
                context.registerService(
                        new String[] {
                            ChatModel.class.getName(), StreamingChatModel.class.getName()
                        },
                        model,
                        new Hashtable<>(setup.properties()));
        key.problem()
                .ifPresent(
                        problem ->
                                log.warn("LLM provider {} cannot answer: {}", setup.id(), problem));
        int seconds = config.probe__seconds();
        Future<?> probing =
                seconds < 1
                        ? null
                        : timer.scheduleWithFixedDelay(
                                () -> probeSoon(key, model), 1, seconds, TimeUnit.SECONDS);
        return new Live(setup.id(), key, model, registration, probing);
    }

    private static void retire(Live live) {
        live.registration.unregister();
        if (live.probing != null) {
            live.probing.cancel(false);
        }
    }

    private void probeSoon(ApiKey key, ProviderModel model) {
        try {
            if (key.problem().isEmpty()) {
                blocking.execute(() -> probe(model));
            }
        } catch (RejectedExecutionException full) {
            log.debug("The host is too busy to see whether an LLM provider works");
        }
    }

    private void probe(ProviderModel model) {
        String problem = "";
        try {
            model.listModels();
        } catch (ProviderException e) {
            // a server without a list of models still answered
            problem = e.kind() == ProviderException.Kind.REFUSED ? "" : e.getMessage();
        } catch (RuntimeException e) {
            problem = String.valueOf(e.getMessage());
        }
        if (live != null && live.model == model) {
            probed = problem;
        }
    }

    private final class Health implements HealthCheck {
        @Override
        public String name() {
            return "llm-" + live.id;
        }

        @Override
        public Status check() {
            return live.key
                    .problem()
                    .map(Status::warning)
                    .orElseGet(() -> probed.isEmpty() ? Status.OK : Status.warning(probed));
        }
    }
}
