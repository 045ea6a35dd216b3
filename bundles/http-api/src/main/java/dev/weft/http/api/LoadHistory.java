package dev.weft.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How busy each known agent was, once a minute for the last day: as it says on its card. In memory and bounded, a byte a minute
 * and agent. Thread-safe.
 */
final class LoadHistory {
    /** Samples of one agent. */
    static final int MINUTES = 24 * 60;

    /** Agents that are followed; more are not. */
    static final int MOST = 2000;

    private static final byte UNKNOWN = -1;
    private static final double STEPS = 100;

    private final Clock clock;
    private final Map<AgentId, byte[]> rings = new HashMap<>();
    private long minute;

    LoadHistory(Clock clock) {
        this.clock = clock;
    }

    /** Takes a sample. To be called once a minute; agents that are offline have none.
     * @param agents those that are known */
    synchronized void sample(Collection<KnownAgent> agents) {
        advance();
        for (KnownAgent agent : agents) {
            AgentId id = agent.card().agentId();
            byte[] ring = rings.get(id);
            if (ring == null && rings.size() < MOST) {
                ring = new byte[MINUTES];
                Arrays.fill(ring, UNKNOWN);
                rings.put(id, ring);
            }
            if (ring != null && !agent.health().equals("offline")) {
                double load = Math.max(0, Math.min(1, agent.card().load()));
                ring[slot(minute)] = (byte) Math.round(load * STEPS);
            }
        }
    }

    /** What is known of an agent.
     * @param agent its id
     * @return its load, 0 to 1, a minute apart, oldest first, null where it is not known; begins with the first that is known; empty if none is */
    synchronized ArrayNode of(AgentId agent) {
        ArrayNode loads = Wire.object().putArray("load");
        byte[] ring = rings.get(agent);
        if (ring == null) {
            return loads;
        }
        for (long at = minute - MINUTES + 1; at <= minute; at++) {
            int load = ring[slot(at)];
            if (load != UNKNOWN) {
                loads.add(load / STEPS);
            } else if (!loads.isEmpty()) {
                loads.addNull();
            }
        }
        return loads;
    }

    /** When the last sample was taken.
     * @return epoch seconds; 0 if there is none */
    synchronized long at() {
        return minute * 60;
    }

    /** Moves on to this minute. A clock that was set back by more than a few minutes starts anew. */
    private void advance() {
        long now = clock.instant().getEpochSecond() / 60;
        if (now < minute - 5 || now > minute + MINUTES) {
            rings.clear();
        } else {
            for (long at = minute + 1; at <= now; at++) {
                int slot = slot(at);
                rings.values().forEach(ring -> ring[slot] = UNKNOWN);
            }
        }
        minute = now < minute - 5 ? now : Math.max(minute, now);
        rings.values().removeIf(LoadHistory::isEmpty);
    }

    private static boolean isEmpty(byte[] ring) {
        for (byte load : ring) {
            if (load != UNKNOWN) {
                return false;
            }
        }
        return true;
    }

    private static int slot(long minute) {
        return Math.floorMod(minute, MINUTES);
    }
}
