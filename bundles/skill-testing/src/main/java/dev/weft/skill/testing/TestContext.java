package dev.weft.skill.testing;

import dev.weft.skill.TaskContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/** The context of one call: remembers what the skill sent ahead. */
final class TestContext implements TaskContext {
    private final Instant deadline;
    private final Queue<String> answers;
    private final List<String> emitted = new CopyOnWriteArrayList<>();
    private volatile double progress;

    TestContext(Duration limit, Queue<String> answers) {
        this.answers = answers;
        deadline = Instant.now().plus(limit);
    }

    List<String> emitted() {
        return List.copyOf(emitted);
    }

    double progress() {
        return progress;
    }

    @Override
    public String taskId() {
        return "test";
    }

    @Override
    public String idempotencyKey() {
        return "test";
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public String ask(String question, String... choices) {
        String answer = answers.poll();
        if (answer == null) {
            throw new IllegalStateException(
                    "the skill asks \"" + question + "\"; give SkillHarness.answering the answer");
        }
        return answer;
    }

    @Override
    public String caller() {
        return "agent-test";
    }

    @Override
    public Instant deadline() {
        return deadline;
    }

    @Override
    public boolean isCanceled() {
        return Thread.currentThread().isInterrupted() || Instant.now().isAfter(deadline);
    }

    @Override
    public void progress(double fraction, String note) {
        progress = fraction;
    }

    @Override
    public void emit(String text) {
        emitted.add(text);
    }
}
