package dev.weft.tasks;

import dev.failsafe.CircuitBreaker;
import dev.weft.protocol.AgentId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A circuit breaker for each peer: after a few attempts to reach it in vain, the next ones fail at once for a while, until one
 * is let through to look again. Bounded; thread-safe. */
final class Breakers {
    private static final int MAX_PEERS = 1000;
    private static final int FAILURES = 5;
    private static final Duration OPEN = Duration.ofSeconds(2);

    private final Map<AgentId, CircuitBreaker<Object>> byPeer =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(
                        Map.Entry<AgentId, CircuitBreaker<Object>> eldest) {
                    return size() > MAX_PEERS;
                }
            };

    private synchronized CircuitBreaker<Object> of(AgentId peer) {
        return byPeer.computeIfAbsent(
                peer,
                id ->
                        CircuitBreaker.builder()
                                .withFailureThreshold(FAILURES)
                                .withDelay(OPEN)
                                .build());
    }

    /** Whether the peer may be tried now; {@link #reached} or {@link #missed} must follow. */
    boolean mayTry(AgentId peer) {
        return of(peer).tryAcquirePermit();
    }

    void reached(AgentId peer) {
        of(peer).recordSuccess();
    }

    void missed(AgentId peer) {
        of(peer).recordFailure();
    }
}
