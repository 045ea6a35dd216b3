package dev.weft.health;

import dev.weft.api.health.HealthCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Namespace;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Names each bundle of the host that does not run, and what it lacks. */
@Component(service = {HealthCheck.class, BundlesCheck.class})
public final class BundlesCheck implements HealthCheck, FrameworkListener {
    private static final String RESOLVE = Namespace.EFFECTIVE_RESOLVE;

    private final BundleContext context;
    private final Map<Long, String> startErrors = new ConcurrentHashMap<>();

    /** Listens for bundles that fail to start.
     * @param context of this bundle */
    @Activate
    public BundlesCheck(BundleContext context) {
        this.context = context;
        context.addFrameworkListener(this);
    }

    /** Stops listening. */
    @Deactivate
    public void close() {
        context.removeFrameworkListener(this);
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR
                && event.getThrowable() != null
                && event.getBundle() != null) {
            Throwable root = event.getThrowable();
            while (root.getCause() != null) {
                root = root.getCause();
            }
            startErrors.put(
                    event.getBundle().getBundleId(),
                    String.valueOf(root).lines().findFirst().orElse(""));
        }
    }

    @Override
    public String name() {
        return "bundles";
    }

    @Override
    public Status check() {
        Bundle[] bundles = context.getBundles();
        List<String> causes = new ArrayList<>();
        List<String> consequences = new ArrayList<>();
        for (Bundle bundle : bundles) {
            if (shouldRun(bundle)) {
                inspect(bundle, bundles, causes, consequences);
            }
        }
        List<String> problems =
                causes.isEmpty() ? consequences : causes; // the rest follows from the causes
        return problems.isEmpty() ? Status.OK : Status.notReady(String.join("; ", problems));
    }

    /** Why one bundle that should run does not; the causes first. */
    List<String> why(Bundle bundle) {
        List<String> causes = new ArrayList<>();
        List<String> consequences = new ArrayList<>();
        inspect(bundle, context.getBundles(), causes, consequences);
        causes.addAll(consequences);
        return causes;
    }

    private static boolean shouldRun(Bundle bundle) {
        boolean idle =
                bundle.getState() == Bundle.INSTALLED || bundle.getState() == Bundle.RESOLVED;
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return idle
                && bundle.getBundleId() != Constants.SYSTEM_BUNDLE_ID
                && revision != null
                && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) == 0
                && !HostBundles.isSkill(bundle.getLocation());
    }

    private void inspect(
            Bundle bundle, Bundle[] bundles, List<String> causes, List<String> consequences) {
        String name = HostBundles.name(bundle);
        if (bundle.getState() == Bundle.RESOLVED) {
            String error = startErrors.get(bundle.getBundleId());
            causes.add(
                    name
                            + " does not run"
                            + (error == null
                                    ? "; the log says why, felix:start "
                                            + bundle.getBundleId()
                                            + " starts it"
                                    : ": " + error));
            return;
        }
        int before = causes.size() + consequences.size();
        for (BundleRequirement requirement :
                bundle.adapt(BundleRevision.class).getDeclaredRequirements(null)) {
            if (isMandatory(requirement)) {
                List<BundleCapability> offers = offers(requirement, bundles);
                if (offers.isEmpty()) {
                    causes.add(
                            name
                                    + " needs "
                                    + Need.inWords(requirement)
                                    + " which no bundle offers"
                                    + elsewhere(requirement, bundles));
                } else if (offers.stream()
                        .allMatch(
                                offer ->
                                        offer.getRevision().getBundle().getState()
                                                        == Bundle.INSTALLED
                                                && offer.getRevision().getBundle() != bundle)) {
                    consequences.add(
                            name
                                    + " needs "
                                    + Need.inWords(requirement)
                                    + " of "
                                    + providers(offers)
                                    + ", which is not resolved itself");
                }
            }
        }
        if (causes.size() + consequences.size() == before) {
            causes.add(
                    name
                            + " is installed but not resolved, though each of its needs is offered: felix:start "
                            + bundle.getBundleId()
                            + " says why");
        }
    }

    private static boolean isMandatory(BundleRequirement requirement) {
        Map<String, String> directives = requirement.getDirectives();
        String resolution =
                directives.getOrDefault(
                        Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE, Namespace.RESOLUTION_MANDATORY);
        return resolution.equals(Namespace.RESOLUTION_MANDATORY)
                && directives
                        .getOrDefault(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE, RESOLVE)
                        .equals(RESOLVE);
    }

    private static List<BundleCapability> offers(BundleRequirement requirement, Bundle[] bundles) {
        return Arrays.stream(bundles)
                .map(bundle -> bundle.adapt(BundleRevision.class))
                .filter(revision -> revision != null)
                .flatMap(
                        revision ->
                                revision
                                        .getDeclaredCapabilities(requirement.getNamespace())
                                        .stream())
                .filter(requirement::matches)
                .toList();
    }

    private static String providers(List<BundleCapability> offers) {
        return offers.stream()
                .map(offer -> HostBundles.name(offer.getRevision().getBundle()))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(" or "));
    }

    /** The same name in a wrong version is the usual mistake: say where it is. */
    private static String elsewhere(BundleRequirement requirement, Bundle[] bundles) {
        String space = requirement.getNamespace();
        String filter =
                requirement
                        .getDirectives()
                        .getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "");
        String found =
                Arrays.stream(bundles)
                        .map(bundle -> bundle.adapt(BundleRevision.class))
                        .filter(revision -> revision != null)
                        .flatMap(revision -> revision.getDeclaredCapabilities(space).stream())
                        .filter(
                                offer ->
                                        offer.getAttributes().get(space) instanceof String name
                                                && filter.contains("(" + space + "=" + name + ")")
                                                && offer.getAttributes().get("version")
                                                        instanceof Version)
                        .map(
                                offer ->
                                        HostBundles.name(offer.getRevision().getBundle())
                                                + " has version "
                                                + offer.getAttributes().get("version"))
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "));
        return found.isEmpty() ? "" : " (" + found + ")";
    }
}
