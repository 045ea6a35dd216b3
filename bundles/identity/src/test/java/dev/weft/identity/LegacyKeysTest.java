package dev.weft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.protocol.AgentId;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LegacyKeysTest {
    private static final AgentId AGENT = new AgentId("my-agent");
    private static final String LOCAL = LegacyAccess.LOOPBACK.value();
    @TempDir private Path data;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private LegacyKeys open(boolean on) {
        return new LegacyKeys(
                Context.of(data),
                new DirectExecutor(),
                timer,
                new LegacyKeys.Config() {
                    @Override
                    public boolean chatixia() {
                        return on;
                    }

                    @Override
                    public String keys__file() {
                        return "";
                    }

                    @Override
                    public Class<? extends Annotation> annotationType() {
                        return LegacyKeys.Config.class;
                    }
                });
    }

    private void write(String keys) throws Exception {
        Path file = Files.createDirectories(data.resolve("keys")).resolve("chatixia.json");
        Files.writeString(file, "{\"keys\":{" + keys + "}}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String key(String key, String peer, String role) {
        return "\"" + key + "\":{\"peer_id\":\"" + peer + "\",\"role\":\"" + role + "\"}";
    }

    @Test
    void a_key_of_the_file_is_an_agent_and_everything_else_is_refused_with_a_remark()
            throws Exception {
        write(
                key("ak_0123456789abcdef", "agent-001", "agent")
                        + ","
                        + key("ak_admin_0123456789", "boss", "admin")
                        + ","
                        + key("ak_malformed_012345", "No Such Id", "agent")
                        + ","
                        + key("ak_dev_001", "agent-002", "agent"));
        LegacyKeys keys = open(true);
        assertEquals(
                Optional.of(new Principal("agent-001", Role.AGENT)),
                keys.verify("ak_0123456789abcdef"));
        assertEquals(Optional.empty(), keys.verify("ak_admin_0123456789"));
        assertEquals(Optional.empty(), keys.verify("ak_malformed_012345"));
        assertEquals(Optional.empty(), keys.verify("ak_0123456789abcdeF"));
        assertEquals(Optional.empty(), keys.verify(null));
        assertTrue(keys.admits(new AgentId("agent-001")));
        assertFalse(keys.admits(new AgentId("boss")));
        String told = keys.check().detail();
        assertFalse(keys.check().ok() || keys.check().blocking(), "a warning");
        assertTrue(told.contains("boss") && told.contains("No Such Id"), told);
        assertTrue(told.contains("agent-002 is one that everybody knows"), told);
        assertFalse(told.contains("ak_"), "no key is ever told");
    }

    /** Reference defect 32. */
    @Test
    void there_is_no_default_key_and_a_damaged_file_admits_nobody() throws Exception {
        LegacyKeys keys = open(true);
        assertEquals(Optional.empty(), keys.verify("ak_dev_001"));
        assertTrue(keys.check().detail().contains("no readable key file"));
        write("\"ak_dev_001\":");
        assertTrue(open(true).check().detail().contains("damaged"));
        assertEquals(Optional.empty(), open(true).verify("ak_dev_001"));
    }

    @Test
    void a_key_taken_out_of_the_file_ends_while_the_host_runs_and_so_does_what_it_claimed()
            throws Exception {
        write(key("ak_0123456789abcdef", "agent-001", "agent"));
        LegacyKeys keys = open(true);
        assertTrue(keys.claim("agent-001", AGENT));
        assertTrue(keys.admits(AGENT));
        write(key("ak_another_0123456789", "agent-003", "agent"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> keys.verify("ak_0123456789abcdef").isEmpty());
        assertFalse(keys.admits(new AgentId("agent-001")));
        assertFalse(keys.admits(AGENT));
        assertTrue(keys.claim("agent-003", AGENT), "it is free again");
        keys.stop();
    }

    @Test
    void an_agent_id_stays_with_who_used_it_first() throws Exception {
        write(
                key("ak_0123456789abcdef", "agent-001", "agent")
                        + ","
                        + key("ak_0123456789abcdeg", "agent-002", "agent"));
        LegacyKeys keys = open(true);
        assertFalse(keys.speaksFor("agent-001", AGENT));
        assertTrue(keys.claim("agent-001", AGENT));
        assertTrue(keys.claim("agent-001", AGENT));
        assertFalse(keys.claim("agent-002", AGENT));
        assertFalse(keys.claim(LOCAL, AGENT));
        assertFalse(keys.claim("agent-001", new AgentId("agent-002")), "another key's peer");
        assertTrue(keys.speaksFor("agent-001", AGENT));
        assertFalse(keys.speaksFor("agent-002", AGENT));
        assertTrue(keys.speaksFor(LOCAL, AGENT), "skills of the agent show no key");
        assertFalse(keys.speaksFor(LOCAL, new AgentId("agent-001")));
        assertFalse(keys.claim(LOCAL, LegacyAccess.LOOPBACK));
    }

    @Test
    void claims_are_bounded() {
        LegacyKeys keys = open(true);
        for (int i = 0; i < 1000; i++) {
            assertTrue(keys.claim(LOCAL, new AgentId("a" + i)));
        }
        assertFalse(keys.claim(LOCAL, AGENT));
    }

    @Test
    void configured_off_it_is_silent() {
        assertTrue(open(false).check().ok());
    }
}
