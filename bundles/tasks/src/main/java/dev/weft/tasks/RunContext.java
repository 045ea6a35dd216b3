package dev.weft.tasks;

import dev.weft.api.task.Task;
import dev.weft.skill.TaskContext;
import java.time.Clock;
import java.time.Instant;

/** What a running skill sees of its task. */
record RunContext(Run run, Clock clock) implements TaskContext {
    private Task task() {
        return run.task();
    }

    @Override
    public String taskId() {
        return task().id();
    }

    @Override
    public String caller() {
        return task().source().value();
    }

    @Override
    public Instant deadline() {
        return task().deadline();
    }

    @Override
    public boolean isCanceled() {
        return run.isFinal() || !clock.instant().isBefore(deadline());
    }

    @Override
    public void progress(double fraction, String note) {
        run.progress(fraction, note);
    }

    @Override
    public void emit(String text) {
        if (text != null && !text.isEmpty()) {
            run.emit(text);
        }
    }
}
