package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Takes tasks from acceptance to their end: checks them, finds who does them, watches their deadline. Nothing here blocks. */
final class Engine {
    static final Duration MIN_TTL = Duration.ofSeconds(1);
    static final Duration MAX_TTL = Duration.ofDays(7);
    static final int MAX_DEPTH = 8;
    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

    private final HostIdentity self;
    private final Chooser chooser;
    private final LocalHost here;
    private final Supplier<Optional<Mesh>> mesh;
    private final TaskTable table;
    private final EventTeller teller;
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private volatile boolean stopped;

    Engine(
            HostIdentity self,
            Chooser chooser,
            LocalHost here,
            Supplier<Optional<Mesh>> mesh,
            TaskTable table,
            Events events,
            ExecutorService executor,
            ScheduledExecutorService timer,
            Clock clock) {
        this.self = self;
        this.chooser = chooser;
        this.here = here;
        this.mesh = mesh;
        this.table = table;
        this.teller = new EventTeller(events);
        this.executor = executor;
        this.timer = timer;
        this.clock = clock;
    }

    TaskTable table() {
        return table;
    }

    double load() {
        return here.load();
    }

    /** Accepts a task of this host. */
    Run submit(TaskRequest request) {
        int depth = here.depth(Math.max(0, request.depth()));
        Run run =
                open(
                        "",
                        request.skill(),
                        request.input(),
                        request.source(),
                        request.ttl(),
                        depth,
                        depth > 0);
        if (request.ttl().compareTo(MIN_TTL) < 0 || request.ttl().compareTo(MAX_TTL) > 0) {
            run.reject("bad_task", "ttl must be 1 s to 7 days, got " + request.ttl());
        } else if (admit(run)) {
            try {
                Choice choice = chooser.choose(request.skill(), request.target(), request.source());
                start(run, request.skill(), choice);
            } catch (TaskException e) {
                run.reject(e.error().code(), e.error().message());
            }
        }
        return run;
    }

    /** Accepts a task that a peer has chosen this host for: it is done here or not at all, so that it cannot bounce.
     * @param id the peer's id for it; replaced if it is taken here
     * @param first sees the task before it starts, so that it misses nothing */
    Run accept(
            String id,
            String reference,
            JsonNode input,
            AgentId peer,
            Duration ttl,
            int depth,
            Consumer<Run> first) {
        Run run = open(id, reference, input, peer, ttl, depth + 1, depth > 0);
        first.accept(run);
        if (admit(run)) {
            run.assign(run.task().skill(), "", self.agentId());
            here.start(run, reference);
        }
        return run;
    }

    boolean cancel(String id, String why) {
        return table.running(id)
                .map(
                        run ->
                                run.end(
                                        TaskState.CANCELED,
                                        new TaskError("canceled", why),
                                        run.task().path()))
                .orElse(false);
    }

    void stop() {
        stopped = true;
        table.running().forEach(run -> cancel(run.task().id(), "the host stops"));
    }

    private Run open(
            String wantedId,
            String reference,
            JsonNode input,
            AgentId source,
            Duration ttl,
            int depth,
            boolean nested) {
        Instant now = clock.instant();
        Duration bounded =
                ttl.isNegative() ? Duration.ZERO : ttl.compareTo(MAX_TTL) > 0 ? MAX_TTL : ttl;
        String skill = reference.length() > 128 ? reference.substring(0, 128) + "…" : reference;
        String id = wantedId.isEmpty() || table.knows(wantedId) ? freshId() : wantedId;
        Task task =
                new Task(
                        id,
                        skill,
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
                        now.plus(bounded));
        Run run = new Run(task, depth, nested, clock, this::aside);
        table.started(run);
        run.atEnd(() -> table.finished(run));
        run.follow(teller);
        return run;
    }

    private boolean admit(Run run) {
        if (stopped) {
            run.reject("busy", "this host is stopping");
        } else if (!run.task().input().isObject()) {
            run.reject(
                    "bad_arguments", "the input must be a JSON object with the arguments by name");
        } else if (run.depth() > MAX_DEPTH) {
            run.reject(
                    "too_deep",
                    "more than "
                            + MAX_DEPTH
                            + " tasks led to this one; do two skills call each other in a circle?");
        } else {
            watch(run);
        }
        return !run.isFinal();
    }

    private void start(Run run, String reference, Choice choice) {
        run.assign(choice.reading().skill(), choice.reading().tool(), choice.agent());
        if (choice.local()) {
            here.start(run, reference);
        } else {
            mesh.get()
                    .ifPresentOrElse(
                            links -> new RemoteWork(run, links, choice, clock).start(reference),
                            () ->
                                    run.reject(
                                            "unreachable",
                                            choice.name()
                                                    + " cannot be reached: this host has no mesh running"));
        }
    }

    private void watch(Run run) {
        Task task = run.task();
        long millis = Math.max(0, Duration.between(task.created(), task.deadline()).toMillis());
        try {
            Future<?> alarm = timer.schedule(() -> late(run), millis, TimeUnit.MILLISECONDS);
            run.atEnd(() -> alarm.cancel(false));
        } catch (RejectedExecutionException e) {
            run.reject("busy", "this host is stopping");
        }
    }

    private static void late(Run run) {
        Task task = run.task();
        Duration ttl = Duration.between(task.created(), task.deadline());
        run.end(
                TaskState.FAILED,
                new TaskError(
                        "deadline_exceeded",
                        task.skill() + " was not done within " + ttl.toMillis() / 1000.0 + " s"),
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
            random.ints(12, 0, ALPHABET.length()).forEach(i -> text.append(ALPHABET.charAt(i)));
            id = text.toString();
        } while (table.knows(id));
        return id;
    }
}
