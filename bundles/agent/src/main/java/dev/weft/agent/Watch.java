package dev.weft.agent;

import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.task.TaskState;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/** Hears of tasks that begin to wait for a person. Follows the host's events only while there are tasks to watch. Thread-safe. */
final class Watch {
    private static final Map<String, TaskState> STATES =
            Map.of(
                    "task." + TaskState.AUTH_REQUIRED.wireName(), TaskState.AUTH_REQUIRED,
                    "task." + TaskState.INPUT_REQUIRED.wireName(), TaskState.INPUT_REQUIRED);

    private final Events events;
    private final Map<String, ObjLongConsumer<TaskState>> tasks = new HashMap<>();
    private Events.Subscription subscription;
    private int prompts;

    Watch(Events events) {
        this.events = events;
    }

    /** Begins to listen; {@link #end} must follow. Before a task is submitted, so that nothing is missed. */
    synchronized void begin() {
        if (prompts++ == 0) {
            subscription = events.subscribe(-1, STATES::containsKey, this::heard);
        }
    }

    /** Watches a task.
     * @param id of the task
     * @param waits hears each time that it begins to wait, with the sequence number of that change; must not block */
    synchronized void add(String id, ObjLongConsumer<TaskState> waits) {
        tasks.put(id, waits);
    }

    synchronized void remove(String id) {
        tasks.remove(id);
    }

    /** Ends what {@link #begin} began. */
    synchronized void end() {
        if (--prompts == 0) {
            subscription.close();
            subscription = null;
        }
    }

    private void heard(Event event) {
        TaskState state = STATES.get(event.type());
        ObjLongConsumer<TaskState> waits;
        synchronized (this) {
            waits = tasks.get(event.data().path("id").asText());
        }
        if (state != null && waits != null) {
            waits.accept(state, event.data().path("sequence").asLong());
        }
    }
}
