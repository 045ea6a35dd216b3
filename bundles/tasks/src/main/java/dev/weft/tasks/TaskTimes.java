package dev.weft.tasks;

import dev.weft.api.health.Histogram;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How long tasks of this host waited, ran, and took in all, by what became of them. Thread-safe. */
final class TaskTimes {
    private final Histogram waited =
            new Histogram(
                    "weft_task_wait_seconds",
                    "Time from the acceptance of tasks until they were begun.",
                    Map.of());
    private final Map<TaskState, Histogram> ran =
            byOutcome(
                    "weft_task_run_seconds",
                    "Time from the first beginning of tasks to their end.");
    private final Map<TaskState, Histogram> took =
            byOutcome("weft_task_seconds", "Time from the acceptance of tasks to their end.");

    private static Map<TaskState, Histogram> byOutcome(String name, String help) {
        Map<TaskState, Histogram> all = new EnumMap<>(TaskState.class);
        Stream.of(TaskState.values())
                .filter(TaskState::isFinal)
                .forEach(
                        state ->
                                all.put(
                                        state,
                                        new Histogram(
                                                name, help, Map.of("outcome", state.wireName()))));
        return all;
    }

    /** What is to follow one task from its acceptance on. */
    RunListener one() {
        return new One();
    }

    Collection<Histogram> all() {
        List<Histogram> all = new ArrayList<>(List.of(waited));
        all.addAll(ran.values());
        all.addAll(took.values());
        return all;
    }

    private final class One implements RunListener {
        private Instant begun; // guarded by the run

        @Override
        public void changed(Task task) {
            if (task.state() == TaskState.WORKING && begun == null) {
                begun = task.updated();
                waited.add(seconds(task.created(), begun));
            } else if (task.state().isFinal()) {
                took.get(task.state()).add(seconds(task.created(), task.updated()));
                if (begun != null) {
                    ran.get(task.state()).add(seconds(begun, task.updated()));
                }
            }
        }

        @Override
        public void progress(Task task, double fraction, String note) {
            // of no concern here
        }
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
