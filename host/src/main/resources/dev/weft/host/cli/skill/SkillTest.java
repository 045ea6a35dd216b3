package @package@;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.api.task.TaskException;
import dev.weft.skill.testing.SkillFramework;
import dev.weft.skill.testing.SkillHarness;
import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class @class@Test {
    /** On a plain class path: fast, and the place for most tests. */
    @Test
    void greets() {
        SkillHarness skill = SkillHarness.of(new @class@(greeting("Good day")));
        assertEquals(
                "Good day, Ada!",
                skill.call("greet", Map.of("name", "Ada")).path("text").asText());
    }

    @Test
    void a_missing_name_is_told() {
        SkillHarness skill = SkillHarness.of(new @class@(greeting("Hello")));
        assertEquals(
                "@id@.greet: argument \"name\" is missing: expected a string",
                assertThrows(TaskException.class, () -> skill.call("greet", Map.of())).getMessage());
    }

    /** In a framework, as a host runs it: imports, component and configuration are as they will be there. */
    @Test
    void runs_as_a_bundle() {
        try (SkillFramework framework =
                SkillFramework.of(Path.of("target/classes"))
                        .configured("@package@", Map.of("greeting", "Servus"))
                        .start()) {
            assertEquals(
                    "Servus, Ada!",
                    framework
                            .skill("@id@")
                            .call("greet", Map.of("name", "Ada", "zone", "Europe/Vienna"))
                            .path("text")
                            .asText());
        }
    }

    private static @class@.Config greeting(String text) {
        return new @class@.Config() {
            @Override
            public String greeting() {
                return text;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return @class@.Config.class;
            }
        };
    }
}
