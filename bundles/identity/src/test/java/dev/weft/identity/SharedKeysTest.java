package dev.weft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.AccessKeys.NewKey;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.store.SqlStore;
import dev.weft.store.TestCluster;
import dev.weft.store.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts of one registry: what one issues the other accepts, what one ends has ended at the other. */
@Timeout(180)
class SharedKeysTest {
    private static final Duration LIFE = Duration.ofSeconds(300);
    private static final Principal AGENT = new Principal("agent-a1b2c3", Role.AGENT);
    @TempDir Path folder;
    private final MovableClock clock = new MovableClock();
    private final TestCluster wires = new TestCluster();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private TestDatabase.Place place;
    private Host one;
    private Host two;

    private final class Host {
        final TestCluster.Node node = wires.host();
        final SqlStore store = place.open(4);
        final StoreVault vault;
        final StoredKeys keys;
        final SignedTokens tokens;

        Host(String name) {
            DataFolder data = new DataFolder(folder.resolve(name));
            vault = new StoreVault(data, store, node, new DirectExecutor(), timer);
            keys = new StoredKeys(data, vault, new DirectExecutor(), clock);
            tokens = new SignedTokens(vault, keys, Duration.ofDays(30), LIFE, clock);
        }

        void close() throws Exception {
            tokens.close();
            keys.close();
            vault.close();
            store.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        place = TestDatabase.POSTGRESQL.create(folder);
        one = new Host("one");
        two = new Host("two");
    }

    @AfterEach
    void close() throws Exception {
        timer.shutdownNow();
        if (two != null) {
            one.close();
            two.close();
        }
    }

    @Test
    void keys_and_tokens_of_one_are_good_at_the_other_until_either_ends_them() {
        NewKey key = one.keys.create(Role.OPERATOR, "ci");
        Principal holder = two.keys.verify(key.key()).orElseThrow();
        String token = two.tokens.issue(holder);
        assertEquals(Optional.of(holder), one.tokens.verify(token));
        NewKey second = two.keys.rotate(key.id(), Duration.ofSeconds(60)).orElseThrow();
        assertTrue(one.keys.verify(key.key()).isPresent(), "in its grace");
        assertTrue(one.keys.verify(second.key()).isPresent());
        assertTrue(one.tokens.verify(one.tokens.issue(holder)).isPresent());
        assertTrue(two.keys.revoke(key.id()));
        assertEquals(Optional.empty(), one.keys.verify(second.key()));
        assertEquals(Optional.empty(), one.tokens.verify(token));
        assertFalse(one.keys.revoke(key.id()));
    }

    @Test
    void keys_made_at_both_at_once_are_all_kept() throws Exception {
        one.node.cut(true); // this wire speaks in the thread of the one who writes
        two.node.cut(true);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<String>> made =
                IntStream.range(0, 40)
                        .mapToObj(i -> i % 2 == 0 ? one : two)
                        .map(host -> pool.submit(() -> host.keys.create(Role.VIEWER, "").id()))
                        .toList();
        Set<String> ids = new HashSet<>();
        for (Future<String> each : made) {
            ids.add(each.get());
        }
        pool.shutdownNow();
        assertEquals(40, ids.size());
        one.vault.resync();
        two.vault.resync();
        for (Host host : List.of(one, two)) {
            assertEquals(
                    ids,
                    host.keys.list().stream().map(key -> key.id()).collect(Collectors.toSet()));
        }
    }

    @Test
    void a_new_secret_signs_only_when_every_host_knows_it() {
        two.node.cut(true);
        String before = one.tokens.issue(AGENT);
        one.tokens.rotate();
        String meanwhile = one.tokens.issue(AGENT);
        assertEquals(Optional.of(AGENT), two.tokens.verify(before));
        assertEquals(Optional.of(AGENT), two.tokens.verify(meanwhile), "two has heard nothing yet");
        clock.move(Duration.ofSeconds(11));
        String after = one.tokens.issue(AGENT);
        assertFalse(kid(after).equals(kid(before)));
        Awaitility.await("the secret that nobody told of is found")
                .atMost(Duration.ofSeconds(60))
                .until(() -> two.tokens.verify(after).isPresent());
        assertEquals(kid(after), kid(two.tokens.issue(AGENT)));
        assertEquals(Optional.of(AGENT), two.tokens.verify(before));
    }

    private static String kid(String token) {
        return token.substring(0, token.indexOf('.'));
    }

    @Test
    void a_host_brings_its_files_along_once() throws Exception {
        place = TestDatabase.POSTGRESQL.create(folder);
        DataFolder data = new DataFolder(folder.resolve("old"));
        FileVault files = new FileVault(data);
        StoredKeys old = new StoredKeys(data, files, new DirectExecutor(), clock);
        NewKey key = old.create(Role.ADMIN, "first");
        String token = new SignedTokens(files, old, Duration.ofDays(30), LIFE, clock).issue(AGENT);
        old.close();
        Host first = new Host("old");
        Host second = new Host("new");
        try {
            assertTrue(first.keys.verify(key.key()).isPresent());
            assertTrue(second.keys.verify(key.key()).isPresent());
            assertEquals(Optional.of(AGENT), second.tokens.verify(token));
            assertFalse(Files.exists(folder.resolve("new/keys")));
        } finally {
            first.close();
            second.close();
        }
    }
}
