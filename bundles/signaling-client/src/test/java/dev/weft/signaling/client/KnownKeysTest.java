package dev.weft.signaling.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.protocol.AgentId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownKeysTest {
    private static final AgentId A = new AgentId("agent-a");
    private static final AgentId B = new AgentId("agent-b");
    @TempDir Path folder;

    @Test
    void a_thousand_names_of_an_agent_leave_a_file_of_a_few_lines() throws Exception {
        Path file = folder.resolve("keys/peers");
        KnownKeys keys = new KnownKeys(file);
        keys.of(B, "key-b", "cellar");
        for (int i = 0; i < 1000; i++) {
            assertEquals("key-a", keys.of(A, "key-a", "name-" + i));
            assertTrue(Files.readAllLines(file).size() <= 80, "after " + i);
        }
        assertEquals("rw-------", mode(file));
        KnownKeys again = new KnownKeys(file);
        assertEquals(
                Set.of("agent-a key-a name-999", "agent-b key-b cellar"),
                Set.copyOf(Files.readAllLines(file)));
        assertEquals("rw-------", mode(file));
        assertEquals(A, again.find("name-999").orElseThrow().id());
        assertEquals("key-a", again.of(A, "another", "name-999"));
        assertEquals("key-b", again.of(B, "", ""));
        assertEquals("[peers]", Files.list(file.getParent()).map(Path::getFileName).toList() + "");
    }

    @Test
    void a_file_that_cannot_be_written_anew_is_read_all_the_same() throws Exception {
        Path file = folder.resolve("peers");
        Files.writeString(file, "agent-a key-a one\nagent-a key-a two\n");
        Files.createDirectories(folder.resolve("peers.new/in-the-way"));
        KnownKeys keys = new KnownKeys(file);
        assertEquals("key-a", keys.of(A, "another", "two"));
        assertEquals(2, Files.readAllLines(file).size());
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
