package dev.weft.repository;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import dev.weft.api.event.Events;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.api.repository.SkillRepository;
import dev.weft.api.repository.StatementListener;
import dev.weft.api.store.Store;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the repository of this registry, offers it as a service once it is there, and sees that its signatures do not run out. */
@Component(service = HealthCheck.class, immediate = true, configurationPid = "dev.weft.repository")
@Designate(ocd = RepositoryConfig.class)
public final class RepositoryKeeper implements HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryKeeper.class);
    private static final long LOOK_SECONDS = Duration.ofMinutes(15).toSeconds();

    /** Hosts tell each other what is new, but what is told can be lost. */
    private static final long LOOK_SHARED_SECONDS = 30;

    private final BundleContext context;
    private final RepositoryConfig config;
    private final HostIdentity identity;
    private final Events events;
    private final ExecutorService blocking;
    private final Store store;
    private final Cluster cluster;
    private final Future<?> tick;
    private final Cluster.Subscription heard;
    private final HostedRepository.News news = new Told();
    private HostedRepository repository;
    private ServiceRegistration<SkillRepository> registration;
    private boolean stopped;
    private volatile String problem = "";

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile List<StatementListener> listeners = List.of();

    /** Begins to open it.
     * @param identity names a new repository
     * @param events hears what was published and stated
     * @param store the database, of the registry if it is several hosts
     * @param cluster the other hosts of the registry
     * @param blocking opens and signs
     * @param timer says when to look
     * @param config settings
     * @param context for the data directory */
    @Activate
    public RepositoryKeeper(
            @Reference HostIdentity identity,
            @Reference Events events,
            @Reference Store store,
            @Reference Cluster cluster,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            RepositoryConfig config,
            BundleContext context) {
        this.identity = identity;
        this.events = events;
        this.blocking = blocking;
        this.config = config;
        this.context = context;
        this.store = store;
        this.cluster = cluster;
        this.heard = cluster.subscribe(SharedShelf.TOPIC, new Others());
        this.tick =
                timer.scheduleWithFixedDelay(
                        this::handOver,
                        0,
                        cluster.isShared() ? LOOK_SHARED_SECONDS : LOOK_SECONDS,
                        TimeUnit.SECONDS);
    }

    /** Takes the service back; what is under way is finished first. */
    @Deactivate
    public synchronized void stop() {
        tick.cancel(false);
        heard.close();
        stopped = true;
        if (registration != null) {
            registration.unregister();
        }
    }

    private void handOver() {
        try {
            blocking.execute(this::look);
        } catch (RejectedExecutionException e) {
            problem = "the host is too busy to look after its repository of skills";
        }
    }

    private synchronized void look() {
        if (stopped) {
            return;
        }
        try {
            if (repository == null) {
                open();
            }
            repository.renew();
            problem =
                    repository.expires().isBefore(Instant.now().plus(Duration.ofHours(12)))
                            ? "the signatures of the repository of skills end at "
                                    + repository.expires()
                                    + ": its root needs keys that are not on this host; sign a new root with weft repository root"
                            : "";
        } catch (IOException | RuntimeException e) {
            problem = "the repository of skills does not work: " + e.getMessage();
            LOG.warn("the repository of skills does not work", e);
        }
    }

    private void open() throws IOException {
        Path data = Path.of(context.getProperty("weft.data"));
        Path folder = data.resolve("repository");
        Path secret = data.resolve("keys").resolve("repository");
        HostKey.loadOrCreate(secret);
        Shelf shelf = Shelf.NONE;
        if (cluster.isShared()) {
            DataSource shared = store.open("repository", List.of(FileRows.SCHEMA));
            SharedShelf.adopt(folder, secret, shared);
            shelf = new SharedShelf(folder, shared, cluster);
        }
        String name = config.name().isEmpty() ? identity.name() : config.name();
        repository =
                new HostedRepository(
                        folder,
                        name.toLowerCase(Locale.ROOT).replace('_', '-'),
                        HostKey.loadOrCreate(secret),
                        Clock.systemUTC(),
                        config.open(),
                        Duration.ofDays(Math.min(90, Math.max(1, config.life__days()))),
                        news,
                        shelf);
        registration = context.registerService(SkillRepository.class, repository, null);
        SkillRepository.Summary summary = repository.summary();
        LOG.info(
                "repository of skills {} with {} releases, fingerprint {}",
                summary.name(),
                summary.releases(),
                summary.fingerprint());
    }

    private final class Told implements HostedRepository.News {
        @Override
        public void published(SkillRepository.Publication publication) {
            events.publish("repository.published", publication);
        }

        @Override
        public void stated(byte[] statement) {
            events.publish(
                    "repository.stated",
                    Wire.tree(new String(statement, StandardCharsets.UTF_8)).path("signed"));
            listeners.forEach(listener -> tell(listener, statement));
        }
    }

    /** What the other hosts of this registry changed is served here too. */
    private final class Others implements ClusterListener {
        @Override
        public void received(String from, String statement) {
            look();
            if (!statement.isEmpty()) {
                news.stated(statement.getBytes(StandardCharsets.UTF_8));
            }
        }

        @Override
        public void resync() {
            look();
        }
    }

    private static void tell(StatementListener listener, byte[] statement) {
        try {
            listener.stated(statement);
        } catch (RuntimeException e) {
            LOG.warn("a statement was not passed on", e);
        }
    }

    @Override
    public String name() {
        return "repository";
    }

    @Override
    public Status check() {
        String now = problem;
        return now.isEmpty() ? Status.OK : Status.warning(now);
    }
}
