package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes tasks from acceptance to their end: checks them, finds who does them, watches their deadline. Nothing here blocks. */
final class Engine {
    /** An int that went through the journal may come back as another kind of number: the value counts. */
    private static final Comparator<JsonNode> NUMBERS =
            (one, other) ->
                    one.equals(other)
                                    || one.isNumber()
                                            && other.isNumber()
                                            && one.decimalValue().compareTo(other.decimalValue())
                                                    == 0
                            ? 0
                            : 1;

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    static final Duration MIN_TTL = Duration.ofSeconds(1);
    static final Duration MAX_TTL = Duration.ofDays(7);
    static final int MAX_DEPTH = 8;

    /** The timer ends what is late; who waits for it only has to outwait the timer. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final HostIdentity self;
    private final Chooser chooser;
    private final LocalHost here;
    private final RemoteHost there;
    private final Runs runs;
    private volatile boolean stopped;

    Engine(HostIdentity self, Chooser chooser, LocalHost here, RemoteHost there, Runs runs) {
        this.self = self;
        this.chooser = chooser;
        this.here = here;
        this.there = there;
        this.runs = runs;
    }

    /** What became of a request. */
    enum Taken {
        /** It is new. */
        NEW,
        /** It came before. */
        AGAIN,
        /** It should have come before, but did not. */
        UNKNOWN
    }

    Runs runs() {
        return runs;
    }

    double load() {
        return here.room().load();
    }

    /** Accepts a task of this host. */
    Run submit(TaskRequest request) {
        return submit(request, null);
    }

