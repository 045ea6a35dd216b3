package dev.weft.skill.testing;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.launch.Framework;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Says in words what the components of a bundle wait for. */
final class Unsatisfied {
    private Unsatisfied() {}

    /** Asks SCR.
     * @return a sentence for each component that cannot start; empty if all can */
    static List<String> of(Bundle bundle, Framework framework) {
        BundleContext context = framework.getBundleContext();
        ServiceComponentRuntime scr =
                context.getService(context.getServiceReference(ServiceComponentRuntime.class));
        List<String> sentences = new ArrayList<>();
        for (ComponentDescriptionDTO component : scr.getComponentDescriptionDTOs(bundle)) {
            for (ComponentConfigurationDTO state : scr.getComponentConfigurationDTOs(component)) {
                if (state.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
                    sentences.add(component.name + " failed to start: " + firstLine(state.failure));
                }
                for (UnsatisfiedReferenceDTO missing : state.unsatisfiedReferences) {
                    sentences.add(
                            component.name
                                    + " waits for "
                                    + type(component, missing.name)
                                    + (missing.target == null ? "" : " " + missing.target)
                                    + "; add it with SkillFramework.with");
                }
            }
        }
        return sentences;
    }

    private static String type(ComponentDescriptionDTO component, String reference) {
        for (ReferenceDTO one : component.references) {
            if (one.name.equals(reference)) {
                return one.interfaceName;
            }
        }
        return reference;
    }

    private static String firstLine(String failure) {
        return failure == null ? "no reason told" : failure.lines().findFirst().orElse("");
    }
}
