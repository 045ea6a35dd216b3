package dev.weft.registry;

import dev.weft.api.registry.AgentRecord.Health;
import java.time.Duration;

/**
 * When an agent that is not heard of counts as stale, and when as offline.
 *
 * @param stale age of the last heartbeat from which on it is stale
 * @param offline age above which it is offline
 */
record HealthTimes(Duration stale, Duration offline) {
    /** The reference's times. */
    static final HealthTimes DEFAULT =
            new HealthTimes(Duration.ofSeconds(90), Duration.ofSeconds(270));

    HealthTimes {
        if (stale.toSeconds() < 1 || offline.compareTo(stale) <= 0) {
            throw new IllegalStateException(
                    "dev.weft.registry: stale_seconds must be 1 or more and offline_seconds greater, got "
                            + stale.toSeconds()
                            + " and "
                            + offline.toSeconds());
        }
    }

    static HealthTimes of(RegistryConfig config) {
        return new HealthTimes(
                Duration.ofSeconds(config.stale__seconds()),
                Duration.ofSeconds(config.offline__seconds()));
    }

    Health health(Duration age) {
        return age.compareTo(stale) < 0
                ? Health.ACTIVE
                : age.compareTo(offline) <= 0 ? Health.STALE : Health.OFFLINE;
    }
}
