package dev.weft.deploy;

import dev.weft.api.deploy.Deployments.Fit;
import dev.weft.api.deploy.Deployments.Missing;
import dev.weft.api.skill.SkillLeases;
import dev.weft.deploy.Release.Member;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
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
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWiring;

/** Brings the bundles of a release into the framework, all or none. Used on the loop only. */
final class Installer {
    private final BundleContext context;
    private final SkillLeases leases;
    private final Components components;
    private final Resolution resolution;
    private final Loop loop;
    private final Crew crew;
    private final Removal removal;
    private final Duration limit;
    private final Set<String> starting = new HashSet<>();
    private long trials;

    /** Begins with nothing.
     * @param limit until the skills of a release can be called */
    Installer(
            BundleContext context,
            SkillLeases leases,
            Components components,
            Resolution resolution,
            Loop loop,
            Crew crew,
            Removal removal,
            Duration limit) {
        this.context = context;
        this.leases = leases;
        this.components = components;
        this.resolution = resolution;
        this.loop = loop;
        this.crew = crew;
        this.removal = removal;
        this.limit = limit;
    }

    /** Installs and starts a release, beside whatever runs. Calls do not reach it before {@link Removal#swap} lets it in.
     * @param replaces whether another version runs, whose calls will come to this one
     * @return on the loop: its bundles, their skills ready to be called; or fails with a {@link Refusal}, and all is taken out again */
    CompletableFuture<List<Bundle>> start(Release release, boolean replaces) {
        String group = group(release);
        List<Bundle> bundles = new ArrayList<>();
        try {
            for (Member member : release.members()) {
                bundles.add(install(group, member));
            }
        } catch (Refusal e) {
            removal.remove(bundles);
            return CompletableFuture.failedFuture(e);
        }
        starting.add(group);
        return resolution
                .soon(bundles)
                .whenComplete(
                        (resolved, refusal) -> {
                            if (refusal != null) {
                                starting.remove(group);
                                removal.remove(bundles);
                            }
                        })
                .thenCompose(resolved -> start(release, group, bundles, replaces));
    }

    private CompletableFuture<List<Bundle>> start(
            Release release, String group, List<Bundle> bundles, boolean replaces) {
        CompletableFuture<?>[] offers = new CompletableFuture<?>[bundles.size()];
        for (int i = 0; i < offers.length; i++) {
            Bundle bundle = bundles.get(i);
            if (bundle.getState() != Bundle.ACTIVE) {
                leases.hold(bundle.getBundleId());
            }
            offers[i] =
                    leases.offered(bundle.getBundleId(), release.members().get(i).facts().skills());
        }
        CompletableFuture<Void> offered = CompletableFuture.allOf(offers);
        long begun = System.nanoTime();
        return crew.run(
                        "start " + release.name() + " " + release.version(),
                        limit,
                        () -> start(bundles, replaces))
                .thenCompose(started -> works(bundles, offered, begun))
                .handleAsync(
                        (done, failure) -> {
                            starting.remove(group);
                            if (failure == null) {
                                return bundles;
                            }
                            Throwable cause = unwrap(failure);
                            boolean returned =
                                    !(cause instanceof TimeoutException) || offered.isDone();
                            for (CompletableFuture<?> offer : offers) {
                                offer.cancel(false);
                            }
                            Refusal refusal = refusal(bundles, cause, returned);
                            removal.remove(bundles);
                            throw new CompletionException(refusal);
                        },
                        loop);
    }

    private CompletableFuture<Void> works(
            List<Bundle> bundles, CompletableFuture<Void> offered, long begun) {
        Optional<String> failure =
                offered.isDone() ? Optional.empty() : components.failure(bundles);
        if (failure.isPresent()) {
            return CompletableFuture.failedFuture(Refusal.crash(failure.get(), null));
        }
        long left = Math.max(1, limit.toNanos() - (System.nanoTime() - begun));
        return offered.orTimeout(left, TimeUnit.NANOSECONDS);
    }

