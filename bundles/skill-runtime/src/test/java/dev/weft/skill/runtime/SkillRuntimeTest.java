package dev.weft.skill.runtime;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.SkillCard;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SkillRuntimeTest {
    @Skill(id = "echo", title = "Echo", description = "Says which one it is")
    public static final class Echo implements SkillService {
        private final String answer;
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch leave = new CountDownLatch(1);

        Echo(String answer) {
            this.answer = answer;
        }

        @Tool
        public String say(boolean wait) throws InterruptedException {
            if (wait) {
                entered.countDown();
                if (!leave.await(60, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nobody let me go");
                }
            }
            return answer;
        }
    }

    private final Fixture fixture = new Fixture();
    private final FakeReference v1 = new FakeReference(1, "1.0.0", 0);
    private final FakeReference v2 = new FakeReference(2, "2.0.0", 0);

    private String say() throws InterruptedException {
        return fixture.call("echo", "{'wait':false}").asText();
    }

    @Test
    void the_highest_version_answers_then_the_highest_ranking_and_removing_one_leaves_the_other()
            throws Exception {
        FakeReference ranked = new FakeReference(3, "1.0.0", 5);
        fixture.runtime.addSkill(v2, new Echo("two"));
        fixture.runtime.addSkill(v1, new Echo("one"));
        fixture.runtime.addSkill(ranked, new Echo("ranked"));
        assertEquals("two", say());
        assertEquals(1, fixture.runtime.installed().size());
        fixture.runtime.removeSkill(v2);
        assertEquals("ranked", say());
        fixture.runtime.removeSkill(ranked);
        assertEquals("one", say());
        fixture.runtime.removeSkill(v1);
        assertEquals("unknown_skill", assertThrows(TaskException.class, this::say).error().code());
        assertTrue(fixture.runtime.wasHere("echo"));
        assertFalse(fixture.runtime.wasHere("other"));
    }

    @Test
    void retire_sends_new_calls_elsewhere_and_is_done_when_the_running_call_ends()
            throws Exception {
        Echo old = new Echo("old");
        fixture.runtime.addSkill(v2, old);
        fixture.runtime.addSkill(v1, new Echo("new"));
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<String> running =
                    threads.submit(() -> fixture.call("echo.say", "{'wait':true}").asText());
            assertTrue(old.entered.await(60, TimeUnit.SECONDS));
            CompletableFuture<Void> retired = fixture.runtime.retire(2);
            assertFalse(retired.isDone());
            assertEquals("new", say());
            old.leave.countDown();
            retired.get(60, TimeUnit.SECONDS);
            assertEquals("old", running.get(60, TimeUnit.SECONDS));
        } finally {
            threads.shutdownNow();
        }
        assertTrue(fixture.runtime.retire(2).isDone());
        assertTrue(fixture.runtime.retire(77).isDone());
    }

    @Test
    void an_open_lease_counts_before_the_call_runs_and_a_refused_input_counts_nothing() {
        fixture.runtime.addSkill(v1, new Echo("one"));
        assertEquals(
                "bad_arguments",
                assertThrows(
                                TaskException.class,
                                () -> fixture.runtime.prepare("echo", Fixture.json("{}")))
                        .error()
                        .code());
        Skills.Call call = fixture.runtime.prepare("echo", Fixture.json("{'wait':false}"));
        CompletableFuture<Void> retired = fixture.runtime.retire(1);
        assertFalse(retired.isDone());
        call.close();
        call.close();
        assertTrue(retired.isDone());
        assertThrows(
                IllegalStateException.class,
                () -> call.run(fixture.context(Duration.ofSeconds(1))));
    }

    @Test
    void no_call_fails_and_every_lease_drains_while_versions_are_swapped_under_load()
            throws Exception {
        fixture.runtime.addSkill(new FakeReference(100, "1.0.0", 0), new Echo("x"));
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch calling = new CountDownLatch(4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> callers =
                    List.of(1, 2, 3, 4).stream()
                            .map(
                                    n ->
                                            threads.submit(
                                                    () -> {
                                                        int calls = 0;
                                                        while (!stop.get()) {
                                                            say();
                                                            calls++;
                                                            calling.countDown();
                                                        }
                                                        return calls;
                                                    }))
                            .toList();
            assertTrue(calling.await(60, TimeUnit.SECONDS));
            for (int n = 101; n < 401; n++) {
                fixture.runtime.addSkill(new FakeReference(n, "1.0." + n, 0), new Echo("x"));
                fixture.runtime.retire(n - 1).get(60, TimeUnit.SECONDS);
                fixture.runtime.removeSkill(
                        new FakeReference(n - 1, n == 101 ? "1.0.0" : "1.0." + (n - 1), 0));
            }
            stop.set(true);
            for (Future<Integer> caller : callers) {
                assertTrue(caller.get(60, TimeUnit.SECONDS) > 0);
            }
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void offered_is_done_when_the_bundle_itself_offers_all_its_skills() {
        fixture.runtime.addSkill(v1, new Echo("one"));
        CompletableFuture<Void> echo = fixture.runtime.offered(2, Set.of("echo"));
        CompletableFuture<Void> both = fixture.runtime.offered(2, Set.of("echo", "many"));
        assertFalse(echo.isDone());
        fixture.runtime.addSkill(v2, new Echo("two"));
        assertTrue(echo.isDone());
        assertFalse(both.isDone());
        fixture.runtime.addSkill(new FakeReference(2, "2.0.0", 1), new ManyTypes());
        assertTrue(both.isDone());
    }

    @Test
    void offered_fails_with_the_reason_when_a_skill_is_refused() {
        CompletableFuture<Void> before = fixture.runtime.offered(2, Set.of("x"));
        fixture.runtime.addSkill(v2, new SchemaTest.Empty());
        CompletableFuture<Void> after = fixture.runtime.offered(2, Set.of("x"));
        for (CompletableFuture<Void> watch : List.of(before, after)) {
            String reason =
                    assertThrows(CompletionException.class, watch::join).getCause().getMessage();
            assertTrue(reason.contains("no public @Tool method"), reason);
        }
        assertEquals(List.of(), fixture.runtime.installed());
    }

    @Test
    void listeners_and_the_journal_hear_what_comes_and_goes() {
        fixture.runtime.addSkill(v1, new Echo("one"));
        List<List<String>> heard = new CopyOnWriteArrayList<>();
        fixture.runtime.addListener(
                skills -> {
                    throw new IllegalStateException("a listener that fails harms nobody");
                });
        fixture.runtime.addListener(
                skills -> heard.add(skills.stream().map(SkillCard::version).toList()));
        fixture.runtime.addSkill(v2, new Echo("two"));
        fixture.runtime.removeSkill(v2);
        fixture.runtime.removeSkill(v1);
        assertEquals(
                List.of(List.of("1.0.0"), List.of("2.0.0"), List.of("1.0.0"), List.of()), heard);
        assertEquals(
                List.of(
                        "skill.installed echo 1.0.0",
                        "skill.installed echo 2.0.0",
                        "skill.installed echo 1.0.0",
                        "skill.removed echo 1.0.0"),
                fixture.events);
    }

    /** Reference defect 6. */
    @Test
    void listeners_end_with_the_truth_when_changes_come_from_many_threads() throws Exception {
        List<List<SkillCard>> heard = new CopyOnWriteArrayList<>();
        fixture.runtime.addListener(heard::add);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int n = 1; n <= 40; n++) {
                FakeReference reference = new FakeReference(n, "1.0." + n, 0);
                threads.submit(
                        () -> {
                            fixture.runtime.addSkill(reference, new Echo("x"));
                            if (reference.bundle() != 40) {
                                fixture.runtime.removeSkill(reference);
                            }
                        });
            }
            threads.shutdown();
            assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
        } finally {
            threads.shutdownNow();
        }
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                !heard.isEmpty()
                                        && heard.get(heard.size() - 1)
                                                .equals(fixture.runtime.installed()));
        assertEquals("1.0.40", fixture.runtime.installed().get(0).version());
    }
}
