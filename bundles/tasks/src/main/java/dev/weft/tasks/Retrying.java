package dev.weft.tasks;

import dev.weft.api.task.TaskState;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Says whether one task may be sent to its peer again, and when: later each time, never past the deadline. Used by one thread
 * at a time. */
final class Retrying {
    /** Codes with which a peer refuses what it never started. */
    static final Set<String> REFUSALS =
            Set.of(
                    "unknown_skill",
                    "unknown_tool",
                    "bad_arguments",
                    "bad_task",
                    "busy",
                    "denied",
                    "not_offered",
                    "key_conflict",
                    "too_deep");

    /** What says nothing about the task itself. A skill that is missing over there is not among it: its host has waited for it. */
    private static final Set<String> PASSING =
            Set.of("unreachable", "agent_offline", "busy", "not_offered", "not_stored");

    private static final long FIRST_MILLIS = 100;
    private static final long MOST_MILLIS = 3000;
    private static final int MAX_RESUMES = 10;

    private final Run run;
    private final Choice choice;
    private int attempts;

    Retrying(Run run, Choice choice) {
        this.run = run;
        this.choice = choice;
    }

    /** How long to wait before the next attempt.
     * @param code how the last one ended
     * @return milliseconds; -1 if there must be none */
    long next(String code) {
        if (choice.plain() || !mayRepeat(code)) {
            return -1;
        }
        long backoff = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(attempts, 10));
        attempts++;
        long delay = backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
        return run.left().toMillis() > delay ? delay : -1;
    }

    private boolean mayRepeat(String code) {
        if (run.spec().isDurable()) {
            return PASSING.contains(code);
        }
        // only what the peer is known to be doing is taken up again: it says so if it is not
        return run.task().state() != TaskState.SUBMITTED
                && code.equals("unreachable")
                && attempts < MAX_RESUMES;
    }
}