    /** Starts them one after the other. Threads that they make inherit the class loader, so that those left behind can be told. */
    private static Void start(List<Bundle> bundles, boolean replaces) throws BundleException {
        for (Bundle bundle : bundles) {
            Thread.currentThread()
                    .setContextClassLoader(bundle.adapt(BundleWiring.class).getClassLoader());
            bundle.start();
        }
        if (replaces) {
            Preload.classes(bundles);
        }
        return null;
    }

    private Bundle install(String group, Member member) throws Refusal {
        String location = group + "/" + member.facts().bundle() + ":" + member.facts().version();
        try (InputStream in = Files.newInputStream(member.path())) {
            return context.installBundle(location, in);
        } catch (BundleException e) {
            throw new Refusal("cannot be installed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new Refusal("its private copy cannot be read: " + e.getMessage(), e);
        }
    }

    /** The same content may come back while its bundles still start or drain, on their way out: then it gets a place of its own. */
    private String group(Release release) {
        String base = Isolation.LOCATION + release.sha256().substring(0, 16);
        String group = base;
        for (int n = 2; starting.contains(group) || removal.isLeaving(group); n++) {
            group = base + "#" + n;
        }
        return group;
    }

    /** Has the framework resolve a release beside what runs, and takes it out again; none of its code runs. */
    Fit check(Release release) {
        List<Bundle> bundles = new ArrayList<>();
        List<Missing> missing = List.of();
        String refusal = "";
        String group = Isolation.LOCATION + "trial#" + ++trials;
        try {
            for (Member member : release.members()) {
                bundles.add(install(group, member));
            }
            resolution.now(bundles);
        } catch (Refusal e) {
            missing = resolution.missing(bundles);
            refusal = e.getMessage();
        }
        removal.remove(bundles);
        return new Fit(
                release.name(),
                release.version().toString(),
                List.copyOf(release.skills()),
                missing,
                refusal);
    }

    private Refusal refusal(List<Bundle> bundles, Throwable failure, boolean returned) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        if (failure instanceof IllegalStateException) {
            // The runtime's own words: what it found in the skill's classes.
            return new Refusal("did not start: " + failure.getMessage(), failure);
        }
        if (!(failure instanceof TimeoutException)) {
            Throwable root = failure;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return Refusal.crash("did not start: " + root, failure);
        }
        String within = " within " + limit.toSeconds() + " s";
        if (!returned) { // asked first: the interrupt that ends it looks like a failure of its own
            return Refusal.crash(
                    "did not start" + within + ": its activation does not return", failure);
        }
        Optional<String> failed = components.failure(bundles);
        if (failed.isPresent()) {
            return Refusal.crash(
                    "did not offer its skills" + within + ": " + failed.get(), failure);
        }
        String waiting = components.waiting(bundles);
        return new Refusal(
                "did not offer its skills"
                        + within
                        + ": "
                        + (waiting.isEmpty() ? promised(bundles) : waiting),
                failure);
    }

    private static String promised(List<Bundle> bundles) {
        return "its code does not offer all that its manifest names: "
                + bundles.stream()
                        .flatMap(
                                bundle ->
                                        bundle
                                                .adapt(BundleRevision.class)
                                                .getDeclaredCapabilities(Audit.SKILL)
                                                .stream())
                        .map(skill -> skill.getAttributes().get(Audit.SKILL))
                        .toList();
    }

    /** Tells the symbolic names of the host's own bundles. Any thread. */
    boolean ofHost(String symbolicName) {
        for (Bundle bundle : context.getBundles()) {
            if (!Isolation.isSkill(bundle) && symbolicName.equals(bundle.getSymbolicName())) {
                return true;
            }
        }
        return false;
    }

    static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    /** Takes out what an earlier run of this component left behind.
     * @param known ids of the bundles that are wanted */
    void removeOthers(Set<Long> known) {
        for (Bundle bundle : context.getBundles()) {
            if (Isolation.isSkill(bundle)
                    && !known.contains(bundle.getBundleId())
                    && !starting.contains(Isolation.group(bundle))
                    && !removal.isLeaving(Isolation.group(bundle))) {
                removal.remove(List.of(bundle));
            }
        }
    }
}
