package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Traceparent;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All tasks of this host: opens them, finds them by id and by key, ends them at their deadline. Thread-safe. */
final class Runs {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);
    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int MAX_REMEMBERED = 4096;
    private static final int LOCKS = 64;

    private final HostIdentity self;
    private final TaskTable table;
    private final Ledger ledger;
    private final EventTeller teller;
    private final TaskTimes times = new TaskTimes();
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Object[] locks = new Object[LOCKS];

    /** Ids of tasks that live in memory, by key; the newest. */
    private final Map<String, String> remembered =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > MAX_REMEMBERED;
                }
            };

    Runs(
            HostIdentity self,
            TaskTable table,
            Ledger ledger,
            EventTeller teller,
            ExecutorService executor,
            ScheduledExecutorService timer,
            Clock clock) {
        this.self = self;
        this.table = table;
        this.ledger = ledger;
        this.teller = teller;
        this.executor = executor;
        this.timer = timer;
        this.clock = clock;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    /** How a task stands that came before.
     * @param run null if only its outcome is left
     * @param task as it is
     * @param timeline null if it is not known any more */
    record Found(Run run, Task task, Timeline timeline) {}

    TaskTable table() {
        return table;
    }

    Ledger ledger() {
        return ledger;
    }

    /** Held while a task is looked for by its key and opened if it is not there. */
    Object lock(String key) {
        return key.isEmpty() ? new Object() : locks[Math.floorMod(key.hashCode(), LOCKS)];
    }

    /** The id of the task that has a key. */
    Optional<String> known(String key) {
        if (key.isEmpty()) {
            return Optional.empty();
        }
        synchronized (remembered) {
            return ledger.idOf(key).or(() -> Optional.ofNullable(remembered.get(key)));
        }
    }

    /** The task that has a key, unless it was refused before it began: then it may be tried again. */
    Optional<Found> before(String key) {
        return known(key)
                .flatMap(this::found)
                .filter(
                        found ->
                                found.task.state() != TaskState.REJECTED
                                        || found.task.error().code().equals("refused"));
    }

    private Optional<Found> found(String id) {
        return table.running(id)
                .map(run -> new Found(run, run.task(), run.timeline()))
                .or(
                        () ->
                                find(id).map(
                                                task ->
                                                        new Found(
                                                                null,
                                                                task,
                                                                table.timeline(id).orElse(null))));
    }

    Optional<Task> find(String id) {
        return table.find(id).or(() -> ledger.outcome(id));
    }

    /** The handle of a task whose outcome alone is left. */
    Run ended(Task task, Spec spec) {
        return new Run(
                task,
                spec,
                new Dialogue(List.of(), "", ""),
                new Timeline(self.agentId().value()),
                Duration.ZERO,
                clock,
                this::aside,
                Keeper.NOWHERE);
    }

    /** Opens a task.
     * @param wantedId taken if it is free; "" for a new one
     * @param outer the task that waits for it: its deadline holds for this one too */
    Run open(
            String wantedId,
            Spec spec,
            JsonNode input,
            AgentId source,
            Duration ttl,
            Optional<Run> outer) {
        Instant now = clock.instant();
        Duration bounded =
                ttl.isNegative()
                        ? Duration.ZERO
                        : ttl.compareTo(Engine.MAX_TTL) > 0 ? Engine.MAX_TTL : ttl;
        Optional<Run> sooner = outer.filter(run -> run.left().compareTo(bounded) < 0);
        Duration left = sooner.map(Run::left).orElse(bounded);
        String parent =
                outer.map(run -> run.task().traceparent()).orElse(spec.options().traceparent());
        table.forgetRefused(wantedId);
        String id = wantedId.isEmpty() || find(wantedId).isPresent() ? freshId() : wantedId;
        Task task =
                new Task(
                        id,
                        skill(spec.reference()),
                        "",
                        input,
                        source,
                        null,
                        TaskState.SUBMITTED,
                        "",
                        null,
                        null,
                        now,
                        now,
                        sooner.map(run -> run.task().deadline()).orElse(now.plus(bounded)),
                        1,
                        0,
                        null,
                        Traceparent.next(parent));
        Run run = enter(task, spec, new Dialogue(List.of(), "", ""), left);
        run.step(TaskState.SUBMITTED.wireName(), "");
        outer.ifPresent(caller -> run.atEnd(() -> called(caller, run)));
        return run;
    }

    /** Opens a task that was on its way when this host went down. */
    Run reopen(Saved saved) {
        Run run =
                enter(
                        TaskChange.recovered(saved.task()),
                        saved.spec(),
                        new Dialogue(saved.said(), saved.shown(), saved.approved()),
                        Duration.between(clock.instant(), saved.task().deadline()));
        ledger.resume(run);
        run.step("recovered", "after a restart of this host");
        return run;
    }

    private Run enter(Task task, Spec spec, Dialogue dialogue, Duration left) {
        Keeper keeper = spec.isDurable() ? ledger::changed : Keeper.NOWHERE;
        Timeline timeline = new Timeline(self.agentId().value());
        Run run = new Run(task, spec, dialogue, timeline, left, clock, this::aside, keeper);
        table.started(run);
        if (!spec.key().isEmpty() && !spec.isDurable()) {
            synchronized (remembered) {
                remembered.put(spec.key(), task.id());
            }
        }
        run.atEnd(() -> table.finished(run));
        run.atEnd(() -> logFailure(run.task()));
        run.follow(teller);
        run.follow(times.one());
        return run;
    }

    /** How long tasks took. */
    TaskTimes times() {
        return times;
    }

    private static void logFailure(Task task) {
        if (task.error() != null) {
            LogContext.within(
                    task.traceparent(),
                    () ->
                            LOG.info(
                                    "task {}: {} {}: {}: {}",
                                    task.id(),
                                    task.skill(),
                                    task.state().wireName(),
                                    task.error().code(),
                                    line(task.error().message())));
        }
    }

    private static String line(String message) {
        String start = message.length() > 300 ? message.substring(0, 300) + "…" : message;
        return start.replaceAll("\\p{Cntrl}+", " ");
    }

    private static String skill(String reference) {
        return reference.length() > 128 ? reference.substring(0, 128) + "…" : reference;
    }

    private void called(Run outer, Run inner) {
        Task task = inner.task();
        outer.step(
                "called",
                task.skill()
                        + (task.tool().isEmpty() ? "" : "." + task.tool())
                        + (task.target() == null ? "" : " on " + task.target())
                        + (task.path().isEmpty() ? "" : " by " + task.path())
                        + ": "
                        + task.state().wireName()
                        + " in "
                        + Duration.between(task.created(), clock.instant()).toMillis()
                        + " ms, task "
                        + task.id());
    }

    /** Ends a task at its deadline.
     * @return false if this host is stopping */
    boolean watch(Run run) {
        long millis = Math.max(0, run.left().toMillis());
        try {
            Future<?> alarm = timer.schedule(() -> late(run), millis, TimeUnit.MILLISECONDS);
            run.atEnd(() -> alarm.cancel(false));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private static void late(Run run) {
        Task task = run.task();
        Duration ttl = Duration.between(task.created(), task.deadline());
        String open = task.question() == null ? "" : "; nobody answered: " + task.question().text();
        run.end(
                TaskState.FAILED,
                new TaskError(
                        "deadline_exceeded",
                        task.skill()
                                + " was not done within "
                                + ttl.toMillis() / 1000.0
                                + " s"
                                + open),
                task.path());
    }

    private void aside(Runnable tell) {
        try {
            executor.execute(tell);
        } catch (RejectedExecutionException full) {
            tell.run(); // late news are worse than a short stay on this thread
        }
    }

    private String freshId() {
        String id;
        do {
            StringBuilder text = new StringBuilder(12);
            for (long rest = random.nextLong() >>> 1;
                    text.length() < 12;
                    rest /= ALPHABET.length()) {
                text.append(ALPHABET.charAt((int) (rest % ALPHABET.length())));
            }
            id = text.toString();
        } while (find(id).isPresent());
        return id;
    }
}
