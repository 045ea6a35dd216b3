package dev.weft.tasks;

import java.util.concurrent.CompletableFuture;

/** Keeps what becomes of a task where a crash cannot reach it. */
@FunctionalInterface
interface Keeper {
    /** For tasks that live in memory. */
    Keeper NOWHERE = run -> null;

    /** The task changed; called under the task's lock, so that changes are kept in their order.
     * @return done when it is safe; null if there is nothing to wait for */
    CompletableFuture<Void> changed(Run run);
}
