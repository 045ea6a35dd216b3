package dev.weft.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HiddenTest {
    @Test
    void controls_and_what_turns_text_round_are_hidden() {
        String evil = "a\u001b[2J\u009b\u202eb\u2069\u2028\u200bc\rd";
        assertEquals("a?[2J??b???c?d", Hidden.IN_LINE.matcher(evil).replaceAll("?"));
        assertEquals("a?[2J??b???c?d", Hidden.IN_TEXT.matcher(evil).replaceAll("?"));
    }

    @Test
    void joiners_and_letters_of_all_scripts_are_seen() {
        String good =
                "\u0646\u0645\u06cc\u200c\u062e Gr\u00fc\u00dfe \ud83d\udc68\u200d\ud83d\udc69";
        assertEquals(good, Hidden.IN_LINE.matcher(good).replaceAll("?"));
    }

    @Test
    void the_ends_of_lines_are_hidden_within_a_line_only() {
        String lines = "a\tb\r\nc\nd";
        assertEquals("a?b??c?d", Hidden.IN_LINE.matcher(lines).replaceAll("?"));
        assertEquals(lines, Hidden.IN_TEXT.matcher(lines).replaceAll("?"));
    }
}
