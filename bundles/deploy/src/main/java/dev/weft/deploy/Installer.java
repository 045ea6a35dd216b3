package dev.weft.deploy;

import dev.weft.api.skill.SkillLeases;
import dev.weft.deploy.Audit.Facts;
import dev.weft.deploy.Staging.Staged;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings skill bundles into the framework and out again. Used on the loop only. */
final class Installer {
    /** Where a skill bundle's location begins. */
    static final String LOCATION = "weft-skill:";

    private static final Logger LOG = LoggerFactory.getLogger(Installer.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private final BundleContext context;
    private final SkillLeases leases;
    private final Components components;
    private final Loop loop;
    private final Crew crew;
    private final Duration startLimit;
    private final Duration drainLimit;
    private final Set<Long> starting = new HashSet<>();
    private final Set<Long> leaving = new HashSet<>();

    Installer(
            BundleContext context,
            SkillLeases leases,
            Components components,
            Loop loop,
            Crew crew,
            Duration startLimit,
            Duration drainLimit) {
        this.context = context;
        this.leases = leases;
        this.components = components;
        this.loop = loop;
        this.crew = crew;
        this.startLimit = startLimit;
        this.drainLimit = drainLimit;
    }

    /** Installs and starts a bundle, beside whatever runs.
     * @return on the loop: the bundle, its skills callable; or fails with a {@link Refusal}, and the bundle is taken out again */
    CompletableFuture<Bundle> start(Facts facts, Staged staged) {
        Bundle bundle;
        try {
            bundle = install(facts, staged);
        } catch (Refusal e) {
            return CompletableFuture.failedFuture(e);
        }
        starting.add(bundle.getBundleId());
        CompletableFuture<Void> offered = leases.offered(bundle.getBundleId(), facts.skills());
        long begun = System.nanoTime();
        return crew.run(
                        "start " + facts.bundle() + " " + facts.version(),
                        startLimit,
                        bundle::start)
                .thenCompose(
                        started -> {
                            Optional<String> failure =
                                    offered.isDone()
                                            ? Optional.empty()
                                            : components.failure(bundle);
                            long left =
                                    Math.max(1, startLimit.toNanos() - (System.nanoTime() - begun));
                            return failure.isPresent()
                                    ? CompletableFuture.<Void>failedFuture(
                                            new Refusal(failure.get()))
                                    : offered.orTimeout(left, TimeUnit.NANOSECONDS);
                        })
                .handleAsync(
                        (done, failure) -> {
                            starting.remove(bundle.getBundleId());
                            if (failure == null) {
                                return bundle;
                            }
                            boolean returned =
                                    !(unwrap(failure) instanceof TimeoutException)
                                            || offered.isDone();
                            offered.cancel(false);
                            Refusal refusal = refusal(bundle, unwrap(failure), returned);
                            remove(bundle);
                            throw new CompletionException(refusal);
                        },
                        loop);
    }

    private Bundle install(Facts facts, Staged staged) throws Refusal {
        String location = location(facts, staged);
        Bundle bundle;
        try (InputStream in = Files.newInputStream(staged.path())) {
            bundle = context.installBundle(location, in);
        } catch (BundleException e) {
            throw new Refusal("cannot be installed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new Refusal("its private copy cannot be read: " + e.getMessage(), e);
        }
        boolean resolved =
                context.getBundle(0).adapt(FrameworkWiring.class).resolveBundles(Set.of(bundle));
        if (!resolved) {
            List<String> missing = Needs.missing(context, bundle);
            String reason =
                    missing.isEmpty()
                            ? "cannot be resolved: " + conflict(bundle)
                            : String.join("; ", missing);
            remove(bundle);
            throw new Refusal(reason);
        }
        return bundle;
    }

    /** The same content may come back while its bundle still starts or drains, on its way out: then this gets a place of its own. */
    private String location(Facts facts, Staged staged) {
        String base =
                LOCATION
                        + facts.bundle()
                        + ":"
                        + facts.version()
                        + ":"
                        + staged.sha256().substring(0, 16);
        String location = base;
        for (int n = 2; isBusy(context.getBundle(location)); n++) {
            location = base + "#" + n;
        }
        return location;
    }

    private boolean isBusy(Bundle bundle) {
        return bundle != null
                && (leaving.contains(bundle.getBundleId())
                        || starting.contains(bundle.getBundleId()));
    }

    /** Everything it needs is here and yet it does not fit: starting it makes the framework say why. It cannot run, it is not resolved. */
    private static String conflict(Bundle bundle) {
        try {
            bundle.start();
            return "the framework gives no reason";
        } catch (BundleException e) {
            return e.getMessage();
        }
    }

    private Refusal refusal(Bundle bundle, Throwable failure, boolean returned) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        if (!(failure instanceof TimeoutException)) {
            Throwable root = failure;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            String message =
                    root instanceof IllegalStateException && root == failure
                            ? root.getMessage()
                            : root.toString();
            return new Refusal("did not start: " + message, failure);
        }
        String waiting = components.failure(bundle).orElseGet(() -> components.waiting(bundle));
        String limit = " within " + startLimit.toSeconds() + " s";
        if (!waiting.isEmpty()) {
            return new Refusal("did not offer its skills" + limit + ": " + waiting, failure);
        }
        return new Refusal(
                returned
                        ? "did not offer its skills" + limit
                        : "did not start" + limit + ": its activation does not return",
                failure);
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    /** Takes a bundle out: no new calls, then, when the running ones have ended or the limit has passed, it goes.
     * @return done on the loop when it is gone, or could not be taken out */
    CompletableFuture<Void> remove(Bundle bundle) {
        leaving.add(bundle.getBundleId());
        String name = bundle.getSymbolicName() + " " + bundle.getVersion();
        return leases.retire(bundle.getBundleId())
                .orTimeout(drainLimit.toMillis(), TimeUnit.MILLISECONDS)
                .handleAsync(
                        (drained, late) -> {
                            if (late != null) {
                                LOG.warn(
                                        "Calls of {} still run after {} s; it is taken out under them",
                                        name,
                                        drainLimit.toSeconds());
                            }
                            return crew.run(
                                    "uninstall " + name, STOP_LIMIT, () -> uninstall(bundle));
                        },
                        loop)
                .thenCompose(gone -> gone)
                .handleAsync(
                        (gone, failure) -> {
                            leaving.remove(bundle.getBundleId());
                            if (failure != null) {
                                LOG.warn(
                                        "Bundle {} could not be taken out: {}",
                                        name,
                                        unwrap(failure).toString());
                            }
                            return null;
                        },
                        loop);
    }

    private void uninstall(Bundle bundle) throws BundleException {
        if (bundle.getState() != Bundle.UNINSTALLED) {
            bundle.uninstall();
        }
        // Something imports from it: without a refresh its class loader would stay.
        FrameworkWiring framework = context.getBundle(0).adapt(FrameworkWiring.class);
        if (framework.getRemovalPendingBundles().contains(bundle)) {
            framework.refreshBundles(Set.of(bundle));
        }
    }

    /** Takes out what an earlier run of this component left behind.
     * @param known ids of the bundles that are wanted */
    void removeOthers(Set<Long> known) {
        for (Bundle bundle : context.getBundles()) {
            if (isSkill(bundle) && !known.contains(bundle.getBundleId()) && !isBusy(bundle)) {
                LOG.info(
                        "Bundle {} {} is in no file of the deploy folder any more",
                        bundle.getSymbolicName(),
                        bundle.getVersion());
                remove(bundle);
            }
        }
    }

    /** Tells the symbolic names of the host's own bundles. */
    boolean ofHost(String symbolicName) {
        for (Bundle bundle : context.getBundles()) {
            if (!isSkill(bundle) && symbolicName.equals(bundle.getSymbolicName())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSkill(Bundle bundle) {
        return bundle.getLocation().startsWith(LOCATION);
    }
}
