package dev.weft.api.task;

import java.time.Instant;
import java.util.Objects;

/**
 * One line of a task's trace.
 *
 * @param at when, by the clock of the host that says so
 * @param agent id of that host
 * @param what a state's wire name, or {@code queued|sent|retried|resumed|recovered|called|answered|stream}
 * @param note details for people; may be ""
 */
public record TaskStep(Instant at, String agent, String what, String note) {
    /** All members are needed. */
    public TaskStep {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(note, "note");
    }
}
