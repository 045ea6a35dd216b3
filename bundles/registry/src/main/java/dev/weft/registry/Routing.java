package dev.weft.registry;

import dev.weft.api.registry.RouteRequest;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Which agent to ask, of those that are able. */
final class Routing {
    private static final Comparator<Presence> BETTER =
            Comparator.<Presence>comparingDouble(agent -> agent.card().load())
                    .thenComparing(agent -> !agent.connected());

    private Routing() {}

    /** Stops a task that is passed on in a circle.
     * @throws ProtocolException if it was routed too often */
    static void checkHops(RouteRequest request) {
        if (request.hops() < 0 || request.hops() >= RouteRequest.MAX_HOPS) {
            throw new ProtocolException(
                    "too_many_hops",
                    "the task was passed on "
                            + request.hops()
                            + " times; "
                            + RouteRequest.MAX_HOPS
                            + " is the limit: do it here, or name its agent");
        }
    }

    /** Picks the least loaded; among equals one that is connected, and among those any, since loads are known only every 15 s. */
    static Optional<Presence> best(List<Presence> able) {
        return able.stream()
                .min(BETTER)
                .map(one -> able.stream().filter(other -> BETTER.compare(one, other) == 0).toList())
                .map(equals -> equals.get(ThreadLocalRandom.current().nextInt(equals.size())));
    }

    /** Picks the best that has room for one more task.
     * @return empty if there is none at all
     * @throws ProtocolException if there are some, and all are busy */
    static Optional<Presence> free(List<Presence> able, RouteRequest request) {
        List<Presence> free = able.stream().filter(agent -> agent.card().load() < 1).toList();
        if (free.isEmpty() && !able.isEmpty()) {
            throw new ProtocolException(
                    "all_busy",
                    "all "
                            + able.size()
                            + " agents that offer "
                            + Wire.quote(request.skill())
                            + " work at their limit; try again shortly");
        }
        return best(free);
    }
}
