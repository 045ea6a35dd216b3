package dev.weft.skill.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwitchesTest {
    @Skill(id = "echo", title = "Echo", description = "Says yes")
    public static final class Echo implements SkillService {
        @Tool
        public String say() {
            return "yes";
        }
    }

    @Skill(id = "off", title = "Off", description = "Is off from the start")
    public static final class Off implements SkillService {
        @Tool
        public String say() {
            return "yes";
        }
    }

    @TempDir Path folder;

    @Test
    void a_skill_that_is_off_is_neither_announced_nor_called_and_comes_back_as_it_was()
            throws Exception {
        Fixture fixture = Fixture.with(new Echo());
        List<String> told = new CopyOnWriteArrayList<>();
        fixture.runtime.addListener(cards -> told.add(cards.size() + " skills"));
        fixture.runtime.enable("echo", false);
        assertTrue(fixture.runtime.installed().isEmpty());
        assertEquals("echo", fixture.runtime.disabled().get(0).id());
        for (String name : List.of("echo", "echo.say")) {
            String error = fixture.error(name, "{}");
            assertTrue(error.startsWith("skill_disabled"), error);
            assertTrue(error.contains("weft skill enable echo"), error);
        }
        assertEquals(
                List.of("skill.installed echo 1.0.0", "skill.removed echo 1.0.0"), fixture.events);
        fixture.runtime.addSkill(new FakeReference(2, "2.0.0", 0), new Echo());
        assertTrue(fixture.runtime.installed().isEmpty(), "a new version is off too");
        fixture.runtime.enable("echo", true);
        assertEquals("yes", fixture.call("echo", "{}").asText());
        assertEquals(List.of("1 skills", "0 skills", "1 skills"), told);
        assertTrue(fixture.runtime.disabled().isEmpty());
    }

    @Test
    void what_the_configuration_switches_off_a_person_can_switch_on() throws Exception {
        Fixture fixture = Fixture.with(new Off());
        assertTrue(fixture.error("off", "{}").startsWith("skill_disabled"));
        fixture.runtime.enable("off", true);
        assertEquals("yes", fixture.call("off", "{}").asText());
    }

    @Test
    void a_skill_that_is_not_there_cannot_be_switched() {
        assertTrue(
                assertThrows(
                                NoSuchElementException.class,
                                () -> new Fixture().runtime.enable("none", false))
                        .getMessage()
                        .contains("none"));
    }

    @Test
    void it_is_kept_and_a_broken_file_switches_nothing() throws Exception {
        Path file = folder.resolve("data/switched.json");
        Switches first = new Switches(Set.of("a", "b"), file);
        first.set("a", true);
        first.set("c", false);
        first.set("d", false);
        first.set("d", true);
        Switches again = new Switches(Set.of("a", "b"), file);
        assertTrue(again.isOn("a"));
        assertFalse(again.isOn("b"));
        assertFalse(again.isOn("c"));
        assertTrue(again.isOn("d"));
        again.configure(Set.of("d"));
        assertFalse(again.isOn("d"));
        assertTrue(again.isOn("b"));
        Files.writeString(file, "{broken");
        assertTrue(new Switches(Set.of(), file).isOn("c"));
    }
}
