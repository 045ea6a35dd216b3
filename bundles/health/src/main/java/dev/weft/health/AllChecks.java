package dev.weft.health;

import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Readiness;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Runs the checks that rooms register. */
@Component
public final class AllChecks implements Readiness {
    private final Map<ServiceReference<HealthCheck>, HealthCheck> checks =
            new ConcurrentHashMap<>();

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addCheck(ServiceReference<HealthCheck> reference, HealthCheck check) {
        checks.put(reference, check);
    }

    void removeCheck(ServiceReference<HealthCheck> reference) {
        checks.remove(reference);
    }

    @Override
    public Map<String, HealthCheck.Status> checks() {
        Map<String, HealthCheck.Status> statuses = new TreeMap<>();
        for (HealthCheck check : checks.values()) {
            try {
                statuses.merge(check.name(), check.check(), AllChecks::worse);
            } catch (RuntimeException | LinkageError e) {
                statuses.merge(
                        name(check),
                        HealthCheck.Status.warning("the check itself failed: " + e),
                        AllChecks::worse);
            }
        }
        return statuses;
    }

    private static HealthCheck.Status worse(HealthCheck.Status one, HealthCheck.Status other) {
        if (one.ok() != other.ok()) {
            return one.ok() ? other : one;
        }
        return one.blocking() ? one : other;
    }

    private static String name(HealthCheck check) {
        try {
            return String.valueOf(check.name());
        } catch (RuntimeException | LinkageError e) {
            return check.getClass().getName();
        }
    }
}
