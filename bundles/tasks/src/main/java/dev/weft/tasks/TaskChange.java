package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import java.time.Instant;

/** The next version of a task. */
final class TaskChange {
    private TaskChange() {}

    static Task assigned(Task task, String skill, String tool, AgentId target) {
        return new Task(
                task.id(),
                skill,
                tool,
                task.input(),
                task.source(),
                target,
                task.state(),
                task.path(),
                task.result(),
                task.error(),
                task.created(),
                task.updated(),
                task.deadline(),
                task.sequence(),
                task.attempt(),
                task.question(),
                task.traceparent());
    }

    static Task begun(Task task) {
        return copy(
                task,
                task.state(),
                task.path(),
                task.result(),
                task.error(),
                task.question(),
                task.updated(),
                task.sequence(),
                task.attempt() + 1);
    }

    static Task answered(Task task) {
        return copy(
                task,
                task.state(),
                task.path(),
                task.result(),
                task.error(),
                null,
                task.updated(),
                task.sequence(),
                task.attempt());
    }

    /** After a crash: what was running is to be begun again; what waits for a person goes on waiting. */
    static Task recovered(Task task) {
        return copy(
                task,
                task.state() == TaskState.WORKING ? TaskState.SUBMITTED : task.state(),
                task.path(),
                null,
                null,
                task.question(),
                task.updated(),
                task.sequence() + 1,
                task.attempt());
    }

    static Task become(
            Task task,
            TaskState state,
            String path,
            JsonNode result,
            TaskError error,
            TaskQuestion question,
            Instant now) {
        return copy(
                task,
                state,
                path,
                result,
                error,
                question,
                now,
                task.sequence() + 1,
                task.attempt());
    }

    private static Task copy(
            Task task,
            TaskState state,
            String path,
            JsonNode result,
            TaskError error,
            TaskQuestion question,
            Instant updated,
            long sequence,
            int attempt) {
        return new Task(
                task.id(),
                task.skill(),
                task.tool(),
                task.input(),
                task.source(),
                task.target(),
                state,
                path,
                result,
                error,
                task.created(),
                updated,
                task.deadline(),
                sequence,
                attempt,
                question,
                task.traceparent());
    }
}
