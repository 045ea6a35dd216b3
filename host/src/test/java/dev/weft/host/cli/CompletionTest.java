package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
    @TempDir Path folder;

    @Test
    void bash_completes_a_command_from_what_is_printed() throws Exception {
        StringWriter printed = new StringWriter();
        assertEquals(0, Weft.commandLine().setOut(new PrintWriter(printed)).execute("completion"));
        Path script = folder.resolve("try.bash");
        Files.writeString(
                script,
                printed
                        + "\nCOMP_WORDS=(weft doc); COMP_CWORD=1; _complete_weft; echo \"${COMPREPLY[@]}\"\n");
        Process bash =
                new ProcessBuilder("bash", script.toString()).redirectErrorStream(true).start();
        String said = new String(bash.getInputStream().readAllBytes());
        assertTrue(bash.waitFor(30, TimeUnit.SECONDS));
        assertEquals("doctor", said.strip());
    }
}
