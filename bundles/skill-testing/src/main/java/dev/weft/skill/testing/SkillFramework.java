package dev.weft.skill.testing;

import dev.weft.protocol.SkillCard;
import dev.weft.skill.SkillService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/** A skill's bundle in a framework of its own, as a host would run it. Used by one thread; close it. */
public final class SkillFramework implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private record Service(Class<?> type, Object service, Map<String, ?> properties) {}

    private final Path bundle;
    private final List<Service> services = new ArrayList<>();
    private final Map<String, Map<String, ?>> configurations = new LinkedHashMap<>();
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private Path storage;
    private Path data;
    private Framework framework;
    private Bundle installed;
    private ServiceTracker<SkillService, SkillService> tracker;

    private SkillFramework(Path bundle) {
        this.bundle = bundle;
    }

    /** Takes a skill's bundle.
     * @param bundle a jar, or the folder with classes and manifest that the build made ({@code target/classes})
     * @return a framework that is not started yet; it has the host's executors */
    public static SkillFramework of(Path bundle) {
        SkillFramework made = new SkillFramework(bundle.toAbsolutePath());
        made.with(ExecutorService.class, made.blocking, Map.of("weft.executor", "blocking"));
        return made.with(
                ScheduledExecutorService.class, made.timer, Map.of("weft.executor", "timer"));
    }

    /** Adds a service that the skill refers to, such as a chat model.
     * @param <T> its type
     * @param type the class under which it is registered; must be one that hosts share with skills
     * @param service the service
     * @param properties its properties
     * @return this */
    public <T> SkillFramework with(Class<T> type, T service, Map<String, ?> properties) {
        services.add(new Service(type, service, properties));
        return this;
    }

    /** Adds a configuration.
     * @param pid the skill's configuration PID
     * @param values by key
     * @return this */
    public SkillFramework configured(String pid, Map<String, ?> values) {
        configurations.put(pid, values);
        return this;
    }

    /** Gives the host a data folder that stays ({@code weft.data}); without one it has a folder of its own that goes.
     * @param folder the folder
     * @return this */
    public SkillFramework data(Path folder) {
        data = folder.toAbsolutePath();
        return this;
    }

    /** Starts the framework and the skill's bundle.
     * @return this
     * @throws IllegalStateException if the bundle does not resolve or start; says what is missing */
    public SkillFramework start() {
        ClassPath classPath = ClassPath.read();
        try {
            storage = Files.createTempDirectory("skill-framework");
            framework =
                    new FrameworkFactory()
                            .newFramework(
                                    Map.of(
                                            Constants.FRAMEWORK_STORAGE,
                                            storage.resolve("cache").toString(),
                                            Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                                            classPath.systemPackages(),
                                            "weft.data",
                                            (data == null ? storage.resolve("data") : data)
                                                    .toString(),
                                            "felix.log.level",
                                            "0",
                                            "ds.loglevel",
                                            "warn"));
            framework.start();
            install(classPath.location("org.apache.felix.configadmin"));
            install(classPath.location("org.apache.felix.scr"));
            BundleContext context = framework.getBundleContext();
            services.forEach(
                    service ->
                            context.registerService(
                                    service.type().getName(),
                                    service.service(),
                                    new Hashtable<>(service.properties())));
            configure(context);
            String location = bundle.toUri().toString();
            // Stays open, as a host's does: a component that nobody holds is deactivated.
            tracker = new ServiceTracker<>(context, SkillService.class, null);
            tracker.open();
            installed = install(Files.isDirectory(bundle) ? "reference:" + location : location);
            return this;
        } catch (IOException | BundleException e) {
            close();
            throw new IllegalStateException(
                    bundle + " does not start in a host: " + e.getMessage(), e);
        }
    }

    private Bundle install(String location) throws BundleException {
        Bundle one = framework.getBundleContext().installBundle(location);
        one.start();
        return one;
    }

    private void configure(BundleContext context) throws IOException {
        ConfigurationAdmin admin =
                context.getService(context.getServiceReference(ConfigurationAdmin.class));
        for (Map.Entry<String, Map<String, ?>> one : configurations.entrySet()) {
            admin.getConfiguration(one.getKey(), "?").update(new Hashtable<>(one.getValue()));
        }
    }

    /** Waits for a skill to come up.
     * @param id its id
     * @return a harness around it
     * @throws IllegalStateException if it does not come; names the references that it waits for */
    public SkillHarness skill(String id) {
        try {
            long end = System.nanoTime() + PATIENCE.toNanos();
            int seen = -1;
            do {
                if (tracker.getTrackingCount() != seen) {
                    seen = tracker.getTrackingCount();
                    for (SkillService service : tracker.getServices(new SkillService[0])) {
                        SkillHarness harness = SkillHarness.of(service);
                        SkillCard card = harness.card();
                        if (card.id().equals(id)) {
                            return harness;
                        }
                    }
                }
                if (!Unsatisfied.of(installed, framework).isEmpty()) {
                    break;
                }
                tracker.waitForService(100);
            } while (System.nanoTime() < end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException(
                "the skill "
                        + id
                        + " did not come up: "
                        + String.join("; ", Unsatisfied.of(installed, framework)));
    }

    /** Stops everything and removes its files. */
    @Override
    public void close() {
        try {
            if (framework != null) {
                framework.stop();
                framework.waitForStop(PATIENCE.toMillis());
            }
        } catch (BundleException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended(timer);
            ended(blocking);
            clean();
        }
    }

    /** What still runs may write while its files are deleted. */
    private static void ended(ExecutorService threads) {
        threads.shutdownNow();
        try {
            threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void clean() {
        if (storage == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(storage)) {
            for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
