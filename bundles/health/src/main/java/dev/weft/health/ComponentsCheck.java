package dev.weft.health;

import dev.weft.api.health.HealthCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;

/** Names each component of the host that waits for a service or failed to start. */
@Component(service = HealthCheck.class)
public final class ComponentsCheck implements HealthCheck {
    private final BundleContext context;
    private final ServiceComponentRuntime runtime;

    /** Looks at nothing yet.
     * @param context knows where a bundle came from
     * @param runtime knows all components */
    @Activate
    public ComponentsCheck(BundleContext context, @Reference ServiceComponentRuntime runtime) {
        this.context = context;
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "components";
    }

    @Override
    public Status check() {
        return judge(
                runtime.getComponentDescriptionDTOs().stream()
                        .filter(
                                component ->
                                        component.bundle.symbolicName.startsWith("dev.weft.")
                                                && !isSkill(component)
                                                && runtime.isComponentEnabled(component))
                        .flatMap(
                                component ->
                                        runtime.getComponentConfigurationDTOs(component).stream())
                        .toList());
    }

    private boolean isSkill(ComponentDescriptionDTO component) {
        Bundle bundle = context.getBundle(component.bundle.id);
        return bundle == null || HostBundles.isSkill(bundle.getLocation());
    }

    /** Of a chain of components that wait for each other only the first link is named. */
    static Status judge(Collection<ComponentConfigurationDTO> configurations) {
        Set<String> awaited = new HashSet<>();
        for (ComponentConfigurationDTO configuration : configurations) {
            if (isBroken(configuration)) {
                awaited.addAll(Arrays.asList(configuration.description.serviceInterfaces));
            }
        }
        List<String> causes = new ArrayList<>();
        List<String> consequences = new ArrayList<>();
        for (ComponentConfigurationDTO configuration : configurations) {
            if (configuration.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
                causes.add(
                        configuration.description.name
                                + " failed to start: "
                                + cause(configuration.failure));
            } else if (configuration.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE) {
                List<ReferenceDTO> missing = missing(configuration);
                boolean follows =
                        missing.stream()
                                .allMatch(reference -> awaited.contains(reference.interfaceName));
                (follows ? consequences : causes)
                        .add(
                                configuration.description.name
                                        + " waits for "
                                        + missing.stream()
                                                .map(ComponentsCheck::inWords)
                                                .collect(Collectors.joining(" and ")));
            }
        }
        List<String> problems = causes.isEmpty() ? consequences : causes;
        return problems.isEmpty()
                ? Status.OK
                : Status.notReady(
                        problems.stream().sorted().distinct().collect(Collectors.joining("; ")));
    }

    private static boolean isBroken(ComponentConfigurationDTO configuration) {
        return configuration.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE
                || configuration.state == ComponentConfigurationDTO.FAILED_ACTIVATION;
    }

    private static List<ReferenceDTO> missing(ComponentConfigurationDTO configuration) {
        Set<String> names =
                Arrays.stream(configuration.unsatisfiedReferences)
                        .map(reference -> reference.name)
                        .collect(Collectors.toSet());
        return Arrays.stream(configuration.description.references)
                .filter(reference -> names.contains(reference.name))
                .toList();
    }

    private static String inWords(ReferenceDTO reference) {
        return "service "
                + reference.interfaceName
                + (reference.target == null || reference.target.isEmpty()
                        ? ""
                        : " " + reference.target);
    }

    /** The innermost cause of a stack trace in text, without the name of its exception. */
    private static String cause(String trace) {
        String line =
                trace == null
                        ? ""
                        : trace.lines()
                                .filter(text -> text.startsWith("Caused by: "))
                                .reduce((first, last) -> last)
                                .orElseGet(() -> trace.lines().findFirst().orElse(""));
        String text = line.replaceFirst("^Caused by: ", "");
        return text.isEmpty()
                ? "the log says why"
                : text.replaceFirst(
                        "^java\\.lang\\.(?:IllegalState|IllegalArgument|Runtime)Exception: ", "");
    }
}
