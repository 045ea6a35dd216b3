package dev.weft.skill.runtime;

import dev.weft.skill.SkillHealth;
import dev.weft.skill.SkillService;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** What one skill says of its health. Asked on another thread, one question at a time. Thread-safe. */
final class Pulse {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    private final SkillHealth health;
    private String problem = "";
    private boolean asking;
    private long askedAt;

    /** @param service is asked if it can tell; counts as well if it cannot */
    Pulse(SkillService service) {
        health = service instanceof SkillHealth able ? able : null;
    }

    synchronized String problem() {
        return problem;
    }

    /** Asks, unless the last question has no answer yet.
     * @param blocking where the skill may take its time
     * @param changed told when the answer is another than before */
    void ask(Executor blocking, Runnable changed) {
        if (health == null) {
            return;
        }
        synchronized (this) {
            if (!asking) {
                asking = true;
                askedAt = System.nanoTime();
            } else {
                if (System.nanoTime() - askedAt > PATIENCE) {
                    learn("its health check has not answered for 10 s", changed);
                }
                return;
            }
        }
        try {
            blocking.execute(() -> answer(changed));
        } catch (RejectedExecutionException busy) {
            synchronized (this) {
                asking = false; // the next round asks
            }
        }
    }

    private void answer(Runnable changed) {
        String now;
        try {
            Optional<String> said = health.problem();
            now = said == null ? "" : said.orElse("");
        } catch (Exception | LinkageError e) {
            now = "its health check failed: " + (e.getMessage() == null ? e : e.getMessage());
        }
        synchronized (this) {
            asking = false;
        }
        learn(now.lines().findFirst().orElse(""), changed);
    }

    private void learn(String now, Runnable changed) {
        String line = now.length() > 300 ? now.substring(0, 300) + "…" : now;
        boolean other;
        synchronized (this) {
            other = !line.equals(problem);
            problem = line;
        }
        if (other) {
            changed.run();
        }
    }
}
