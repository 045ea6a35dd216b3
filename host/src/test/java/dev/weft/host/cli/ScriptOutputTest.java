package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScriptOutputTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final ScriptOutput output = new ScriptOutput(shown);

    private void print(String... parts) throws IOException {
        for (String part : parts) {
            output.write(part.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void the_first_prompt_is_left_out_wherever_it_is_cut() throws Exception {
        print("we", "ft> NAME\n", "weft> stays\n");
        assertEquals("NAME\nweft> stays\n", shown.toString(StandardCharsets.UTF_8));
        assertEquals(false, output.failed());
    }

    @Test
    void an_error_at_the_begin_of_a_line_is_noted_even_in_pieces() throws Exception {
        print("weft> fine, no error: here\n", "err");
        assertEquals(false, output.failed());
        print("or: no bundle\n");
        assertEquals(true, output.failed());
    }

    @Test
    void an_error_of_the_first_command_is_noted_too() throws Exception {
        print("weft> error: no such command\n");
        assertEquals(true, output.failed());
    }
}
