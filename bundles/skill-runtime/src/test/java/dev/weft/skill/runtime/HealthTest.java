package dev.weft.skill.runtime;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillHealth;
import dev.weft.skill.SkillService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final Patient patient = new Patient();
    private final Fixture fixture = Fixture.with(patient);

    @Test
    void what_a_skill_says_is_on_its_card_and_in_the_journal() {
        fixture.runtime.ask(Runnable::run);
        assertEquals("", problem());

        patient.says = Optional.of("the database is away; start it");
        fixture.runtime.ask(Runnable::run);
        assertEquals("the database is away; start it", problem());

        patient.says = Optional.empty();
        fixture.runtime.ask(Runnable::run);
        assertEquals("", problem());
        assertEquals(2, fixture.events.stream().filter(e -> e.startsWith("skill.health")).count());
        assertEquals(
                1, fixture.events.stream().filter(e -> e.startsWith("skill.installed")).count());
    }

    @Test
    void an_exception_counts_as_unwell() {
        patient.says = null;
        patient.throwing = new IllegalStateException("cannot look");
        fixture.runtime.ask(Runnable::run);
        assertEquals("its health check failed: cannot look", problem());
    }

    @Test
    void a_question_without_an_answer_is_not_asked_twice() {
        Queue<Runnable> questions = new ArrayDeque<>();
        fixture.runtime.ask(questions::add);
        fixture.runtime.ask(questions::add);
        assertEquals(1, questions.size());
        questions.remove().run();
        fixture.runtime.ask(questions::add);
        assertEquals(1, questions.size());
    }

    @Test
    void the_host_is_told_as_a_warning() {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            patient.says = Optional.of("no key");
            HealthRounds rounds = new HealthRounds(fixture.runtime, timer, timer, EVERY_SECOND);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> rounds.check().detail().equals("skill patient: no key"));
            assertFalse(rounds.check().blocking());
            patient.says = Optional.empty();
            await().atMost(Duration.ofSeconds(30)).until(() -> rounds.check().ok());
            rounds.stop();
        } finally {
            timer.shutdownNow();
        }
    }

    private String problem() {
        return fixture.runtime.find("patient").orElseThrow().problem();
    }

    /** Tells how it is. */
    @Skill(id = "patient", title = "Patient", description = "Feels")
    public static final class Patient implements SkillService, SkillHealth {
        volatile Optional<String> says = Optional.empty();
        volatile RuntimeException throwing;

        @Tool("feel")
        public void feel() {}

        @Override
        public Optional<String> problem() {
            if (throwing != null) {
                throw throwing;
            }
            return says;
        }
    }

    private static final RuntimeConfig EVERY_SECOND =
            new RuntimeConfig() {
                @Override
                public int health__seconds() {
                    return 1;
                }

                @Override
                public String[] disabled() {
                    return new String[0];
                }

                @Override
                public Class<? extends java.lang.annotation.Annotation> annotationType() {
                    return RuntimeConfig.class;
                }
            };
}
