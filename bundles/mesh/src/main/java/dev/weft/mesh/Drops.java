package dev.weft.mesh;

import dev.weft.api.health.Measures.Measure;
import dev.weft.protocol.AgentId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts messages that were dropped, and says so now and then: a hostile peer must not fill the log. */
final class Drops {
    private static final Logger LOG = LoggerFactory.getLogger(Drops.class);
    private static final long QUIET_NANOS = 10_000_000_000L;

    /** Not a message. */
    final Kind malformed = new Kind("malformed message", true);

    /** Sent in another agent's name. */
    final Kind forged = new Kind("message in another agent's name", true);

    /** An answer that nobody waits for: late, twice, or from the wrong peer. */
    final Kind unexpected = new Kind("answer that nobody waits for", false);

    /** A type that this version does not know. */
    final Kind unknown = new Kind("message of an unknown type", false);

    /** A frame of a process that has been replaced. */
    final Kind stale = new Kind("old frame", false);

    private final Map<String, Kind> byReason =
            Map.of(
                    "malformed", malformed,
                    "forged", forged,
                    "unexpected", unexpected,
                    "unknown_type", unknown,
                    "stale", stale);

    /** The counts, by reason. */
    List<Measure> measure() {
        return byReason.entrySet().stream()
                .map(
                        kind ->
                                new Measure(
                                        "weft_mesh_dropped_total",
                                        "Messages of peers that were dropped",
                                        true,
                                        Map.of("reason", kind.getKey()),
                                        kind.getValue().count()))
                .toList();
    }

    /** One reason. */
    static final class Kind {
        private final String what;
        private final boolean warns;
        private final LongAdder count = new LongAdder();
        private final AtomicLong said = new AtomicLong(System.nanoTime() - QUIET_NANOS);

        private Kind(String what, boolean warns) {
            this.what = what;
            this.warns = warns;
        }

        void add(AgentId peer, String detail) {
            count.increment();
            long last = said.get();
            long now = System.nanoTime();
            if (warns && now - last >= QUIET_NANOS && said.compareAndSet(last, now)) {
                LOG.warn("{} from {} dropped ({} in all): {}", what, peer, count.sum(), detail);
            } else {
                LOG.debug("{} from {} dropped: {}", what, peer, detail);
            }
        }

        long count() {
            return count.sum();
        }
    }
}
