package dev.weft.tasks;

import dev.weft.api.task.Trace;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Traceparent;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts of traces that agents handed to each other: those of the newest traces. Thread-safe. */
final class Parts {
    private static final int MOST_TRACES = 1000;
    private static final int MOST_OF_A_TRACE = 64;
    private final Clock clock;
    private final Map<String, List<Noted>> byTrace =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, List<Noted>> eldest) {
                    return size() > MOST_TRACES;
                }
            };

    Parts(Clock clock) {
        this.clock = clock;
    }

    /** One part; its end is told by whoever noted it. */
    final class Noted implements Trace.Part {
        final AgentId peer;
        final boolean given;
        final Instant start = TraceJson.whole(clock.instant());
        private Instant end;
        private boolean good;

        private Noted(AgentId peer, boolean given) {
            this.peer = peer;
            this.given = given;
        }

        @Override
        public synchronized void end(boolean well) {
            if (end == null) {
                end = TraceJson.whole(clock.instant());
                good = well;
            }
        }

        /** When it ended.
         * @return null while it goes on */
        synchronized Instant end() {
            return end;
        }

        synchronized String state() {
            return end == null ? "working" : good ? "completed" : "failed";
        }
    }

    Trace.Part note(String traceparent, AgentId peer, boolean given) {
        String trace = Traceparent.trace(traceparent);
        if (trace.isEmpty()) {
            return good -> {};
        }
        Noted part = new Noted(peer, given);
        synchronized (byTrace) {
            List<Noted> parts = byTrace.computeIfAbsent(trace, any -> new ArrayList<>());
            if (parts.size() < MOST_OF_A_TRACE) {
                parts.add(part);
            }
        }
        return part;
    }

    /** In order of their starts. */
    List<Noted> of(String trace) {
        synchronized (byTrace) {
            return List.copyOf(byTrace.getOrDefault(trace, List.of()));
        }
    }
}
