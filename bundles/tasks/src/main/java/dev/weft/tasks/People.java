package dev.weft.tasks;

import dev.weft.api.task.Task;
import dev.weft.api.task.TaskAnswer;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Brings what people say to the tasks that ask. An approval counts only on the host that runs the call, or a caller could
 * approve for itself. */
record People(Runs runs, LocalHost here, RemoteHost there) {
    /** See {@link dev.weft.api.task.Tasks#answer}. */
    Task answer(String id, TaskAnswer answer) {
        Run run =
                runs.table()
                        .running(id)
                        .orElseThrow(
                                () ->
                                        runs.find(id).isPresent()
                                                ? notAsked(id)
                                                : new TaskException(
                                                        "unknown_task",
                                                        "no task " + id + " is known here"));
        if (run.task().question() == null) {
            throw notAsked(id);
        }
        if (answer.approval().isPresent()) {
            approve(run, answer.approval().get(), answer.by());
        } else {
            say(run, answer.text().orElseThrow(), answer.by());
        }
        return run.task();
    }

    private void approve(Run run, boolean may, String by) {
        if (run.task().state() != TaskState.AUTH_REQUIRED) {
            throw new TaskException(
                    "bad_answer", "the task asks a question: give an answer, not an approval");
        }
        there.work(run.task().id())
                .ifPresent(
                        work -> {
                            throw new TaskException(
                                    "not_here",
                                    "only an operator of "
                                            + work.peerName()
                                            + ", where it runs, can approve this call");
                        });
        take(run);
        Task task = run.task();
        run.step("answered", (may ? "approved by " : "refused by ") + by);
        if (may) {
            run.dialogue().approve();
            run.keep();
            here.start(run);
        } else {
            run.end(
                    TaskState.REJECTED,
                    new TaskError("refused", "the call was refused by " + by),
                    task.path());
        }
    }

    private void say(Run run, String text, String by) {
        if (run.task().state() != TaskState.INPUT_REQUIRED) {
            throw new TaskException(
                    "bad_answer", "the task asks for approval: approve or refuse the call");
        }
        Dialogue.check(run.task().question(), text);
        Optional<RemoteWork> away = there.work(run.task().id());
        if (away.isPresent()) {
            run.step("answered", "by " + by);
            away.get().answer(text);
            return;
        }
        TaskQuestion question = take(run);
        run.step("answered", "by " + by);
        Optional<CompletableFuture<String>> waiting = run.dialogue().answered(question, text);
        if (waiting.isPresent()) {
            run.working(LocalWork.PATH);
            waiting.get().complete(text);
        } else {
            run.keep();
            here.start(run);
        }
    }

    private static TaskQuestion take(Run run) {
        TaskQuestion question = run.takeQuestion();
        if (question == null) {
            throw notAsked(run.task().id());
        }
        return question;
    }

    private static TaskException notAsked(String id) {
        return new TaskException("not_asked", "task " + id + " asks nothing now");
    }
}
