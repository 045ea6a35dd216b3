package dev.weft.deploy;

import dev.weft.api.skill.SkillLeases;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the bundles of a release out: no new calls, then, when the running ones have ended or the limit has passed, they go. Used on the loop only. */
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger(Removal.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private final BundleContext context;
    private final SkillLeases leases;
    private final Loop loop;
    private final Crew crew;
    private final Leftovers leftovers;
    private final Duration drainLimit;
    private final Map<Long, String> leaving = new HashMap<>();

    Removal(
            BundleContext context,
            SkillLeases leases,
            Loop loop,
            Crew crew,
            Leftovers leftovers,
            Duration drainLimit) {
        this.context = context;
        this.leases = leases;
        this.loop = loop;
        this.crew = crew;
        this.leftovers = leftovers;
        this.drainLimit = drainLimit;
    }

    /** Tells whether a bundle of a group is on its way out. */
    boolean isLeaving(String group) {
        return leaving.containsValue(group);
    }

    /** Takes bundles out.
     * @param bundles of one release */
    void remove(List<Bundle> bundles) {
        swap(List.of(), bundles);
    }

    /** Lets calls reach some bundles instead of others, in one step, and takes the others out. */
    void swap(List<Bundle> in, List<Bundle> out) {
        Set<Long> ids = Running.ids(out);
        out.forEach(bundle -> leaving.put(bundle.getBundleId(), Isolation.group(bundle)));
        var drained = leases.swap(Running.ids(in), ids);
        if (out.isEmpty()) {
            return;
        }
        String name = out.get(0).getSymbolicName() + " " + out.get(0).getVersion();
        drained.orTimeout(drainLimit.toMillis(), TimeUnit.MILLISECONDS)
                .handleAsync(
                        (done, late) -> {
                            if (late != null) {
                                LOG.warn(
                                        "Calls of {} still run after {} s; it is taken out under them",
                                        name,
                                        drainLimit.toSeconds());
                            }
                            return crew.run("uninstall " + name, STOP_LIMIT, () -> uninstall(out));
                        },
                        loop)
                .thenCompose(gone -> gone)
                .whenCompleteAsync(
                        (gone, failure) -> {
                            leaving.keySet().removeAll(ids);
                            // Gone bundles offer nothing; this lets the runtime forget that it held
                            // them.
                            leases.swap(ids, Set.of());
                            if (failure != null) {
                                LOG.warn(
                                        "Bundle {} could not be taken out: {}",
                                        name,
                                        Installer.unwrap(failure).toString());
                            }
                        },
                        loop);
    }

    private Void uninstall(List<Bundle> bundles) throws BundleException {
        // Skills come last in a release, and go first.
        for (int i = bundles.size() - 1; i >= 0; i--) {
            Bundle bundle = bundles.get(i);
            if (bundle.getState() != Bundle.UNINSTALLED) {
                leftovers.leaves(bundle);
                bundle.uninstall();
            }
        }
        // The libraries of a zip have importers, which are gone now: without a refresh their class
        // loaders would stay.
        FrameworkWiring framework = context.getBundle(0).adapt(FrameworkWiring.class);
        List<Bundle> pending =
                framework.getRemovalPendingBundles().stream().filter(bundles::contains).toList();
        if (!pending.isEmpty()) {
            framework.refreshBundles(pending);
        }
        return null;
    }
}
