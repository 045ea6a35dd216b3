package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** A task against a model of it: whatever comes, in whatever order and however often. */
class RunModelTest {
    @Property(tries = 2000)
    void only_legal_changes_are_made_told_and_counted_and_the_end_is_final(
            @ForAll @Size(max = 30) List<TaskState> wanted) {
        Run run = RunTest.run(TaskState.SUBMITTED);
        List<Task> told = new ArrayList<>();
        run.follow(
                new RunListener() {
                    @Override
                    public void changed(Task task) {
                        told.add(task);
                    }

                    @Override
                    public void progress(Task task, double fraction, String note) {}
                });
        List<TaskState> model = new ArrayList<>(List.of(TaskState.SUBMITTED));
        for (TaskState next : wanted) {
            TaskState now = model.get(model.size() - 1);
            boolean legal = legal(now, next);
            boolean made =
                    next == TaskState.COMPLETED
                            ? run.complete(Wire.object(), "p2p")
                            : run.end(next, new TaskError("c", "m"), "p2p");
            assertEquals(legal, made, now + " -> " + next);
            if (legal) {
                model.add(next);
            }
        }
        assertEquals(model, told.stream().map(Task::state).toList());
        for (int i = 0; i < told.size(); i++) {
            assertEquals(i + 1, told.get(i).sequence());
            assertFalse(i > 0 && told.get(i).updated().isBefore(told.get(i - 1).updated()));
        }
        TaskState last = model.get(model.size() - 1);
        assertEquals(last.isFinal(), run.done().isDone());
        assertEquals(last, run.task().state());
    }

    /** The rules in words: nothing goes back to submitted or follows an end; what ran is not rejected any more, but what waits for
     * approval is; people are asked by what runs, or before it runs. */
    private static boolean legal(TaskState now, TaskState next) {
        if (now.isFinal() || next == TaskState.SUBMITTED || next == now) {
            return false;
        }
        return switch (now) {
            case SUBMITTED -> true;
            case WORKING -> next != TaskState.REJECTED;
            case INPUT_REQUIRED -> next != TaskState.REJECTED && next != TaskState.AUTH_REQUIRED;
            default -> next != TaskState.INPUT_REQUIRED;
        };
    }
}
