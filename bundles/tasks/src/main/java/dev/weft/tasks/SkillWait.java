package dev.weft.tasks;

import dev.weft.api.skill.Skills;
import dev.weft.protocol.SkillCard;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Durable tasks whose skill is not here: after a start, skills come one by one, and a task from before must not fail for that. What was
 * here and left is waited for only as long as a replacement takes. However many wait, one thread looks for all of them, so that those
 * whom they wait for have the others. Thread-safe.
 */
final class SkillWait {
    /** How long a skill that left may take to come back: one that is replaced does so within milliseconds. */
    private static final Duration RETURNS = Duration.ofSeconds(1);

    private static final long LOOK_MILLIS = 250;

    private final Skills skills;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final Consumer<Run> start;
    private final long allAreHere;

    /** Tasks that wait or have waited, until they end. */
    private final Map<Run, Missing> all = new ConcurrentHashMap<>();

    private final AtomicBoolean looking = new AtomicBoolean();

    /** What one task misses. */
    private static final class Missing {
        private final long until;
        private volatile boolean waits;

        /** @param until when it has waited long enough, as {@link System#nanoTime()} */
        Missing(long until) {
            this.until = until;
        }

        boolean isOver() {
            return until - System.nanoTime() <= 0;
        }
    }

    /**
     * @param come how long after its start a host may find skills
     * @param start begins a task that waited; it comes back if it must wait on
     */
    SkillWait(
            Skills skills,
            Duration come,
            Executor executor,
            ScheduledExecutorService timer,
            Consumer<Run> start) {
        this.skills = skills;
        this.executor = executor;
        this.timer = timer;
        this.start = start;
        this.allAreHere = System.nanoTime() + come.toNanos();
    }

    /** Lets a task wait.
     * @return false if it has waited long enough, or this host stops */
    boolean enter(Run run) {
        Missing missing = all.get(run);
        if (missing == null) {
            boolean left =
                    SkillRef.readings(run.spec().reference()).stream()
                            .anyMatch(reading -> skills.wasHere(reading.skill()));
            missing = new Missing(left ? System.nanoTime() + RETURNS.toNanos() : allAreHere);
            all.put(run, missing);
            run.atEnd(() -> all.remove(run));
        }
        if (missing.isOver()) {
            return false;
        }
        missing.waits = true;
        return watch();
    }

    private boolean watch() {
        return !looking.compareAndSet(false, true) || later();
    }

    private boolean later() {
        try {
            timer.schedule(this::hand, LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    private void hand() {
        try {
            executor.execute(this::look);
        } catch (RejectedExecutionException full) {
            later();
        }
    }

    private void look() {
        looking.set(false); // first: a task that must wait on asks for the next look
        Set<String> here =
                skills.installed().stream().map(SkillCard::id).collect(Collectors.toSet());
        all.forEach(
                (run, missing) -> {
                    if (missing.waits && (missing.isOver() || isHere(run, here))) {
                        missing.waits = false;
                        start.accept(run);
                    } else if (missing.waits) {
                        watch();
                    }
                });
    }

    private static boolean isHere(Run run, Set<String> skills) {
        return SkillRef.readings(run.spec().reference()).stream()
                .anyMatch(reading -> skills.contains(reading.skill()));
    }
}
