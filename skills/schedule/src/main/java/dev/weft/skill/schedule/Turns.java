package dev.weft.skill.schedule;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets each due job have its turn. A turn is claimed in the file before it is run, so that it is run once. What was missed while
 * the host was down is run once, when it is back; a job that still runs when its next turn comes misses that turn.
 */
final class Turns {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
    private static final int MOST_TEXT = 2000;

    private final Jobs jobs;
    private final Runner runner;
    private final ExecutorService blocking;
    private final Clock clock;
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    Turns(Jobs jobs, Runner runner, ExecutorService blocking, Clock clock) {
        this.jobs = jobs;
        this.runner = runner;
        this.blocking = blocking;
        this.clock = clock;
    }

    /** Runs what is due. */
    void due() {
        Instant now = clock.instant();
        if (jobs.read().stream().noneMatch(job -> isDue(job, now))) {
            return;
        }
        List<Job> claimed = new ArrayList<>();
        jobs.change(all -> claim(all, now, claimed));
        claimed.forEach(job -> start(job, now));
    }

    private static boolean isDue(Job job, Instant now) {
        return job.next().filter(next -> !next.isAfter(now)).isPresent();
    }

    private List<Job> claim(List<Job> all, Instant now, List<Job> claimed) {
        List<Job> after = new ArrayList<>();
        for (Job job : all) {
            if (!isDue(job, now)) {
                after.add(job);
                continue;
            }
            Optional<Instant> next = job.timing().after(now);
            Job later = job.withNext(next);
            if (running.contains(job.id())) {
                LOG.warn("Job {} ({}) still runs and misses a turn", job.id(), job.name());
            } else {
                // Should the host end before the run does, this is what stays.
                later = later.withLast(new Job.Outcome(now, "interrupted", "the host ended"));
                claimed.add(later);
            }
            after.add(later);
        }
        return after;
    }

    private void start(Job job, Instant began) {
        running.add(job.id());
        try {
            runner.run(job)
                    .whenCompleteAsync(
                            (text, failure) -> ended(job, began, text, failure), blocking);
        } catch (RuntimeException e) {
            ended(job, began, null, e);
        }
    }

    private void ended(Job job, Instant began, String text, Throwable failure) {
        running.remove(job.id());
        Throwable cause =
                failure != null && failure.getCause() != null ? failure.getCause() : failure;
        String said = cause == null ? text : String.valueOf(cause.getMessage());
        if (cause != null) {
            LOG.warn("Job {} ({}) failed: {}", job.id(), job.name(), said);
        }
        String shown = said.length() > MOST_TEXT ? said.substring(0, MOST_TEXT) + "…" : said;
        Job.Outcome outcome = new Job.Outcome(began, cause == null ? "completed" : "failed", shown);
        UnaryOperator<List<Job>> note =
                all ->
                        all.stream()
                                .map(one -> one.id().equals(job.id()) ? one.withLast(outcome) : one)
                                .toList();
        try {
            jobs.change(note);
        } catch (RuntimeException e) {
            LOG.warn("How job {} ended cannot be kept: {}", job.id(), e.getMessage());
        }
    }
}
