package dev.weft.skill.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.api.task.TaskException;
import dev.weft.skill.SkillService;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SkillHarnessTest {
    private final SkillHarness counter = SkillHarness.of(new Counter());

    @Test
    void calls_a_skill_and_hears_what_it_sends_ahead() {
        assertEquals(3, counter.call("count", Map.of("to", 3)).asInt());
        assertEquals(List.of("1", "2", "3"), counter.emitted());
        assertEquals(1.0, counter.progress());
        assertEquals(
                "2026-02-01",
                counter.call("next", Map.of("day", LocalDate.of(2026, 1, 31))).asText());
    }

    @Test
    void refuses_what_a_host_refuses_in_the_same_words() {
        assertEquals(
                "counter.count: argument \"to\" must be an integer, got \"x\"",
                assertThrows(TaskException.class, () -> counter.call("count", Map.of("to", "x")))
                        .getMessage());
        assertEquals(
                "a host would refuse this skill: class "
                        + Nameless.class.getName()
                        + " has no @Skill annotation",
                assertThrows(IllegalArgumentException.class, () -> SkillHarness.of(new Nameless()))
                        .getMessage());
    }

    private static final class Nameless implements SkillService {}
}
