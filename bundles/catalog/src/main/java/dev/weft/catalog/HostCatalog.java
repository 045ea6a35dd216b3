package dev.weft.catalog;

import static dev.weft.api.catalog.CatalogProblem.Kind.BAD;
import static dev.weft.api.catalog.CatalogProblem.Kind.REFUSED;
import static dev.weft.api.catalog.CatalogProblem.Kind.UNKNOWN;
import static dev.weft.api.catalog.CatalogProblem.Kind.UNREACHABLE;

import dev.weft.api.audit.Audit;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.Details;
import dev.weft.api.catalog.Installed;
import dev.weft.api.catalog.Listing;
import dev.weft.api.catalog.Lock;
import dev.weft.api.catalog.Plan;
import dev.weft.api.catalog.Repository;
import dev.weft.api.catalog.Waiting;
import dev.weft.api.deploy.BundleSource;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.event.Events;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.signaling.RegistryFiles;
import dev.weft.api.skill.Skills;
import dev.weft.api.skill.SkillsListener;
import dev.weft.protocol.SkillCard;
import dev.weft.skill.repository.Publishers;
import dev.weft.skill.repository.Root;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
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

/** The catalog of a host: puts its parts together. */
@Component(
        service = {Catalog.class, HealthCheck.class, BundleSource.class, SkillsListener.class},
        immediate = true,
        configurationPid = "dev.weft.catalog")
@Designate(ocd = HostCatalog.Config.class)
public final class HostCatalog implements Catalog, HealthCheck, BundleSource, SkillsListener {
    private final ServiceRegistration<Hearing> hearing;
    private final Repositories repositories;
    private final Trust trust;
    private final Origins origins;
    private final Folder folder;
    private final Shelves shelves;
    private final Changes changes;
    private final Progress progress;
    private final Upkeep upkeep;
    private final Clock clock = Clock.systemUTC();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile RegistryFiles registry;

    /** What a host reads by itself. */
    @ObjectClassDefinition(name = "Weft catalog")
    public @interface Config {
        /** Repositories beside those that people add.
         * @return one each: address, fingerprint, and {@code policy=}, {@code priority=}, {@code trust=} as wanted */
        @AttributeDefinition(
                name = "Repositories",
                description =
                        "ADDRESS FINGERPRINT [policy=signed-by-trusted|ask] [priority=N] [trust=NAMESPACE,…|*]")
        String[] repositories() default {};

        /** How often repositories are read anew.
         * @return minutes */
        @AttributeDefinition(
                name = "Refresh period",
                description = "Minutes between two looks at the repositories, give or take a tenth",
                min = "1")
        int refresh__minutes() default 60;
    }

    /** Begins; copies on disk are read in the background.
     * @param context of this bundle
     * @param config what to read
     * @param deployments installs
     * @param skills what is here
     * @param events hears what is done
     * @param audit keeps it
     * @param blocking reads and writes
     * @param timer says when
     * @throws IOException if what is on disk is damaged; the message says which file */
    @Activate
    public HostCatalog(
            BundleContext context,
            Config config,
            @Reference Deployments deployments,
            @Reference Skills skills,
            @Reference Events events,
            @Reference Audit audit,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer)
            throws IOException {
        Path data = property(context, "weft.data").resolve("catalog");
        Statements statements = new Statements(data.resolve("statements.json"));
        repositories =
                new Repositories(data, statements, new RegistrySource(() -> registry), clock);
        trust = new Trust(data.resolve("trusted.json"));
        origins = new Origins(data.resolve("origins.json"));
        folder = new Folder(property(context, "weft.deploy"), deployments, origins);
        progress = new Progress(events, audit);
        Store store = new Store(data.resolve("store"), clock);
        Downloads downloads = new Downloads(repositories, store, clock, () -> ids(skills));
        Decisions decisions = new Decisions(trust, downloads, skills, clock);
        Assembly assembly = new Assembly(repositories, downloads, store, deployments);
        shelves = new Shelves(repositories, folder, new HostFit(context), downloads, decisions);
        changes =
                new Changes(
                        new Planner(repositories, folder, assembly, decisions, store, clock),
                        decisions,
                        new Transaction(
                                data.resolve("transaction.json"), store, folder, deployments),
                        origins,
                        folder,
                        repositories,
                        store,
                        progress,
                        clock);
        upkeep =
                new Upkeep(
                        this,
                        repositories,
                        changes,
                        folder,
                        progress,
                        blocking,
                        timer,
                        List.of(config.repositories()),
                        Math.max(1, config.refresh__minutes()));
        upkeep.start();
        hearing =
                context.registerService(
                        Hearing.class, new Hearing(statements, repositories, upkeep), null);
    }

    private static Set<String> ids(Skills skills) {
        return skills.installed().stream().map(SkillCard::id).collect(Collectors.toSet());
    }

