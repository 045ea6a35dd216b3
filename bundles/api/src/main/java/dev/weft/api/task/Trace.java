package dev.weft.api.task;

import java.time.Instant;
import java.util.List;

/**
 * What is known of a trace, on all hosts that did a part of it. All times are by the clock of the host that gathered it.
 *
 * @param id 32 hexadecimal digits
 * @param spans in order of their starts; a few hundred at most
 * @param hosts those that were asked for their part
 */
public record Trace(String id, List<Span> spans, List<Told> hosts) {
    /** Copies the lists. */
    public Trace {
        spans = List.copyOf(spans);
        hosts = List.copyOf(hosts);
    }

    /** A task, or a part that one host's agent handed to another's.
     * @param id of the task; of a part something that no other span of its host has
     * @param host id of the host that tells of it
     * @param skill of the task; {@code agent} for a part
     * @param tool of the task, {@code ask} for a part; may be ""
     * @param source id of the host that asked
     * @param target id of the host that does it; "" until it is chosen
     * @param state a task state's wire name; of a part {@code working}, {@code completed} or {@code failed}
     * @param start when it was asked for
     * @param end when it ended; null while it goes on
     * @param steps what happened, in order; none for a part */
    public record Span(
            String id,
            String host,
            String skill,
            String tool,
            String source,
            String target,
            String state,
            Instant start,
            Instant end,
            List<TaskStep> steps) {
        /** Copies the steps. */
        public Span {
            steps = List.copyOf(steps);
        }
    }

    /** A host that was asked.
     * @param agent its id
     * @param outcome {@code told}; {@code away} if it could not be reached or did not answer in time; {@code silent} if it knows nothing
     *     of the trace, or does not tell the host that asked
     * @param note why, for people; may be "" */
    public record Told(String agent, String outcome, String note) {}

    /** A part that goes on. */
    @FunctionalInterface
    public interface Part {
        /** It has ended; later calls change nothing.
         * @param good whether it did what it was to do */
        void end(boolean good);
    }
}
