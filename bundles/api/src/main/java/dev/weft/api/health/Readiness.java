package dev.weft.api.health;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** All checks together. Thread-safe. */
@ProviderType
public interface Readiness {
    /** Runs every check.
     * @return name to status, sorted by name */
    Map<String, HealthCheck.Status> checks();

    /** Whether no blocking check fails.
     * @return true if the host can do its work */
    default boolean isReady() {
        return checks().values().stream().noneMatch(status -> !status.ok() && status.blocking());
    }
}
