package dev.weft.health;

import dev.weft.api.health.BundleDiagnosis;
import dev.weft.api.health.HealthCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** What the two checks know, about one bundle: skills too, which the checks leave out. */
@Component
public final class Why implements BundleDiagnosis {
    private final BundleContext context;
    private final BundlesCheck bundles;
    private final ServiceComponentRuntime components;

    /** Looks at nothing yet.
     * @param context knows all bundles
     * @param bundles knows why a bundle does not start
     * @param components knows why a component does not */
    @Activate
    public Why(
            BundleContext context,
            @Reference BundlesCheck bundles,
            @Reference ServiceComponentRuntime components) {
        this.context = context;
        this.bundles = bundles;
        this.components = components;
    }

    @Override
    public String why(String bundle) {
        Bundle found = find(bundle.strip());
        String name = HostBundles.name(found) + " " + found.getVersion();
        return switch (found.getState()) {
            case Bundle.ACTIVE -> name + " is active; " + ofComponents(found);
            case Bundle.STARTING ->
                    name
                            + " is starting, or waits until one of its classes is needed; "
                            + ofComponents(found);
            case Bundle.STOPPING -> name + " is stopping";
            case Bundle.UNINSTALLED -> name + " is uninstalled";
            default -> idle(found, name);
        };
    }

    private String idle(Bundle bundle, String name) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision != null && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) != 0) {
            return name
                    + " is a fragment: it never starts; it is "
                    + (bundle.getState() == Bundle.RESOLVED
                            ? "attached to its host"
                            : "not attached, since no bundle here is its host");
        }
        return String.join("\n", bundles.why(bundle));
    }

    private String ofComponents(Bundle bundle) {
        Collection<ComponentDescriptionDTO> all = components.getComponentDescriptionDTOs(bundle);
        if (all.isEmpty()) {
            return "it has no components";
        }
        List<String> notes = new ArrayList<>();
        all.stream()
                .filter(component -> !components.isComponentEnabled(component))
                .forEach(component -> notes.add(component.name + " is disabled"));
        List<ComponentConfigurationDTO> configurations =
                all.stream()
                        .filter(components::isComponentEnabled)
                        .flatMap(
                                component ->
                                        components
                                                .getComponentConfigurationDTOs(component)
                                                .stream())
                        .toList();
        HealthCheck.Status status = ComponentsCheck.judge(configurations);
        if (!status.ok()) {
            notes.addAll(Arrays.asList(status.detail().split("; ")));
        }
        all.stream()
                .filter(components::isComponentEnabled)
                .filter(component -> components.getComponentConfigurationDTOs(component).isEmpty())
                .forEach(
                        component ->
                                notes.add(
                                        component.name
                                                + " has no configuration of "
                                                + String.join(" or ", component.configurationPid)));
        return notes.isEmpty()
                ? "each of its " + all.size() + " components runs or waits to be asked"
                : "but:\n" + String.join("\n", notes);
    }

    private Bundle find(String name) {
        Bundle[] all = context.getBundles();
        return Arrays.stream(all)
                .filter(
                        bundle ->
                                name.equals(Long.toString(bundle.getBundleId()))
                                        || name.equals(HostBundles.name(bundle))
                                        || ("dev.weft." + name.replace('-', '.'))
                                                .equals(HostBundles.name(bundle)))
                .reduce((first, last) -> last) // the newest of several versions
                .orElseThrow(() -> new NoSuchElementException(unknown(name, all)));
    }

    private static String unknown(String name, Bundle[] all) {
        String part = name.toLowerCase(Locale.ROOT);
        String like =
                Arrays.stream(all)
                        .map(HostBundles::name)
                        .filter(each -> each.toLowerCase(Locale.ROOT).contains(part))
                        .sorted()
                        .limit(5)
                        .collect(Collectors.joining(", "));
        return "there is no bundle \""
                + name
                + "\""
                + (like.isEmpty() ? "; felix:lb lists them" : "; there is " + like);
    }
}
