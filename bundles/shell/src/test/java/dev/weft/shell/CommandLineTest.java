package dev.weft.shell;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes of a script that stands for {@code bin/weft}. */
@Timeout(120)
class CommandLineTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir Path folder;
    private CommandLine program;

    @BeforeEach
    void program() throws IOException {
        script("exit 0");
        program =
                new CommandLine(folder.toString(), folder.resolve("data"), Duration.ofMillis(100));
    }

    private void script(String text) throws IOException {
        Services.program(folder, text);
    }

    /** Lives until it is told to end, and so does what it started; both say who they are. */
    private void endless() throws IOException {
        script(
                "sleep 600 & echo $! > "
                        + folder
                        + "/pids; echo $$ >> "
                        + folder
                        + "/pids; echo begun; wait");
    }

    private boolean areGone() throws IOException {
        return Files.readAllLines(folder.resolve("pids")).stream()
                .map(Long::valueOf)
                .noneMatch(pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
    }

    private String why(Duration limit, PrintStream out) {
        return assertThrows(
                        IllegalStateException.class,
                        () -> program.run(out, limit, List.of("bench", "mesh")))
                .getMessage();
    }

    @Test
    void it_works_on_this_host_with_the_words_as_they_are() throws IOException {
        script("echo \"$WEFT_DATA\"; for each; do echo \"<$each>\"; done; cat");
        assertEquals(
                folder.resolve("data") + "\n<init>\n<a b>\n<$HOME;x>",
                program.answer(LONG, List.of("init", "a b", "$HOME;x")));
    }

    @Test
    void what_it_finds_wrong_is_an_error_of_one_line() throws IOException {
        script("echo partly; echo 'weft: no such\u001b[2J file' >&2; exit 2");
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
        assertEquals("no such?[2J file", why(LONG, out));
        assertEquals("partly\n", shown.toString(StandardCharsets.UTF_8));
        script("echo 'weft: one'; echo 'weft: two'; exit 1");
        assertEquals("2 things are wrong; see above", why(LONG, out));
        assertEquals("partly\none\ntwo\n", shown.toString(StandardCharsets.UTF_8));
        script("printf '\\033[0m\\033[31mweft: no\\033[0m way\\n'; exit 1");
        assertEquals("no way", why(LONG, out));
        script("exit 7");
        assertEquals("weft bench ended with exit code 7", why(LONG, out));
    }

    @Test
    void its_time_is_limited_and_nothing_of_it_stays() throws IOException {
        endless();
        String said = why(Duration.ofSeconds(1), new PrintStream(OutputStream.nullOutputStream()));
        assertTrue(said.contains("no end within 1 s"), said);
        await().atMost(LONG).until(this::areGone);
    }

    @Test
    void an_interrupt_stops_it() throws Exception {
        endless();
        CompletableFuture<String> said = new CompletableFuture<>();
        Thread session =
                new Thread(
                        () ->
                                said.complete(
                                        why(
                                                LONG,
                                                new PrintStream(OutputStream.nullOutputStream()))));
        session.start();
        await().atMost(LONG).until(() -> Files.exists(folder.resolve("pids")));
        session.interrupt();
        assertEquals("interrupted; weft bench is stopped", said.get(60, TimeUnit.SECONDS));
        await().atMost(LONG).until(this::areGone);
    }

    @Test
    void it_ends_when_nobody_hears_it_even_if_it_says_nothing() throws IOException {
        script("exec sleep 600");
        PrintStream gone =
                new PrintStream(
                        new OutputStream() {
                            @Override
                            public void write(int next) throws IOException {
                                throw new IOException("the client is gone");
                            }
                        },
                        true);
        String said = why(LONG, gone);
        assertTrue(said.contains("nobody hears it"), said);
    }

    @Test
    void an_answer_is_bounded() throws IOException {
        script("exec yes");
        String said =
                assertThrows(
                                IllegalStateException.class,
                                () -> program.answer(LONG, List.of("tasks")))
                        .getMessage();
        assertTrue(said.contains("too much to say"), said);
    }

    @Test
    void what_asks_the_host_needs_its_http() throws IOException {
        script("echo asked \"$@\"");
        String said =
                assertThrows(IllegalStateException.class, () -> program.ask("tasks", "--json"))
                        .getMessage();
        assertTrue(said.contains("over HTTP") && said.contains("help weft:tasks"), said);
        assertEquals("asked tasks --help", program.ask("tasks", "--help"), "help needs no host");
        Files.writeString(Files.createDirectory(folder.resolve("data")).resolve("weft.port"), "1");
        assertEquals("asked tasks --json", program.ask("tasks", "--json"));
    }

    @Test
    void where_there_is_no_program_it_is_said() {
        CommandLine none = Services.noProgram();
        String said =
                assertThrows(
                                IllegalStateException.class,
                                () -> none.answer(LONG, List.of("version")))
                        .getMessage();
        assertTrue(said.contains("bin/weft is not there"), said);
    }

    @Test
    void options_are_the_command_lines_if_it_alone_knows_them() {
        assertTrue(CommandTable.isBeyond("install", new String[] {"text", "--locked=x"}, "--yes"));
        assertTrue(CommandTable.isBeyond("key", new String[] {"create", "--role", "admin"}));
        assertTrue(CommandTable.isBeyond("key", new String[] {"-h"}));
        assertTrue(CommandTable.isBeyond("ask", new String[] {"--agent", "edge"}, "--stream"));
        assertFalse(CommandTable.isBeyond("install", new String[] {"text", "--yes"}, "--yes"));
        assertFalse(CommandTable.isBeyond("install", new String[] {"text", "--force"}));
        assertFalse(CommandTable.isBeyond("key", new String[] {"create", "admin"}));
    }
}
