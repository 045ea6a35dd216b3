package dev.weft.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.catalog.Plan.Change;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.SkillCard.ToolCard;
import dev.weft.protocol.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferencesTest {
    private static SkillCard card(List<String> permissions, ToolCard... tools) {
        return new SkillCard("disk", "1", "Disk", "Disks", List.of(tools), permissions, "");
    }

    private static ToolCard tool(String name, boolean confirm) {
        return new ToolCard(name, "does it", Wire.object(), null, confirm);
    }

    @Test
    void giving_a_permission_up_asks_nobody_and_wanting_another_does() {
        List<Change> less =
                Differences.of(
                        List.of(card(List.of("files", "net"))), List.of(card(List.of("net"))));
        assertEquals(List.of(new Change("permissions", "disk", "files, net", "net")), less);
        assertFalse(Differences.asks(less.get(0)));
        assertFalse(Differences.asks(new Change("permissions", "disk", "net", "")));
        assertTrue(Differences.asks(new Change("permissions", "disk", "", "net")));
        assertTrue(Differences.asks(new Change("permissions", "disk", "net", "files")));
    }

    @Test
    void a_tool_that_is_not_asked_about_any_more_is_a_change() {
        List<Change> changes =
                Differences.of(
                        List.of(card(List.of(), tool("wipe", true))),
                        List.of(card(List.of(), tool("wipe", false))));
        assertEquals(
                List.of(new Change("approval", "disk.wipe", "asked each time", "never asked")),
                changes);
        assertTrue(Differences.asks(changes.get(0)));
    }

    @Test
    void a_skill_that_comes_or_goes_is_a_change_with_its_permissions() {
        SkillCard disk = card(List.of("files"), tool("usage", false));
        assertEquals(
                List.of(
                        new Change("tools", "disk", "", "usage"),
                        new Change("permissions", "disk", "", "files")),
                Differences.of(List.of(), List.of(disk)));
        assertEquals(
                List.of(new Change("tools", "disk", "usage", "")),
                Differences.of(List.of(disk), List.of()));
        assertEquals(List.of(), Differences.of(List.of(disk), List.of(disk)));
    }
}
