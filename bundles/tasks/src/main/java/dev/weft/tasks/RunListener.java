package dev.weft.tasks;

import dev.weft.api.task.Task;

/** Follows one task from the inside. Called in order; must not block. */
interface RunListener {
    /** The task changed. */
    void changed(Task task);

    /** The skill said how far it is. */
    void progress(Task task, double fraction, String note);

    /** The skill sent a piece of its result ahead. */
    default void chunk(Task task, String piece) {}
}
