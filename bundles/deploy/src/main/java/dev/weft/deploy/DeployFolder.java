package dev.weft.deploy;

import dev.weft.api.deploy.BundleSource;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.event.Events;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.skill.SkillLeases;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The deploy folder: jars that are dropped there run, those that are taken out go. */
@Component(
        service = {Deployments.class, HealthCheck.class},
        immediate = true,
        configurationPid = "dev.weft.deploy")
@Designate(ocd = DeployFolder.Config.class)
public final class DeployFolder implements Deployments, HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DeployFolder.class);
    private static final int AT_ONCE = 16;
    private final Path folder;
    private final List<BundleSource> sources = new CopyOnWriteArrayList<>();
    private final Leftovers leftovers;
    private final List<ServiceRegistration<?>> isolation;
    private final Pipeline pipeline;

    /** How the folder is treated. */
    @ObjectClassDefinition(name = "Weft deploy folder")
    public @interface Config {
        /** How long a skill may take to start.
         * @return seconds */
        @AttributeDefinition(
                name = "Start limit",
                description = "Seconds a bundle may take until its skills can be called",
                min = "1")
        int start__seconds() default 10;

        /** How long calls of a replaced or removed skill may go on.
         * @return seconds */
        @AttributeDefinition(
                name = "Drain limit",
                description =
                        "Seconds that running calls of a replaced or removed skill are waited for",
                min = "0")
        int drain__seconds() default 300;

        /** How often the whole folder is looked at, beside the events of the file system.
         * @return seconds */
        @AttributeDefinition(
                name = "Sweep period",
                description = "Seconds between two looks at the whole folder",
                min = "1")
        int sweep__seconds() default 15;

        /** How many versions a roll back can go back by.
         * @return count */
        @AttributeDefinition(
                name = "Kept versions",
                description = "Earlier good versions of each skill that are kept for a roll back",
                min = "0")
        int keep__versions() default 3;
    }

    /** Opens the folder; what is in it gets installed in the background.
     * @param context of this bundle
     * @param config limits
     * @param leases tells when a bundle's skills can be called, and when their calls have ended
     * @param components tells why a bundle's components do not work
     * @param events hears what was refused
     * @throws IOException if the data directory cannot be written */
    @Activate
    public DeployFolder(
            BundleContext context,
            Config config,
            @Reference SkillLeases leases,
            @Reference ServiceComponentRuntime components,
            @Reference Events events)
            throws IOException {
        folder = property(context, "weft.deploy");
        Path skills = property(context, "weft.data").resolve("skills");
        Loop loop = new Loop();
        Crew crew = new Crew(loop, AT_ONCE);
        Crew readers = new Crew(loop, 1);
        leftovers = new Leftovers(loop, (bundle, left) -> leftBehind(events, bundle, left));
        Duration start = Duration.ofSeconds(Math.max(1, config.start__seconds()));
        Duration drain = Duration.ofSeconds(Math.max(0, config.drain__seconds()));
        Removal removal = new Removal(context, leases, loop, crew, leftovers, drain);
        Installer installer =
                new Installer(
                        context,
                        leases,
                        new Components(components),
                        new Resolution(
                                context,
                                new Needs(context, () -> List.copyOf(sources)),
                                loop,
                                readers::isBusy),
                        loop,
                        crew,
                        removal,
                        start);
        pipeline =
                new Pipeline(
                        folder,
                        skills,
                        loop,
                        crew,
                        readers,
                        installer,
                        removal,
                        new Reports(folder, events),
                        Math.max(0, config.keep__versions()));
        isolation =
                List.of(
                        context.registerService(ResolverHookFactory.class, new Isolation(), null),
                        context.registerService(
                                new String[] {
                                    FindHook.class.getName(), EventListenerHook.class.getName()
                                },
                                new ServiceIsolation(),
                                null));
        pipeline.start(Duration.ofSeconds(Math.max(1, config.sweep__seconds())));
    }

    private static void leftBehind(Events events, String bundle, List<String> left) {
        LOG.warn(
                "{} is gone but left behind: {}; its code stays in memory until that ends",
                bundle,
                String.join(", ", left));
        events.publish("skill.leaked", Map.of("bundle", bundle, "left", left));
    }

    @Reference(
            service = BundleSource.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addSource(BundleSource source) {
        sources.add(source);
    }

    void removeSource(BundleSource source) {
        sources.remove(source);
    }

    private static Path property(BundleContext context, String name) {
        String value = context.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(
                    "framework property " + name + " is not set; the launcher sets it");
        }
        return Path.of(value).toAbsolutePath().normalize();
    }

    @Deactivate
    void close() {
        pipeline.close();
        isolation.forEach(ServiceRegistration::unregister);
    }

    @Override
    public List<Deployment> list() {
        return pipeline.views();
    }

    @Override
    public CompletableFuture<Deployment> put(String fileName, InputStream jar) throws IOException {
        if (!isPlain(fileName)) {
            throw new IOException(
                    "the name must be plain and end in .jar or .zip, got " + Wire.quote(fileName));
        }
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, "." + fileName + ".", Staging.PART);
        try {
            try (OutputStream out = Files.newOutputStream(part)) {
                Staging.copy(jar, out);
            }
            Disk.move(part, folder.resolve(fileName));
        } catch (Refusal e) {
            throw new IOException(fileName + " " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(part);
        }
        pipeline.touched(fileName);
        return pipeline.outcome(fileName);
    }

    private static boolean isPlain(String fileName) {
        return fileName != null
                && Inbox.isDeployable(fileName)
                && fileName.length() <= 200
                && fileName.matches("[^/\\\\:\\p{Cntrl}]+");
    }

    @Override
    public CompletableFuture<Fit> check(Path file) {
        return pipeline.check(file);
    }

    @Override
    public CompletableFuture<Boolean> delete(String fileName) {
        try {
            if (!isPlain(fileName) || !Files.exists(folder.resolve(fileName))) {
                return CompletableFuture.completedFuture(false);
            }
            Disk.delete(folder.resolve(fileName));
        } catch (IOException | InvalidPathException e) {
            return CompletableFuture.failedFuture(
                    new IOException(fileName + " cannot be deleted: " + e.getMessage(), e));
        }
        pipeline.touched(fileName);
        return pipeline.gone(fileName).thenApply(gone -> true);
    }

    @Override
    public boolean remove(String skill) throws IOException {
        Optional<Deployment> active =
                list().stream()
                        .filter(
                                file ->
                                        file.state() == State.ACTIVE
                                                && file.skills().contains(skill))
                        .findFirst();
        Optional<Deployment> any =
                active.or(
                        () ->
                                list().stream()
                                        .filter(file -> file.skills().contains(skill))
                                        .findFirst());
        if (any.isEmpty()) {
            return false;
        }
        Disk.delete(folder.resolve(any.get().file()));
        pipeline.touched(any.get().file());
        return true;
    }

    @Override
    public CompletableFuture<Deployment> rollback(String skill, String version) {
        return pipeline.rollback(skill, version);
    }

    @Override
    public CompletableFuture<Deployment> retry(String skill) {
        return pipeline.retry(skill);
    }

    @Override
    public String name() {
        return "deploy";
    }

    @Override
    public Status check() {
        String trouble = pipeline.trouble();
        if (!trouble.isEmpty()) {
            return Status.warning(trouble);
        }
        List<Deployment> refused =
                list().stream()
                        .filter(
                                file ->
                                        file.state() == State.REFUSED
                                                || file.state() == State.QUARANTINED)
                        .toList();
        if (refused.isEmpty()) {
            String left = leftovers.words();
            return left.isEmpty() ? Status.OK : Status.warning(left);
        }
        String more = refused.size() == 1 ? "" : " (and " + (refused.size() - 1) + " more)";
        return Status.warning(refused.get(0).file() + more + " " + refused.get(0).reason());
    }
}
