package dev.weft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.AccessKeys.KeyInfo;
import dev.weft.api.identity.AccessKeys.NewKey;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredKeysTest {
    @TempDir Path data;

    private final MovableClock clock = new MovableClock();

    private StoredKeys open() {
        return new StoredKeys(
                new DataFolder(data),
                new FileVault(new DataFolder(data)),
                new DirectExecutor(),
                clock);
    }

    @Test
    void a_key_ends_when_it_expires() {
        StoredKeys keys = open();
        NewKey key = keys.create(Role.VIEWER, "", clock.instant().plusSeconds(60));
        assertTrue(keys.verify(key.key()).isPresent());
        clock.move(Duration.ofSeconds(59));
        assertTrue(open().verify(key.key()).isPresent(), "the expiry is stored");
        clock.move(Duration.ofSeconds(1));
        assertEquals(Optional.empty(), keys.verify(key.key()));
        assertEquals(Optional.empty(), keys.rotate(key.id(), Duration.ofDays(1)));
        assertFalse(keys.accepts(key.id(), 0));
        assertFalse(keys.list().get(0).isCurrent(clock.instant()));
        assertThrows(
                IllegalArgumentException.class,
                () -> keys.create(Role.VIEWER, "", clock.instant()));
    }

    @Test
    void a_rotated_key_keeps_its_id_and_its_former_secret_for_the_grace_period_only() {
        StoredKeys keys = open();
        NewKey first = keys.create(Role.OPERATOR, "ci");
        NewKey second = keys.rotate(first.id(), Duration.ofSeconds(100)).orElseThrow();
        assertEquals(first.id(), second.id());
        assertNotEquals(first.key(), second.key());
        assertEquals(keys.verify(first.key()), keys.verify(second.key()));
        StoredKeys again = open();
        assertTrue(again.verify(first.key()).isPresent(), "the grace outlives a restart");
        clock.move(Duration.ofSeconds(100));
        assertEquals(Optional.empty(), keys.verify(first.key()));
        assertEquals(Optional.empty(), again.verify(first.key()));
        assertTrue(keys.verify(second.key()).isPresent());
        NewKey third = keys.rotate(first.id(), Duration.ZERO).orElseThrow();
        assertEquals(Optional.empty(), keys.verify(second.key()), "no grace");
        NewKey fourth = keys.rotate(first.id(), Duration.ofHours(1)).orElseThrow();
        keys.rotate(first.id(), Duration.ofHours(1)).orElseThrow();
        assertEquals(Optional.empty(), keys.verify(third.key()), "one former secret at most");
        assertTrue(keys.verify(fourth.key()).isPresent());
        assertEquals(Optional.empty(), keys.rotate("key-nobody", Duration.ZERO));
        assertTrue(keys.revoke(first.id()));
        assertEquals(Optional.empty(), keys.verify(fourth.key()), "revoked with its former secret");
    }

    @Test
    void the_last_use_is_known_to_the_minute_and_survives_a_stop_and_mostly_a_crash() {
        StoredKeys keys = open();
        NewKey key = keys.create(Role.VIEWER, "");
        assertNull(keys.list().get(0).lastUsed());
        clock.move(Duration.ofSeconds(90));
        keys.verify(key.key());
        Instant minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        assertEquals(minute, keys.list().get(0).lastUsed());
        assertNull(open().list().get(0).lastUsed(), "not every use goes to the disk");
        clock.move(Duration.ofMinutes(6));
        keys.verify(key.key());
        Instant later = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        assertEquals(later, open().list().get(0).lastUsed());
        clock.move(Duration.ofMinutes(1));
        keys.verify(key.key());
        keys.close();
        assertEquals(later.plusSeconds(60), open().list().get(0).lastUsed());
    }

    @Test
    void a_key_works_at_once_and_after_a_restart_and_only_its_hash_is_stored() throws Exception {
        StoredKeys keys = open();
        NewKey key = keys.create(Role.OPERATOR, " door \n bell ");
        assertTrue(key.key().matches("wk_[A-Za-z0-9_-]{43}"), key.key());
        Principal holder = new Principal(key.id(), Role.OPERATOR);
        assertEquals(Optional.of(holder), keys.verify(key.key()));
        StoredKeys again = open();
        assertEquals(Optional.of(holder), again.verify(key.key()));
        KeyInfo info = again.list().get(0);
        assertEquals("door   bell", info.label());
        assertEquals(keys.list(), again.list());
        assertFalse(
                Files.readString(data.resolve("keys/access.json"))
                        .contains(key.key().substring(3)));
    }

    @Test
    void each_key_has_its_own_role_and_revoking_one_ends_it_for_good() {
        StoredKeys keys = open();
        NewKey admin = keys.create(Role.ADMIN, "a");
        NewKey viewer = keys.create(Role.VIEWER, null);
        assertNotEquals(admin.key(), viewer.key());
        assertEquals(
                List.of(admin.id(), viewer.id()), keys.list().stream().map(KeyInfo::id).toList());
        assertTrue(keys.revoke(admin.id()));
        assertFalse(keys.revoke(admin.id()));
        assertFalse(keys.revoke("nobody"));
        assertEquals(Optional.empty(), keys.verify(admin.key()));
        assertEquals(Role.VIEWER, keys.verify(viewer.key()).orElseThrow().role());
        assertEquals(Optional.empty(), open().verify(admin.key()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "wk_",
                "ak_dev_001",
                "local",
                "wk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "\u0000"
            })
    void what_is_no_key_names_nobody(String key) {
        StoredKeys keys = open();
        keys.create(Role.ADMIN, "");
        assertEquals(Optional.empty(), keys.verify(key));
        assertEquals(Optional.empty(), keys.verify(null));
        assertEquals(Optional.empty(), keys.verify("wk_" + "x".repeat(1 << 20)));
    }

    @Test
    void the_local_key_commands_this_run_only_and_goes_with_it() throws Exception {
        StoredKeys first = open();
        String local = Files.readString(data.resolve("run/local.key")).strip();
        assertEquals(Optional.of(new Principal("local", Role.ADMIN)), first.verify(local));
        assertEquals(List.of(), first.list());
        first.close();
        assertFalse(Files.exists(data.resolve("run/local.key")));
        first.close();
        StoredKeys second = open();
        assertEquals(Optional.empty(), second.verify(local));
        assertNotEquals(local, Files.readString(data.resolve("run/local.key")).strip());
    }

    @Test
    void a_local_key_left_by_a_killed_process_is_replaced() throws Exception {
        open(); // never closed
        String left = Files.readString(data.resolve("run/local.key"));
        StoredKeys keys = open();
        assertNotEquals(left, Files.readString(data.resolve("run/local.key")));
        assertEquals(Optional.empty(), keys.verify(left.strip()));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void both_files_are_for_their_owner_only() throws Exception {
        open().create(Role.ADMIN, "");
        for (String file : List.of("keys/access.json", "run/local.key")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(data.resolve(file))),
                    file);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":[1]}",
                "{\"keys\":[{\"id\":\"k\",\"role\":\"admin\",\"created\":\"2026-01-01T00:00:00Z\",\"sha256\":\"AAAA\"}]}",
                "{\"keys\":[{\"id\":\"k\",\"role\":\"root\",\"created\":\"2026-01-01T00:00:00Z\",\"sha256\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}",
                "{\"keys\":[{\"id\":\"k\",\"role\":\"admin\",\"created\":\"now\",\"sha256\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}"
            })
    /** Reference defect 32. */
    void a_damaged_file_fails_closed_with_one_clear_error(String content) throws Exception {
        Path file = Files.createDirectories(data.resolve("keys")).resolve("access.json");
        Files.writeString(file, content);
        String message = assertThrows(IllegalStateException.class, this::open).getMessage();
        assertTrue(
                message.contains(file + " is damaged")
                        && message.contains("restore it from a backup"),
                message);
        assertEquals(content, Files.readString(file));
    }

    @Test
    void a_key_that_cannot_be_stored_is_not_handed_out() throws Exception {
        StoredKeys keys = open();
        Files.createDirectories(data.resolve("keys/access.json/in-the-way"));
        String message =
                assertThrows(IllegalStateException.class, () -> keys.create(Role.ADMIN, ""))
                        .getMessage();
        assertTrue(message.contains("access.json") && message.contains("writable"), message);
        assertEquals(List.of(), keys.list());
    }

    @Test
    void the_first_key_is_handed_over_once_and_is_in_no_log() {
        PrintStream err = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            StoredKeys keys = open();
            FirstKey first = new FirstKey(keys);
            assertEquals(List.of(), keys.list(), "nothing is stored before somebody asks");
            String key = first.get();
            assertEquals(Role.ADMIN, keys.verify(key).orElseThrow().role());
            assertEquals("first", keys.list().get(0).label());
            assertNull(first.get());
            assertNull(new FirstKey(open()).get(), "the next start has a key already");
            assertFalse(log.toString(StandardCharsets.UTF_8).contains(key));
        } finally {
            System.setErr(err);
        }
    }
}
