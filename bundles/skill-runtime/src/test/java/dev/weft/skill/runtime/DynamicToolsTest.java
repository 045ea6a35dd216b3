package dev.weft.skill.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.Wire;
import dev.weft.skill.DynamicSkill;
import dev.weft.skill.Skill;
import java.util.List;
import org.junit.jupiter.api.Test;

class DynamicToolsTest {
    /** A skill made of tools. */
    @Skill(id = "made", title = "Made", description = "Made while it runs")
    public record Made(List<DynamicTool> tools) implements DynamicSkill {}

    @Test
    void the_host_checks_arguments_against_the_tools_own_schema() throws InterruptedException {
        BareSkill skill = BareSkill.of(new Made(List.of(tool("echo"))));
        assertEquals("echo", skill.card().tools().get(0).name());
        assertEquals(7, skill.call("", Wire.object().put("n", 7), null).path("n").asInt());
        assertTrue(
                assertThrows(
                                TaskException.class,
                                () -> skill.call("echo", Wire.object().put("n", "x"), null))
                        .getMessage()
                        .contains("\"n\" must be an integer"));
    }

    @Test
    void none_two_of_a_name_and_a_name_that_is_none_are_refused() {
        assertTrue(refusal().contains("has no tool"));
        assertTrue(refusal(tool("a"), tool("a")).contains("two tools are called a"));
        assertTrue(refusal(tool("no name")).contains("letters"));
    }

    private static String refusal(DynamicSkill.DynamicTool... tools) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> BareSkill.of(new Made(List.of(tools))))
                .getMessage();
    }

    private static DynamicSkill.DynamicTool tool(String name) {
        ObjectNode schema = Wire.object().put("type", "object");
        schema.putObject("properties").putObject("n").put("type", "integer");
        return new DynamicSkill.DynamicTool(name, "", schema, (input, task) -> input);
    }
}
