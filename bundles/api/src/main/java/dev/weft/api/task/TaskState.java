package dev.weft.api.task;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The states of a task (A2A). Final states never change. */
public enum TaskState {
    /** Accepted, not started. */
    SUBMITTED,
    /** Running. */
    WORKING,
    /** Waits for a person's answer. */
    INPUT_REQUIRED,
    /** Waits for a person who approves the call. */
    AUTH_REQUIRED,
    /** Done; has a result. */
    COMPLETED,
    /** Ended with an error. */
    FAILED,
    /** Stopped by request. */
    CANCELED,
    /** Refused before it started. */
    REJECTED;

    private static final Set<TaskState> FINAL = EnumSet.of(COMPLETED, FAILED, CANCELED, REJECTED);

    /** Whether it is the end.
     * @return true for completed, failed, canceled, rejected */
    public boolean isFinal() {
        return FINAL.contains(this);
    }

    /** Whether a change is legal.
     * @param next the state wanted
     * @return true if so */
    public boolean mayBecome(TaskState next) {
        return switch (this) {
            case SUBMITTED -> next != SUBMITTED;
            case WORKING -> next != SUBMITTED && next != WORKING && next != REJECTED;
            case INPUT_REQUIRED, AUTH_REQUIRED -> next == WORKING || isEndOfWait(next);
            default -> false;
        };
    }

    private boolean isEndOfWait(TaskState next) {
        // what is asked for approval has not run: refused, it is REJECTED
        return next.isFinal() && (next != REJECTED || this == AUTH_REQUIRED);
    }

    /** The state as agents of the reference know it.
     * @return {@code pending|assigned|completed|failed} */
    public String referenceName() {
        return switch (this) {
            case SUBMITTED -> "pending";
            case WORKING, INPUT_REQUIRED, AUTH_REQUIRED -> "assigned";
            case COMPLETED -> "completed";
            case FAILED, CANCELED, REJECTED -> "failed";
        };
    }

    /** Name on the wire.
     * @return lower case with hyphens */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