    private static Path property(BundleContext context, String name) {
        String value = context.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(
                    "framework property " + name + " is not set; the launcher sets it");
        }
        return Path.of(value).toAbsolutePath().normalize();
    }

    /** Ends the rounds. */
    @Deactivate
    public void close() {
        hearing.unregister();
        upkeep.close();
    }

    private Repository view(Held held) {
        return held.view(trust, clock.instant());
    }

    @Override
    public List<Repository> repositories() {
        return repositories.all().stream().map(this::view).toList();
    }

    @Override
    public Repository look(String address) {
        Root root = repositories.look(address);
        return new Held(
                        new Held.Kept(root.repository(), address, root.fingerprint(), 0, "", ""),
                        null,
                        "")
                .view(trust, clock.instant());
    }

    @Override
    public Repository add(
            String address, String fingerprint, int priority, String policy, List<String> trusted) {
        if (Held.find(policy).isEmpty()) {
            throw new CatalogProblem(
                    BAD, "bad_policy", "a policy is signed-by-trusted or ask, not " + policy);
        }
        if (priority < -1000 || priority > 1000) {
            throw new CatalogProblem(BAD, "bad_priority", "a priority is -1000 to 1000");
        }
        upkeep.await();
        Held held = repositories.add(address, fingerprint, priority, policy);
        try {
            trust.add(held.name(), named(held, trusted));
        } catch (IOException e) {
            throw notWritten(e);
        }
        progress.repository(held.name(), "added");
        upkeep.look();
        return view(held);
    }

    private static List<Publishers.Publisher> named(Held held, List<String> namespaces) {
        List<Publishers.Publisher> all = held.contents().publishers().publishers();
        if (namespaces.contains("*")) {
            return all;
        }
        for (String namespace : namespaces) {
            publisher(held, namespace);
        }
        return all.stream().filter(p -> namespaces.contains(p.namespace())).toList();
    }

    private static Publishers.Publisher publisher(Held held, String namespace) {
        return held.contents().publishers().publishers().stream()
                .filter(p -> p.namespace().equals(namespace))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CatalogProblem(
                                        UNKNOWN,
                                        "unknown_publisher",
                                        "repository "
                                                + held.name()
                                                + " has no publisher "
                                                + namespace));
    }

    private static CatalogProblem notWritten(IOException e) {
        return new CatalogProblem(
                UNREACHABLE, "not_written", "it cannot be written down: " + e.getMessage());
    }

    @Override
    public boolean remove(String name) {
        upkeep.await();
        try {
            boolean removed = repositories.remove(name);
            if (removed) {
                progress.repository(name, "removed");
            }
            return removed;
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    @Override
    public List<Repository> refresh(String name) {
        upkeep.await();
        List<Repository> now =
                name.isEmpty()
                        ? repositories.all().stream()
                                .map(held -> view(repositories.refresh(held.name())))
                                .toList()
                        : List.of(view(repositories.refresh(name)));
        upkeep.refreshed();
        return now;
    }

    @Override
    public Repository trust(String repository, String namespace, String fingerprint) {
        upkeep.await();
        Held held = readable(repository);
        Publishers.Publisher publisher = publisher(held, namespace);
        if (!publisher.role().fingerprint().equals(fingerprint)) {
            throw new CatalogProblem(
                    REFUSED,
                    "other_fingerprint",
                    "the fingerprint of "
                            + namespace
                            + " is "
                            + publisher.role().fingerprint()
                            + ", not the expected one; ask the publisher");
        }
        try {
            trust.add(repository, List.of(publisher));
        } catch (IOException e) {
            throw notWritten(e);
        }
        return view(held);
    }

    private Held readable(String repository) {
        Held held = repositories.get(repository);
        if (!held.isReadable()) {
            throw new CatalogProblem(
                    UNREACHABLE,
                    "never_read",
                    "repository " + repository + " cannot be read: " + held.problem());
        }
        return held;
    }

    @Override
    public Repository distrust(String repository, String namespace) {
        upkeep.await();
        Held held = repositories.get(repository);
        try {
            trust.remove(repository, namespace);
        } catch (IOException e) {
            throw notWritten(e);
        }
        return view(held);
    }

    @Override
    public List<Listing> search(Listing.Query query) {
        return shelves.search(query);
    }

    @Override
    public Optional<Details> details(String skill, String version) {
        return shelves.details(skill, version);
    }

    @Override
    public Plan plan(Plan.Wish wish) {
        upkeep.await();
        return changes.plan(wish);
    }

    @Override
    public Plan.Outcome apply(String id, String agreed, String who) {
        upkeep.await();
        Plan.Outcome outcome = changes.apply(id, agreed, who);
        if (outcome.done()) {
            upkeep.refreshed(); // what waited for a person may be done now
        }
        return outcome;
    }

    @Override
    public List<Installed> installed() {
        return folder.installed();
    }

    @Override
    public Optional<Installed> choose(String skill, Boolean pinned, Boolean automatic) {
        Optional<Folder.File> file = folder.offering(skill);
        if (file.isPresent()) {
            try {
                origins.choose(skill, pinned, automatic);
            } catch (IOException e) {
                throw notWritten(e);
            }
        }
        return file.map(f -> folder.view(skill, f));
    }

    @Override
    public List<Waiting> waiting() {
        return upkeep.waiting();
    }

    @Override
    public Lock lock() {
        return folder.lock();
    }

    @Override
    public List<Offer> offering(String namespace, String filter) {
        return shelves.offering(namespace, filter);
    }

    @Override
    public void changed(List<SkillCard> installed) {
        upkeep.look();
    }

    @Override
    public String name() {
        return "catalog";
    }

    @Override
    public Status check() {
        return upkeep.status();
    }
}
