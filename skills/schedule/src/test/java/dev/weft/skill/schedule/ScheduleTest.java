package dev.weft.skill.schedule;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.agent.Agent;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.Tasks;
import dev.weft.skill.testing.SkillFramework;
import dev.weft.skill.testing.SkillHarness;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ScheduleTest {
    private static final Duration TIME = Duration.ofSeconds(30);
    private static final Instant NOON = Instant.parse("2026-01-30T12:00:00Z"); // a Friday

    @TempDir Path folder;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private CompletableFuture<Agent.Answer> answer =
            CompletableFuture.completedFuture(new Agent.Answer("fine", "m", List.of()));
    private final Agent agent =
            (question, listener) -> {
                asked.add(question.prompt());
                return answer;
            };
    private final Runner runner = new Runner(none(Tasks.class), agent, none(HostIdentity.class));
    private final ExecutorService blocking = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        blocking.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void tells_the_next_time() {
        ZoneId vienna = ZoneId.of("Europe/Vienna");
        Timing monday =
                new Timing(
                        null,
                        null,
                        Optional.of(List.of(LocalTime.of(8, 30), LocalTime.of(7, 0))),
                        Optional.of(List.of(DayOfWeek.MONDAY)),
                        Optional.of(vienna));
        assertEquals(Optional.of(Instant.parse("2026-02-02T06:00:00Z")), monday.after(NOON));
        assertEquals(
                Optional.of(Instant.parse("2026-02-02T07:30:00Z")),
                monday.after(Instant.parse("2026-02-02T06:00:00Z")));
        // on the last Sunday in March there is no 02:30 in Vienna
        Timing gap =
                new Timing(
                        null,
                        null,
                        Optional.of(List.of(LocalTime.of(2, 30))),
                        null,
                        Optional.of(vienna));
        assertEquals(
                Optional.of(Instant.parse("2026-03-29T01:30:00Z")),
                gap.after(Instant.parse("2026-03-28T12:00:00Z")));
        Timing once = new Timing(Optional.of(NOON), null, null, null, null);
        assertEquals(Optional.empty(), once.after(NOON));
    }

    @Test
    void a_due_job_is_run_once_even_if_two_versions_look() {
        Jobs jobs = new Jobs(folder);
        Turns one = new Turns(jobs, runner, blocking, at(NOON.plusSeconds(60)));
        Turns other = new Turns(new Jobs(folder), runner, blocking, at(NOON.plusSeconds(60)));
        jobs.change(all -> List.of(job("every", Duration.ofSeconds(30))));
        one.due();
        other.due();
        await().atMost(TIME).until(() -> last(jobs).state().equals("completed"));
        assertEquals(List.of("how is it?"), asked);
        assertEquals("fine", last(jobs).text());
        assertEquals(Optional.of(NOON.plusSeconds(90)), jobs.read().get(0).next());
    }

    @Test
    void a_job_is_read_as_it_was_kept() {
        Jobs jobs = new Jobs(folder);
        Job kept = job("no arguments", Duration.ofSeconds(30));
        jobs.change(all -> List.of(kept));
        assertEquals(List.of(kept), jobs.read());
    }

    @Test
    void what_was_missed_is_run_once_after_a_restart() {
        new Jobs(folder).change(all -> List.of(job("every", Duration.ofSeconds(30))));
        Jobs again = new Jobs(folder);
        new Turns(again, runner, blocking, at(NOON.plus(Duration.ofDays(3)))).due();
        await().atMost(TIME).until(() -> last(again).state().equals("completed"));
        assertEquals(1, asked.size());
    }

    @Test
    void a_job_that_still_runs_misses_its_turn_and_a_failure_is_kept() {
        Jobs jobs = new Jobs(folder);
        answer = new CompletableFuture<>();
        jobs.change(all -> List.of(job("every", Duration.ofSeconds(30))));
        MovableClock clock = new MovableClock();
        Turns turns = new Turns(jobs, runner, blocking, clock);
        clock.now = NOON.plusSeconds(30);
        turns.due();
        assertEquals("interrupted", last(jobs).state());
        clock.now = NOON.plusSeconds(60);
        turns.due();
        assertEquals(1, asked.size());
        answer.completeExceptionally(new IllegalStateException("no model"));
        await().atMost(TIME).until(() -> last(jobs).state().equals("failed"));
        assertEquals("no model", last(jobs).text());
    }

    @Test
    void jobs_are_added_listed_and_removed_and_run_in_a_framework() {
        try (SkillFramework framework =
                SkillFramework.of(Path.of("target/classes"))
                        .with(Tasks.class, none(Tasks.class), Map.of())
                        .with(Agent.class, agent, Map.of())
                        .with(HostIdentity.class, none(HostIdentity.class), Map.of())
                        .start()) {
            SkillHarness schedule = framework.skill("schedule");
            assertEquals(0, schedule.call("list", Map.of()).size());
            Instant soon = Instant.now().plusSeconds(3);
            JsonNode job =
                    schedule.call(
                            "add",
                            Map.of("name", "x", "prompt", "how?", "timing", Map.of("once", soon)));
            await().atMost(TIME).until(() -> asked.equals(List.of("how?")));
            await().atMost(TIME)
                    .until(
                            () ->
                                    schedule.call("list", Map.of())
                                            .at("/0/last/state")
                                            .asText()
                                            .equals("completed"));
            assertTrue(schedule.call("list", Map.of()).at("/0/next").isMissingNode());
            schedule.call("remove", Map.of("id", job.path("id").asText()));
            assertEquals(0, schedule.call("list", Map.of()).size());
            assertEquals(
                    "schedule.add failed: give either a skill or a prompt",
                    assertThrows(
                                    TaskException.class,
                                    () ->
                                            schedule.call(
                                                    "add",
                                                    Map.of(
                                                            "name",
                                                            "x",
                                                            "timing",
                                                            Map.of("every", "PT10S"))))
                            .getMessage());
            assertTrue(
                    assertThrows(
                                    TaskException.class,
                                    () ->
                                            schedule.call(
                                                    "add",
                                                    Map.of(
                                                            "name",
                                                            "x",
                                                            "prompt",
                                                            "y",
                                                            "timing",
                                                            Map.of("every", "PT1S"))))
                            .getMessage()
                            .contains("at least PT10S"));
        }
    }

    private static Job.Outcome last(Jobs jobs) {
        return jobs.read().get(0).last().orElseThrow();
    }

    private static Job job(String name, Duration every) {
        return new Job(
                "j1",
                name,
                new Timing(null, Optional.of(every), null, null, null),
                Optional.empty(),
                com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode(),
                Optional.empty(),
                Optional.of("how is it?"),
                Optional.of(NOON.plusSeconds(30)),
                Optional.empty());
    }

    private static Clock at(Instant time) {
        return Clock.fixed(time, ZoneOffset.UTC);
    }

    /** A service that no test here calls. */
    private static <T> T none(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            if (method.getDeclaringClass() == Object.class) {
                                return method.invoke(type, arguments);
                            }
                            throw new AssertionError(method + " is not expected");
                        }));
    }

    private static final class MovableClock extends Clock {
        private volatile Instant now;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
