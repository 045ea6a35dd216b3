package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunTest {
    private static final Map<TaskState, Set<TaskState>> LEGAL =
            Map.of(
                    TaskState.SUBMITTED,
                    EnumSet.complementOf(EnumSet.of(TaskState.SUBMITTED)),
                    TaskState.WORKING,
                    EnumSet.of(
                            TaskState.INPUT_REQUIRED,
                            TaskState.AUTH_REQUIRED,
                            TaskState.COMPLETED,
                            TaskState.FAILED,
                            TaskState.CANCELED),
                    TaskState.INPUT_REQUIRED,
                    EnumSet.of(
                            TaskState.WORKING,
                            TaskState.COMPLETED,
                            TaskState.FAILED,
                            TaskState.CANCELED),
                    TaskState.AUTH_REQUIRED,
                    EnumSet.of(
                            TaskState.WORKING,
                            TaskState.REJECTED,
                            TaskState.COMPLETED,
                            TaskState.FAILED,
                            TaskState.CANCELED),
                    TaskState.COMPLETED,
                    Set.of(),
                    TaskState.FAILED,
                    Set.of(),
                    TaskState.CANCELED,
                    Set.of(),
                    TaskState.REJECTED,
                    Set.of());

    static Run run(TaskState state) {
        return run(state, Clock.systemUTC(), false);
    }

    private static Run run(TaskState state, Clock clock, boolean durable) {
        Instant now = Instant.now();
        Task task =
                new Task(
                        "t",
                        "s",
                        "",
                        Wire.object(),
                        new AgentId("me"),
                        null,
                        state,
                        "",
                        null,
                        null,
                        now,
                        now,
                        now.plusSeconds(9));
        return new Run(
                task,
                new Spec(
                        "s",
                        Optional.empty(),
                        "",
                        Spec.Origin.OWN,
                        0,
                        false,
                        "",
                        durable ? TaskRequest.Options.DURABLE : TaskRequest.Options.IN_MEMORY),
                new Dialogue(List.of(), "", ""),
                new Timeline("me"),
                Duration.ofSeconds(9),
                clock,
                Runnable::run,
                Keeper.NOWHERE);
    }

    @Test
    void a_wall_clock_that_jumps_changes_nothing_about_the_time_that_is_left() {
        for (Duration jump : List.of(Duration.ofDays(400), Duration.ofDays(-400))) {
            Run run = run(TaskState.SUBMITTED, Clock.offset(Clock.systemUTC(), jump), true);
            assertTrue(run.left().compareTo(Duration.ofSeconds(9)) <= 0, run.left()::toString);
            assertTrue(run.left().compareTo(Duration.ofSeconds(2)) > 0, run.left()::toString);
            assertFalse(new RunContext(run, new Semaphore(1)).isCanceled());
            Choice choice =
                    new Choice(
                            new AgentId("peer"),
                            "peer",
                            false,
                            false,
                            false,
                            new SkillRef("s", ""));
            assertTrue(new Retrying(run, choice).next("unreachable") >= 0);
        }
    }

    @Test
    void every_change_of_state_is_made_if_it_is_legal_and_only_then() {
        for (TaskState from : TaskState.values()) {
            for (TaskState to : TaskState.values()) {
                Run run = run(from);
                boolean legal = LEGAL.get(from).contains(to);
                assertEquals(
                        legal, run.end(to, new TaskError("c", "m"), "p2p"), from + " -> " + to);
                assertEquals(legal ? to : from, run.task().state(), from + " -> " + to);
                assertEquals(
                        from.isFinal() || legal && to.isFinal(),
                        run.done().isDone(),
                        from + " -> " + to);
            }
        }
    }

    @Test
    void the_first_end_wins_whoever_races_for_it() throws Exception {
        for (int round = 0; round < 200; round++) {
            Run run = run(TaskState.WORKING);
            AtomicInteger winners = new AtomicInteger();
            AtomicInteger tidied = new AtomicInteger();
            run.atEnd(tidied::incrementAndGet);
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> racers = new ArrayList<>();
            for (TaskState end :
                    List.of(TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELED)) {
                Thread racer =
                        new Thread(
                                () -> {
                                    try {
                                        go.await();
                                    } catch (InterruptedException e) {
                                        return;
                                    }
                                    if (run.end(end, new TaskError(end.wireName(), ""), "")) {
                                        winners.incrementAndGet();
                                    }
                                });
                racer.start();
                racers.add(racer);
            }
            go.countDown();
            for (Thread racer : racers) {
                racer.join(TimeUnit.SECONDS.toMillis(30));
            }
            assertEquals(1, winners.get());
            assertEquals(1, tidied.get());
            assertEquals(run.done().join().state().wireName(), run.done().join().error().code());
        }
    }

    @Test
    void a_caller_cannot_end_the_task_through_the_future() {
        Run run = run(TaskState.WORKING);
        assertTrue(run.done().cancel(true));
        assertFalse(run.done().isDone());
        assertTrue(run.complete(Wire.object(), "local"));
    }

    @Test
    void pieces_wait_for_the_first_listener_and_come_in_order_to_all() {
        Run run = run(TaskState.WORKING);
        run.emit("a");
        run.emit("b");
        List<String> first = new ArrayList<>();
        run.onChunk(first::add);
        run.emit("c");
        List<String> second = new ArrayList<>();
        run.onChunk(second::add);
        run.complete(Wire.object(), "local");
        run.emit("late");
        assertEquals(List.of("a", "b", "c"), first);
        assertEquals(List.of("a", "b", "c"), second);
    }

    @Test
    void too_many_pieces_that_nobody_hears_are_refused_by_number_and_by_size() {
        Run many = run(TaskState.WORKING);
        for (int i = 0; i < Chunks.MAX_PIECES; i++) {
            many.emit("x");
        }
        assertThrows(IllegalStateException.class, () -> many.emit("x"));
        Run large = run(TaskState.WORKING);
        large.emit("x".repeat(Chunks.MAX_BYTES));
        assertThrows(IllegalStateException.class, () -> large.emit("x"));
        AtomicInteger heard = new AtomicInteger();
        many.onChunk(piece -> heard.incrementAndGet());
        many.emit("more");
        assertEquals(
                Chunks.MAX_PIECES + 1,
                heard.get(),
                "who listens gets what waited, and more fits then");
    }

    @Test
    void a_listener_that_fails_does_not_harm_the_skill() {
        Run run = run(TaskState.WORKING);
        run.onChunk(
                piece -> {
                    throw new IllegalArgumentException("mine");
                });
        List<String> heard = new ArrayList<>();
        run.onChunk(heard::add);
        run.emit("a");
        assertEquals(List.of("a"), heard);
    }

    @Test
    void a_flood_of_progress_is_thinned_out_and_fractions_are_kept_in_bounds() {
        Run run = run(TaskState.WORKING);
        List<Double> fractions = new ArrayList<>();
        run.follow(
                new RunListener() {
                    @Override
                    public void changed(Task task) {}

                    @Override
                    public void progress(Task task, double fraction, String note) {
                        fractions.add(fraction);
                    }
                });
        run.progress(Double.NaN, null);
        run.progress(7, "");
        for (int i = 0; i < 10_000; i++) {
            run.progress(-1, "x");
        }
        assertEquals(List.of(0.0, 1.0), fractions.subList(0, 2));
        assertTrue(fractions.size() < 1000, "heard " + fractions.size());
    }
}
