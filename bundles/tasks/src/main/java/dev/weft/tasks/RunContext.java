package dev.weft.tasks;

import dev.weft.api.task.Task;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import dev.weft.skill.TaskContext;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/** What a running skill sees of its task.
 * @param asking permits to wait for a person */
record RunContext(Run run, Semaphore asking) implements TaskContext {
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
        return run.isFinal() || run.left().isNegative();
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

    @Override
    public String idempotencyKey() {
        return run.spec().key().isEmpty() ? task().id() : run.spec().key();
    }

    @Override
    public int attempt() {
        return task().attempt();
    }

    @Override
    public boolean isDurable() {
        return run.spec().isDurable();
    }

    @Override
    public int depth() {
        return run.spec().depth();
    }

    @Override
    public String ask(String text, String... choices) throws InterruptedException {
        TaskQuestion question = Dialogue.question(text, choices);
        Optional<String> before = run.dialogue().replay(question.text());
        if (before.isPresent()) {
            return before.get();
        }
        if (!asking.tryAcquire()) {
            throw new IllegalStateException(
                    "too many tasks of this host wait for a person's answer already");
        }
        try {
            CompletableFuture<String> answer = run.dialogue().expect();
            if (!run.ask(TaskState.INPUT_REQUIRED, question, LocalWork.PATH)) {
                throw new InterruptedException("the task is over");
            }
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            asking.release();
        }
    }
}
