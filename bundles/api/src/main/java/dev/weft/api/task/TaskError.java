package dev.weft.api.task;

import java.util.Objects;

/**
 * Why a task did not complete.
 *
 * @param code {@code snake_case}: {@code unknown_skill, unknown_tool, bad_arguments, agent_unknown, agent_offline, deadline_exceeded,
 *     canceled, busy, skill_failed, skill_gone, unreachable, bad_task, too_deep, denied, refused, key_conflict, interrupted}
 * @param message for people: what is wrong, where, what to do
 */
public record TaskError(String code, String message) {
    /** Both members are needed. */
    public TaskError {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
    }
}