    /** Accepts a task of this host and waits for its end; see {@link dev.weft.api.task.Tasks#call}. */
    Task call(TaskRequest request, Consumer<TaskHandle> accepted) {
        Caller caller = here.caller();
        Run run = submit(request, caller);
        boolean heard = false;
        try {
            accepted.accept(run);
            heard = true;
        } finally {
            if (!heard) {
                cancel(run.task().id(), "its caller failed");
            }
            caller.begin();
        }
        try {
            return run.await(GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancel(run.task().id(), Caller.INTERRUPTED);
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("task {} did not end at its deadline", run.task().id(), e);
            cancel(run.task().id(), "it did not end at its deadline");
        }
        return run.task();
    }

    private Run submit(TaskRequest request, Caller caller) {
        Optional<Run> outer = here.current();
        int depth =
                Math.max(
                        Math.max(0, request.depth()),
                        outer.map(run -> run.spec().depth() + 1).orElse(0));
        boolean own = request.source().equals(self.agentId());
        String name = request.options().idempotencyKey();
        String key = name.isEmpty() ? "" : "own/" + request.source() + "/" + name;
        Spec spec =
                new Spec(
                        request.skill(),
                        request.target(),
                        own ? "" : request.source().value(),
                        Spec.Origin.OWN,
                        depth,
                        depth > 0,
                        key,
                        request.options());
        synchronized (runs.lock(key)) {
            Optional<Runs.Found> before = runs.before(key);
            if (before.isPresent()) {
                return sameOrConflict(before.get(), request, spec);
            }
            Run run = runs.open("", spec, request.input(), request.source(), request.ttl(), outer);
            run.lend(caller);
            submitted(run, request);
            return run;
        }
    }

    private Run sameOrConflict(Runs.Found before, TaskRequest request, Spec spec) {
        if (before.task().input().equals(NUMBERS, request.input())
                && SkillRef.readings(request.skill()).stream()
                        .anyMatch(reading -> reading.skill().equals(before.task().skill()))) {
            return before.run() != null ? before.run() : runs.ended(before.task(), spec);
        }
        Spec keyless =
                new Spec(
                        spec.reference(),
                        spec.target(),
                        spec.caller(),
                        spec.origin(),
                        spec.depth(),
                        spec.nested(),
                        "",
                        TaskRequest.Options.IN_MEMORY);
        Run run =
                runs.open(
                        "",
                        keyless,
                        request.input(),
                        request.source(),
                        request.ttl(),
                        here.current());
        run.reject(
                "key_conflict",
                "the idempotency key belongs to task "
                        + before.task().id()
                        + ", which is about something else; use a new key");
        return run;
    }

    private void submitted(Run run, TaskRequest request) {
        if (request.ttl().compareTo(MIN_TTL) < 0 || request.ttl().compareTo(MAX_TTL) > 0) {
            run.reject("bad_task", "ttl must be 1 s to 7 days, got " + request.ttl());
            return;
        }
        if (!admit(run)) {
            return;
        }
        try {
            Choice choice =
                    chooser.choose(
                            request.skill(),
                            request.target(),
                            request.source(),
                            request.options().whenAway());
            run.assign(choice.reading().skill(), choice.reading().tool(), choice.agent());
            if (!run.spec().isDurable()) {
                start(run, choice);
                return;
            }
            if (choice.local()) {
                here.check(run);
            }
            store(run, choice);
        } catch (TaskException e) {
            run.reject(e.error().code(), e.error().message());
        }
    }

    /** A durable task begins when the disk has it: before that, nobody was promised anything. */
    private void store(Run run, Choice choice) {
        CompletableFuture<Task> accepted = new CompletableFuture<>();
        run.accepting(accepted);
        runs.ledger()
                .begin(run)
                .whenComplete(
                        (stored, failure) -> {
                            if (failure == null) {
                                accepted.complete(run.task());
                                there.onWorker(() -> start(run, choice));
                            } else {
                                run.reject("not_stored", failure.getMessage());
                                accepted.complete(run.task());
                            }
                        });
    }

    /** Takes a task from outside, unless it came before.
     * @param key what tells it from others; "" if nothing does
     * @param task null if it must have come before
     * @param then sees it before it starts, so that it misses nothing */
    Taken once(String key, Supplier<Incoming> task, Consumer<Runs.Found> then) {
        Run run;
        synchronized (runs.lock(key)) {
            Optional<Runs.Found> before = runs.before(key);
            if (before.isPresent()) {
                then.accept(before.get());
                return Taken.AGAIN;
            }
            if (task == null) {
                return Taken.UNKNOWN;
            }
            Incoming incoming = task.get();
            Spec spec =
                    new Spec(
                            incoming.reference(),
                            Optional.empty(),
                            incoming.caller(),
                            incoming.origin(),
                            incoming.depth() + 1,
                            incoming.depth() > 0,
                            key,
                            incoming.options());
            run =
                    runs.open(
                            incoming.id(),
                            spec,
                            incoming.input(),
                            incoming.source(),
                            incoming.ttl(),
                            Optional.empty());
            if (spec.isDurable()) {
                runs.ledger().begin(run); // the sender keeps it too, until it has the outcome
            }
            then.accept(new Runs.Found(run, run.task(), run.timeline()));
        }
        if (admit(run)) {
            run.assign(run.task().skill(), "", self.agentId());
            here.start(run);
        }
        return Taken.NEW;
    }

    /** The id of the task that has a key. */
    Optional<String> known(String key) {
        return runs.known(key);
    }

    /** Goes on with what was on its way when this host went down. */
    void recover(List<Saved> unfinished) {
        List<Runnable> starts = new ArrayList<>();
        for (Saved saved : unfinished) {
            Run run = runs.reopen(saved);
            runs.watch(run);
            Task task = run.task();
            boolean local = task.target() == null || task.target().equals(self.agentId());
            if (local && task.question() == null) {
                starts.add(() -> here.start(run));
            } else if (!local) {
                String reference = saved.spec().reference();
                starts.add(() -> there.start(run, chooser.again(task.target(), reference)));
            }
        }
        // by one worker: none of them blocks, and a host that comes up needs the others
        if (!starts.isEmpty()) {
            there.later(() -> starts.forEach(Engine::carefully), 0);
        }
    }

    private static void carefully(Runnable start) {
        try {
            start.run();
        } catch (RuntimeException e) {
            LOG.error("a task from before the restart could not be begun again", e);
        }
    }

    boolean cancel(String id, String why) {
        return runs.table()
                .running(id)
                .map(
                        run ->
                                run.end(
                                        TaskState.CANCELED,
                                        new TaskError("canceled", why),
                                        run.task().path()))
                .orElse(false);
    }

    /** Cancels what lives in memory; what is durable goes on when this host is started again. */
    void stop() {
        stopped = true;
        here.stop();
        runs.table().running().stream()
                .filter(run -> !run.spec().isDurable())
                .forEach(run -> cancel(run.task().id(), "the host stops"));
        there.stop();
        runs.ledger().close();
    }

    private boolean admit(Run run) {
        if (stopped) {
            run.reject("busy", "this host is stopping");
        } else if (!run.task().input().isObject()) {
            run.reject(
                    "bad_arguments", "the input must be a JSON object with the arguments by name");
        } else if (run.spec().depth() > MAX_DEPTH) {
            run.reject(
                    "too_deep",
                    "more than "
                            + MAX_DEPTH
                            + " tasks led to this one; do two skills call each other in a circle?");
        } else if (!runs.watch(run)) {
            run.reject("busy", "this host is stopping");
        }
        return !run.isFinal();
    }

    private void start(Run run, Choice choice) {
        if (run.isFinal()) {
            return;
        }
        if (choice.local()) {
            here.start(run);
        } else {
            there.start(run, choice);
        }
    }
}
