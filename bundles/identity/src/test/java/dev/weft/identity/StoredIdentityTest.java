package dev.weft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.DeviceCredential;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.AgentId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredIdentityTest {
    @TempDir Path data;

    @Test
    void the_first_run_makes_an_identity_and_the_next_has_the_same() {
        StoredIdentity first = new StoredIdentity(Context.of(data));
        StoredIdentity second = new StoredIdentity(Context.of(data));
        assertTrue(first.agentId().value().matches("agent-[0-9a-f]{6}"), first.agentId().value());
        assertEquals(StoredIdentity.derive(first.publicKey()), first.agentId());
        assertEquals(first.agentId(), second.agentId());
        assertEquals(first.publicKey(), second.publicKey());
        assertTrue(AgentId.isValid(first.name()));
        assertEquals(Optional.empty(), first.deviceToken());
    }

    @Test
    void two_hosts_differ(@TempDir Path other) {
        assertNotEquals(
                new StoredIdentity(Context.of(data)).publicKey(),
                new StoredIdentity(Context.of(other)).publicKey());
    }

    @Test
    void the_agent_id_follows_from_the_public_key() {
        // SHA-256 of 32 zero bytes begins with 66687a
        assertEquals("agent-66687a", StoredIdentity.derive("A".repeat(43)).value());
    }

    @Test
    void a_signature_is_checked_with_the_public_key_alone() {
        StoredIdentity host = new StoredIdentity(Context.of(data));
        byte[] message = "fingerprint".getBytes(StandardCharsets.UTF_8);
        byte[] signature = host.sign(message);
        assertEquals(64, signature.length);
        assertTrue(HostKey.verify(host.publicKey(), message, signature));
        signature[5] ^= 1;
        assertFalse(HostKey.verify(host.publicKey(), message, signature));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void the_key_is_for_its_owner_only() throws Exception {
        new StoredIdentity(Context.of(data));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(data.resolve("keys/host.key"))));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("keys"))));
    }

    @Test
    void a_paired_host_is_who_the_registry_said() throws Exception {
        new DeviceCredential(
                        "http://127.0.0.1:1",
                        new AgentId("agent-00ff00"),
                        "kitchen",
                        "dt_0123456789abcdef0123456789abcdef")
                .write(data);
        StoredIdentity host = new StoredIdentity(Context.of(data));
        assertEquals("agent-00ff00", host.agentId().value());
        assertEquals("kitchen", host.name());
        assertEquals("dt_0123456789abcdef0123456789abcdef", host.deviceToken().orElseThrow());
        assertEquals("attic", new StoredIdentity(Context.of(data, "weft.name", "attic")).name());
    }

    @Test
    void a_name_of_another_shape_is_refused() {
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> new StoredIdentity(Context.of(data, "weft.name", "My Box")))
                        .getMessage();
        assertTrue(message.contains("\"My Box\"") && message.contains("[a-z0-9]"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "not base64!\nat all\n", "AAAA\nBBBB\n", "one line"})
    void a_damaged_key_is_named_and_never_replaced(String content) throws Exception {
        Path key = Files.createDirectories(data.resolve("keys")).resolve("host.key");
        Files.writeString(key, content);
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> new StoredIdentity(Context.of(data)))
                        .getMessage();
        assertTrue(
                message.contains(key.toString()) && message.contains("restore it from a backup"),
                message);
        assertEquals(content, Files.readString(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"peer_id\":\"NOT AN ID\"}"})
    void a_damaged_device_credential_is_named(String content) throws Exception {
        Path device = Files.createDirectories(data.resolve("keys")).resolve("device.json");
        Files.writeString(device, content);
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> new StoredIdentity(Context.of(data)))
                        .getMessage();
        assertTrue(message.contains(device.toString()) && message.contains("pair again"), message);
    }

    @Test
    void a_data_directory_that_is_a_file_gives_one_clear_error() throws Exception {
        Path file = Files.writeString(data.resolve("file"), "");
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> new StoredIdentity(Context.of(file)))
                        .getMessage();
        assertTrue(
                message.contains(file.toString()) && message.contains("data directory"), message);
        assertTrue(
                assertThrows(
                                IllegalStateException.class,
                                () -> new StoredIdentity(Context.of(null)))
                        .getMessage()
                        .contains("weft.data"));
    }

    @ParameterizedTest
    @CsvSource({
        "Kitchen-Box,kitchen-box",
        "box.example.org,box",
        "'  BOX\n',box",
        "Bob's Mac,bob-s-mac",
        "-x-,x",
        "'äöü',''",
        "'',''",
        "raspberry_pi,raspberry_pi"
    })
    void machine_names_take_the_shape_of_agent_names(String raw, String expected) {
        assertEquals(expected, MachineName.sanitize(raw));
        assertTrue(expected.isEmpty() || AgentId.isValid(expected));
        assertEquals(64, MachineName.sanitize("x".repeat(300)).length());
    }
}
