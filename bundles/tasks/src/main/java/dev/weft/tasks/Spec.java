package dev.weft.tasks;

import dev.weft.api.task.TaskRequest;
import java.util.Optional;

/**
 * What does not change about a task, beside the task itself.
 *
 * @param reference {@code skill} or {@code skill.tool} as the caller wrote it
 * @param target whom the caller named
 * @param caller who asked, for access rules and limits: an agent id, or "" if it is not known
 * @param origin whose task it is
 * @param depth how many tasks led to this one
 * @param nested whether another task waits for it, so that it must not wait for room
 * @param key what tells it from other tasks when it comes again; "" if nothing does
 * @param options how it is handled
 */
record Spec(
        String reference,
        Optional<String> target,
        String caller,
        Origin origin,
        int depth,
        boolean nested,
        String key,
        TaskRequest.Options options) {
    /** Whose task it is. */
    enum Origin {
        /** Submitted on this host. */
        OWN,
        /** A peer chose this host. */
        PEER,
        /** It waited at the registry. */
        INBOX
    }

    boolean isDurable() {
        return options.durable();
    }
}
