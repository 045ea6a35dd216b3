package dev.weft.deploy;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.hooks.service.ListenerHook;

/**
 * Shows the services of a skill to the bundles of its own file, and to the host only what a skill is for: so that none takes the place
 * of a service of the host, whatever its ranking, or adds to the host's web server or shell. Stateless and thread-safe.
 */
final class ServiceIsolation implements FindHook, EventListenerHook {
    private static final Set<String> OFFERED =
            Set.of(
                    "dev.weft.skill.SkillService",
                    "dev.weft.skill.DynamicSkill",
                    "dev.weft.skill.SkillHealth",
                    "dev.weft.api.health.HealthCheck");
    private static final Set<String> ADDS_TO_HOST =
            Set.of("osgi.http.whiteboard.", "osgi.command.");

    @Override
    public void find(
            BundleContext context,
            String name,
            String filter,
            boolean all,
            Collection<ServiceReference<?>> references) {
        Bundle user = context.getBundle();
        references.removeIf(reference -> !sees(user, reference));
    }

    @Override
    public void event(
            ServiceEvent event,
            Map<BundleContext, Collection<ListenerHook.ListenerInfo>> listeners) {
        listeners
                .keySet()
                .removeIf(context -> !sees(context.getBundle(), event.getServiceReference()));
    }

    private static boolean sees(Bundle user, ServiceReference<?> reference) {
        Bundle provider = reference.getBundle();
        if (provider == null || Isolation.sees(user, provider)) {
            return true;
        }
        for (String type : (String[]) reference.getProperty(Constants.OBJECTCLASS)) {
            if (!OFFERED.contains(type)) {
                return false;
            }
        }
        for (String key : reference.getPropertyKeys()) {
            if (ADDS_TO_HOST.stream().anyMatch(key::startsWith)) {
                return false;
            }
        }
        return true;
    }
}
