package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.protocol.Wire;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What others wrote, such as the description of a skill, reaches the terminal as text. */
class OutputTest {
    /** Clears the screen, sets the title, turns text round, and overwrites the line. */
    private static final String EVIL =
            "\u001b[2Jfine\u009b31m\u001b]0;x\u0007 \u202eevil\u2069\rweft: all good";

    private static final String SHOWN = "?[2Jfine?31m?]0;x? ?evil??weft: all good";
    private final StringWriter text = new StringWriter();
    private final Output output = new Output(new PrintWriter(text));

    @Test
    void control_sequences_are_shown_and_not_obeyed() {
        output.line(EVIL);
        output.text(EVIL + "\n");
        output.document(Wire.node(EVIL));
        output.table(List.of("A"), List.of(List.of(EVIL)), "");
        assertEquals(List.of(SHOWN, SHOWN, SHOWN, "A", SHOWN), text.toString().lines().toList());
    }

    @Test
    void json_says_the_same_and_holds_nothing_that_a_terminal_obeys() {
        output.json(Wire.object().put("text", EVIL));
        output.document(Wire.object().put("text", EVIL));
        assertEquals(0, text.toString().chars().filter(c -> c == 0x1b || c == 0x9b).count());
        String json = text.toString().lines().findFirst().orElseThrow();
        assertEquals(EVIL, Wire.tree(json).path("text").asText());
    }

    @Test
    void text_of_all_scripts_and_more_lines_stay() {
        String good =
                "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\tGr\u00fc\u00dfe \ud83d\udc68\u200d\ud83d\udc69\r\nnext";
        output.line(good);
        assertEquals(good + System.lineSeparator(), text.toString());
    }
}
