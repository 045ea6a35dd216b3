package dev.weft.api.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.weft.protocol.AgentCard;
import java.util.Locale;

/**
 * An agent as the directory lists it: its card, flattened, and what the registry knows of it.
 *
 * @param card what it says of itself
 * @param health from the age of its last heartbeat
 * @param connected whether its signaling socket is open now
 * @param registeredAt first registration, ISO 8601 UTC
 * @param lastHeartbeat last sign of life, ISO 8601 UTC
 */
public record AgentRecord(
        @JsonUnwrapped AgentCard card,
        Health health,
        boolean connected,
        @JsonProperty("registered_at") String registeredAt,
        @JsonProperty("last_heartbeat") String lastHeartbeat) {

    /** The reference's three states: active &lt; 90 s ≤ stale ≤ 270 s &lt; offline. */
    public enum Health {
        /** Heard of just now. */
        ACTIVE,
        /** Missed some heartbeats. */
        STALE,
        /** Gone. */
        OFFLINE;

        /** Name on the wire.
         * @return lower case */
        @com.fasterxml.jackson.annotation.JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
