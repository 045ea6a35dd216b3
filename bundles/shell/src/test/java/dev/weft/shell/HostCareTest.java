package dev.weft.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.audit.Audit;
import dev.weft.api.identity.HostIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Typed into a real Gogo session; a script stands for {@code bin/weft}, and tells what it was asked. */
@Timeout(120)
class HostCareTest {
    @TempDir Path folder;
    private final List<String> audited = new ArrayList<>();
    private final ThreadIOImpl io = new ThreadIOImpl();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(io);
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private CommandSession session;

    @BeforeEach
    void open() throws IOException {
        script("echo \"weft $*\"");
        CommandLine program = new CommandLine(folder.toString(), folder, Duration.ofSeconds(30));
        HostCare care = new HostCare(program);
        care.identity = Services.of(HostIdentity.class, Map.of("name", none -> "attic"));
        Audit log =
                Services.of(
                        Audit.class,
                        Map.of(
                                "record",
                                entry -> {
                                    Audit.Entry it = (Audit.Entry) entry[0];
                                    audited.add(
                                            it.who()
                                                    + " "
                                                    + it.what()
                                                    + " "
                                                    + it.target()
                                                    + " "
                                                    + it.outcome());
                                    return null;
                                }));
        SkillCare skills = new SkillCare();
        skills.program = program;
        care.audit = skills.audit = log;
        io.start();
        for (String function :
                List.of("init", "validate", "pair", "doctor", "restore", "bench", "run")) {
            gogo.addCommand("weft", care, function);
        }
        gogo.addCommand("weft", care, "publisher");
        gogo.addCommand("weft", skills, "skill");
        PrintStream out = new PrintStream(console, true, StandardCharsets.UTF_8);
        session = gogo.createSession(new ByteArrayInputStream(new byte[0]), out, out);
    }

    @AfterEach
    void close() {
        session.close();
        gogo.stop();
        io.stop();
    }

    private void script(String text) throws IOException {
        Services.program(folder, text);
    }

    private String type(String line) throws Exception {
        console.reset();
        Object result = session.execute(line);
        return console.toString(StandardCharsets.UTF_8).strip()
                + (result == null ? "" : result.toString());
    }

    @Test
    void what_looks_only_is_not_written_down() throws Exception {
        assertEquals("weft doctor --ice stun:x", type("weft:doctor --ice stun:x"));
        assertEquals("weft validate", type("weft:validate"));
        assertEquals("weft init --help", type("weft:init --help"));
        assertEquals(List.of(), audited);
    }

    @Test
    void a_change_is_written_down_whether_it_is_done_or_not() throws Exception {
        assertEquals("weft init /a --name b", type("weft:init /a --name b"));
        assertEquals("weft bench llm --scale 0.1", type("weft:bench llm --scale 0.1"));
        script("echo 'weft: it is there already'; exit 1");
        assertEquals(
                "it is there already",
                assertThrows(IllegalStateException.class, () -> type("weft:init /a")).getMessage());
        assertEquals(
                List.of(
                        "shell init /a --name b ok",
                        "shell bench llm --scale 0.1 ok",
                        "shell init /a failed"),
                audited);
    }

    @Test
    void a_host_pairs_under_its_name_and_the_code_is_not_written_down() throws Exception {
        String said = type("weft:pair 123456 --registry https://hub.example");
        assertTrue(
                said.startsWith("weft pair 123456 --registry https://hub.example --name attic"),
                said);
        assertTrue(said.endsWith("restart it"), said);
        assertEquals(
                List.of("shell pair *** --registry https://hub.example --name attic ok"), audited);
        String other = type("weft:pair 123456 --registry https://hub.example --data /other");
        assertFalse(other.contains("restart") || other.contains("attic"), other);
        assertEquals("list --key *** --key=***", HostCare.told("list", "--key", "x", "--key=y"));
    }

    @Test
    void a_backup_waits_for_the_next_start() throws Exception {
        assertEquals("weft restore /x.zip --next-start", type("weft:restore /x.zip"));
        assertEquals("weft restore --forget", type("weft:restore --forget"));
    }

    @Test
    void skills_are_made_and_published() throws Exception {
        assertEquals("weft skill new tide --dir /t", type("weft:skill new tide --dir /t"));
        assertEquals(
                "weft skill publish /t --repository /r",
                type("weft:skill publish /t --repository /r"));
        assertEquals("weft publisher list", type("weft:publisher list"));
        script("echo 'weft: the build of /t failed'; exit 1");
        assertEquals(
                "the build of /t failed",
                assertThrows(IllegalStateException.class, () -> type("weft:skill publish /t"))
                        .getMessage());
        assertEquals(
                List.of(
                        "shell skill.new tide --dir /t ok",
                        "shell skill.publish /t --repository /r ok",
                        "shell skill.publish /t failed"),
                audited);
    }

    @Test
    void what_a_host_cannot_do_says_what_to_use_instead() throws Exception {
        assertTrue(type("weft:run --port 1").contains("weft run --data D"));
    }
}
