package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
    @TempDir Path folder;

    /** Types into a zsh of its own, at a terminal. */
    private static final String ZSH =
            """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell "autoload -Uz compinit && compinit -u -D; source $1; print re''ady"
            zpty -r -m shell said '*ready*'
            zpty -w -n shell $'weft doc\\t'
            zpty -r -m shell said '*doctor*'
            print doctor
            zpty -d shell
            """;

    @Test
    void bash_completes_a_command_from_what_is_printed() throws Exception {
        Path script = folder.resolve("try.bash");
        Files.writeString(
                script,
                printed()
                        + "\nCOMP_WORDS=(weft doc); COMP_CWORD=1; _complete_weft; echo \"${COMPREPLY[@]}\"\n");
        assertEquals("doctor", run("bash", script.toString()));
    }

    @Test
    void zsh_completes_a_command_from_the_same() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/zsh")),
                "SKIPPED: zsh is not installed (Debian: sudo apt-get install zsh)");
        Path script = Files.writeString(folder.resolve("try.zsh"), ZSH);
        Path completion = Files.writeString(folder.resolve("completion"), printed());
        assertEquals("doctor", run("zsh", "-f", script.toString(), completion.toString()));
    }

    private static String printed() {
        StringWriter printed = new StringWriter();
        assertEquals(0, Weft.commandLine().setOut(new PrintWriter(printed)).execute("completion"));
        return printed.toString();
    }

    private String run(String... command) throws Exception {
        Path said = folder.resolve("said");
        Process shell =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        try {
            assertTrue(shell.waitFor(60, TimeUnit.SECONDS), () -> "no end: " + text(said));
        } finally {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
        return text(said).strip();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
