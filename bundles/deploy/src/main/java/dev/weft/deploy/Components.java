package dev.weft.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Asks the component runtime why a bundle's components do not work. */
final class Components {
    private final ServiceComponentRuntime runtime;

    Components(ServiceComponentRuntime runtime) {
        this.runtime = runtime;
    }

    /** Looks for a component whose activation threw.
     * @return what it threw, in one line */
    Optional<String> failure(Collection<Bundle> bundles) {
        return configurations(bundles).stream()
                .filter(component -> component.state == ComponentConfigurationDTO.FAILED_ACTIVATION)
                .map(
                        component ->
                                "activation of "
                                        + component.description.name
                                        + " failed: "
                                        + rootCause(component.failure))
                .findFirst();
    }

    /** Says what the bundles' components wait for.
     * @return one line; "" if for nothing */
    String waiting(Collection<Bundle> bundles) {
        List<String> waiting = new ArrayList<>();
        for (ComponentConfigurationDTO component : configurations(bundles)) {
            for (UnsatisfiedReferenceDTO reference : component.unsatisfiedReferences) {
                String target = reference.target == null ? "" : " " + reference.target;
                waiting.add(
                        component.description.name
                                + " waits for a service "
                                + service(component, reference.name)
                                + target);
            }
            if (component.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
                waiting.add(component.description.name + " waits for its configuration");
            }
        }
        for (ComponentDescriptionDTO description : descriptions(bundles)) {
            if (runtime.getComponentConfigurationDTOs(description).isEmpty()) {
                waiting.add(description.name + " waits for its configuration");
            }
        }
        return String.join("; ", waiting);
    }

    private static String service(ComponentConfigurationDTO component, String reference) {
        for (var declared : component.description.references) {
            if (declared.name.equals(reference)) {
                return declared.interfaceName;
            }
        }
        return reference;
    }

    private Collection<ComponentDescriptionDTO> descriptions(Collection<Bundle> bundles) {
        return runtime.getComponentDescriptionDTOs(bundles.toArray(Bundle[]::new));
    }

    private Collection<ComponentConfigurationDTO> configurations(Collection<Bundle> bundles) {
        List<ComponentConfigurationDTO> all = new ArrayList<>();
        for (ComponentDescriptionDTO description : descriptions(bundles)) {
            all.addAll(runtime.getComponentConfigurationDTOs(description));
        }
        return all;
    }

    /** Takes the innermost cause out of a printed stack trace. */
    static String rootCause(String trace) {
        if (trace == null || trace.isBlank()) {
            return "no reason given";
        }
        List<String> lines =
                trace.lines()
                        .map(String::strip)
                        .filter(line -> !line.startsWith("at ") && !line.startsWith("..."))
                        .toList();
        String cause = lines.isEmpty() ? trace.strip() : lines.get(0);
        for (String line : lines) {
            if (line.startsWith("Caused by: ")) {
                cause = line.substring("Caused by: ".length());
            }
        }
        return cause.length() > 500 ? cause.substring(0, 500) + "…" : cause;
    }
}
