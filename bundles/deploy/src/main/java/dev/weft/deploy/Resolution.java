package dev.weft.deploy;

import dev.weft.api.deploy.Deployments.Missing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the framework resolve releases, those that come together in one go: the framework resolves under a lock, and looks through
 * everything that is installed each time. What cannot be resolved takes nothing else down. Used on the loop only.
 */
final class Resolution {
    /** A release waits so long at most for others that are being read. */
    private static final Duration PATIENCE = Duration.ofMillis(25);

    private static final int MOST = 200;
    private static final Logger LOG = LoggerFactory.getLogger(Resolution.class);
    private final FrameworkWiring framework;
    private final Needs needs;
    private final Loop loop;
    private final BooleanSupplier moreToCome;
    private List<Waiting> waiting = new ArrayList<>();

    private record Waiting(List<Bundle> bundles, CompletableFuture<Void> done) {}

    /** Begins with nothing.
     * @param moreToCome tells whether files are being read: what they hold is waited for a little */
    Resolution(BundleContext context, Needs needs, Loop loop, BooleanSupplier moreToCome) {
        framework = context.getBundle(0).adapt(FrameworkWiring.class);
        this.needs = needs;
        this.loop = loop;
        this.moreToCome = moreToCome;
    }

    /** Resolves a release soon, with others that come meanwhile.
     * @param bundles all of the release, installed
     * @return on the loop; fails with a {@link Refusal} that says what is missing */
    CompletableFuture<Void> soon(List<Bundle> bundles) {
        Waiting one = new Waiting(bundles, new CompletableFuture<>());
        waiting.add(one);
        if (waiting.size() >= MOST || !moreToCome.getAsBoolean()) {
            loop.execute(this::all);
        } else if (waiting.size() == 1) {
            loop.after(PATIENCE, this::all);
        }
        return one.done();
    }

    private void all() {
        List<Waiting> batch = waiting;
        waiting = new ArrayList<>();
        if (batch.size() > 1) {
            together(batch);
        }
        for (Waiting one : batch) {
            try {
                now(one.bundles());
                one.done().complete(null);
            } catch (Refusal | RuntimeException e) {
                one.done().completeExceptionally(e);
            }
        }
    }

    private void together(List<Waiting> batch) {
        try {
            framework.resolveBundles(
                    batch.stream().map(Waiting::bundles).flatMap(Collection::stream).toList());
        } catch (RuntimeException e) {
            LOG.warn(
                    "{} files at once cannot be resolved, each is on its own now", batch.size(), e);
        }
    }

    /** Resolves a release.
     * @throws Refusal what is missing, in words */
    void now(List<Bundle> bundles) throws Refusal {
        if (bundles.stream().noneMatch(Resolution::isOpen) || framework.resolveBundles(bundles)) {
            return;
        }
        List<Missing> missing = missing(bundles);
        if (!missing.isEmpty()) {
            throw new Refusal(words(bundles, missing));
        }
        Bundle open = bundles.stream().filter(Resolution::isOpen).findFirst().orElseThrow();
        throw new Refusal("cannot be resolved: " + conflict(open));
    }

    private static boolean isOpen(Bundle bundle) {
        return bundle.getState() == Bundle.INSTALLED;
    }

    /** What bundles that could not be resolved lack. */
    List<Missing> missing(List<Bundle> bundles) {
        return bundles.stream().flatMap(bundle -> needs.missing(bundle).stream()).toList();
    }

    private static String words(List<Bundle> bundles, List<Missing> missing) {
        return missing.stream()
                .map(need -> (bundles.size() == 1 ? "" : need.bundle() + " ") + need.words())
                .collect(Collectors.joining("; "));
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
}
