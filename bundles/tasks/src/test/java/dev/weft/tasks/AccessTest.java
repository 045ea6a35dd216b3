package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AccessTest {
    private static boolean may(Access access, String id, String tool) {
        return access.denial(id, id.isEmpty() ? "" : "the-" + id, "disk", tool).isEmpty();
    }

    @Test
    void the_most_exact_rule_counts_alone() {
        Access access = new Access("*=ops", "disk=a,the-b", "disk.wipe=");
        assertTrue(may(access, "a", "usage"));
        assertTrue(may(access, "b", "usage"), "by label");
        assertEquals(false, may(access, "ops", "usage"));
        assertEquals(false, may(access, "a", "wipe"), "nobody");
        assertTrue(access.denial("ops", "", "text", "x").isEmpty());
        assertTrue(access.denial("a", "the-a", "text", "x").orElseThrow().contains("the-a"));
    }

    @Test
    void everyone_all_but_one_and_the_unknown() {
        assertTrue(may(new Access(), "a", "usage"));
        assertTrue(may(new Access("disk=*"), "", "usage"));
        assertEquals(false, may(new Access("disk=*,!a"), "a", "usage"));
        assertTrue(may(new Access("disk=!a"), "b", "usage"));
        assertEquals(false, may(new Access("disk=!a"), "a", "usage"));
        assertEquals(false, may(new Access("disk=a"), "", "usage"));
    }

    @Test
    void a_malformed_rule_is_named() {
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> new Access("disk"))
                        .getMessage()
                        .contains("\"disk\""));
    }
}
