package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries tasks out with the skills of this host: checks the call and the caller first, asks for approval where it is needed,
 * waits for room, and runs. Thread-safe. */
final class LocalHost {
    private static final Logger LOG = LoggerFactory.getLogger(LocalHost.class);
    private static final int MAX_APPROVALS = 256;

    private static final Set<String> MISSING = Set.of("unknown_skill", "unknown_tool");

    /** A thread comes free when any call ends. */
    private static final long NO_THREAD_MILLIS = 20;

    private final Skills skills;
    private final Access access;
    private final UnaryOperator<String> names;
    private final Room room;
    private final Semaphore asking;
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final SkillWait skillWait;
    private volatile boolean stopped;
    private final Semaphore approvals = new Semaphore(MAX_APPROVALS);

    /** The task that a thread works on: what it submits is nested in it. */
    private final ThreadLocal<Run> current = new ThreadLocal<>();

    /**
     * @param names label of an agent by its id, "" if unknown
     * @param asking how many running calls may wait for people, each with its thread
     * @param skillsCome how long after its start a host may find skills
     */
    LocalHost(
            Skills skills,
            Access access,
            UnaryOperator<String> names,
            Room room,
            int asking,
            Duration skillsCome,
            ExecutorService executor,
            ScheduledExecutorService timer) {
        this.skills = skills;
        this.access = access;
        this.names = names;
        this.room = room;
        this.asking = new Semaphore(asking);
        this.executor = executor;
        this.timer = timer;
        this.skillWait = new SkillWait(skills, skillsCome, executor, timer, this::start);
    }

    /** Calls that break off from now on do so because this host stops. */
    void stop() {
        stopped = true;
    }

    /** The calling thread, as one that waits for a task and may do it. */
    Caller caller() {
        return new Caller(executor);
    }

    Room room() {
        return room;
    }

    /** The task that the calling thread works on. */
    Optional<Run> current() {
        return Optional.ofNullable(current.get());
    }

    /** Checks a task as far as it can be without running it.
     * @throws TaskException if it cannot be done here as it is */
    void check(Run run) {
        prepare(run).close();
    }

    /** Begins a task as soon as there is room. */
    void start(Run run) {
        if (run.isFinal()) {
            return;
        }
        Skills.Call call;
        try {
            call = prepare(run);
        } catch (TaskException e) {
            boolean missing = MISSING.contains(e.error().code());
            if (!missing || !run.spec().isDurable() || !skillWait.enter(run)) {
                run.reject(e.error().code(), e.error().message());
            }
            return;
        }
        run.assign(call.skill(), call.tool(), run.task().target());
        if (call.confirm() && !isApproved(run, call)) {
            call.close();
            if (run.dialogue().approved().isEmpty()) {
                askForApproval(run, call);
            } else {
                run.reject(
                        "tool_changed",
                        call.skill()
                                + "."
                                + call.tool()
                                + " was updated after its approval was asked for, which counts for the tool as it was shown; submit the task again");
            }
            return;
        }
        enter(run, call);
    }

    private Skills.Call prepare(Run run) {
        String reference = run.spec().reference();
        Skills.Call call;
        try {
            call = skills.prepare(reference, run.task().input());
        } catch (TaskException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("task {}: {} could not be prepared", run.task().id(), reference, e);
            throw new TaskException("skill_failed", reference + " could not be prepared: " + e, e);
        }
        String caller = run.spec().caller();
        boolean own = run.spec().origin() == Spec.Origin.OWN && caller.isEmpty();
        if (!own && !access.isOpen()) {
            Optional<String> denial =
                    access.denial(caller, names.apply(caller), call.skill(), call.tool());
            if (denial.isPresent()) {
                call.close();
                throw new TaskException("denied", denial.get());
            }
        }
        return call;
    }

    private boolean isApproved(Run run, Skills.Call call) {
        String approved = run.dialogue().approved();
        return !approved.isEmpty() && approved.equals(digest(run, call));
    }

    /** What a person approves: this call, of the tool as it is now. An update that changes it voids what is said. */
    private String digest(Run run, Skills.Call call) {
        String card =
                skills.find(call.skill())
                        .map(
                                skill ->
                                        Wire.write(
                                                List.of(
                                                        skill.description(),
                                                        skill.permissions(),
                                                        skill.tool(call.tool()).stream().toList())))
                        .orElse("");
        return Dialogue.digest(call.skill() + "." + call.tool(), run.task().input(), card);
    }

    private void askForApproval(Run run, Skills.Call call) {
        if (!approvals.tryAcquire()) {
            run.reject("busy", "too many tasks wait for approval on this host already");
            return;
        }
        run.atEnd(approvals::release);
        JsonNode input = run.task().input();
        run.dialogue().show(digest(run, call));
        String text = "May " + call.skill() + "." + call.tool() + " run with these arguments?";
        run.ask(TaskState.AUTH_REQUIRED, new TaskQuestion(text, null, input), LocalWork.PATH);
    }

    private void enter(Run run, Skills.Call call) {
        AtomicReference<Skills.Call> held = new AtomicReference<>(call);
        AtomicReference<Room.Place> place = new AtomicReference<>();
        place.set(
                new Room.Place(
                        run.spec().origin() == Spec.Origin.OWN ? "" : run.spec().caller(),
                        call.skill(),
                        run.spec().nested(),
                        () -> TaskTable.weigh(run.task()),
                        () -> execute(run, held.getAndSet(null), place.get())));
        String answer = room.ask(place.get(), run.spec().options().priority());
        if (answer.isEmpty()) {
            return;
        }
        // what waits must not hold on to the skill's code; its turn may have come meanwhile
        Skills.Call unused = held.getAndSet(null);
        if (unused != null) {
            unused.close();
        }
        if (answer.equals(Room.QUEUED)) {
            run.step(Room.QUEUED, "");
            run.atEnd(() -> room.giveUp(place.get()));
        } else {
            run.reject("busy", answer);
        }
    }

    /** Runs on a worker, or on the thread that waits for it. A durable task, and one that has waited in line, keeps its place while there is no thread; a nested one must not
     * wait for its own caller.
     * @param call null if it must be prepared anew */
    private void execute(Run run, Skills.Call call, Room.Place place) {
        try {
            run.worker(executor)
                    .execute(
                            () -> {
                                run.enter();
                                try {
                                    work(run, call);
                                } finally {
                                    room.leave(place);
                                    run.leave();
                                }
                            });
        } catch (RejectedExecutionException e) {
            if (call != null) {
                call.close();
            }
            boolean patient = call == null || run.spec().isDurable() && !run.spec().nested();
            if (run.isFinal() || !patient || !later(run, place)) {
                run.reject(
                        "busy",
                        "this host has no thread to spare; try again later, or on another host");
                room.leave(place);
            }
        }
    }

    private boolean later(Run run, Room.Place place) {
        try {
            timer.schedule(
                    () -> execute(run, null, place), NO_THREAD_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    private void work(Run run, Skills.Call prepared) {
        Skills.Call call = prepared;
        if (call == null && !run.isFinal()) {
            try {
                call = prepare(run);
            } catch (TaskException e) {
                run.reject(e.error().code(), e.error().message());
                return;
            }
        }
        if (call != null) {
            new LocalWork(run, call, new RunContext(run, asking), current, () -> stopped).run();
        }
    }
}
