package dev.weft.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    @TempDir Path home;

    @Test
    void what_was_changed_on_disk_is_not_had() throws Exception {
        Store store = new Store(home, Clock.systemUTC());
        String digest = store.put("jar".getBytes(StandardCharsets.UTF_8));
        assertTrue(store.has(digest));
        Files.writeString(store.path(digest), "other");
        assertFalse(store.has(digest));
        assertEquals(digest, store.put("jar".getBytes(StandardCharsets.UTF_8)));
        assertTrue(store.has(digest));
    }

    @Test
    void two_that_fetch_the_same_jar_at_once_both_get_it() throws Exception {
        Store store = new Store(home, Clock.systemUTC());
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 50; i++) {
                byte[] jar = ("jar " + i).getBytes(StandardCharsets.UTF_8);
                Callable<String> put = () -> store.put(jar);
                for (Future<String> digest : two.invokeAll(List.of(put, put))) {
                    assertTrue(store.has(digest.get()));
                }
            }
        } finally {
            two.shutdownNow();
        }
        try (Stream<Path> files = Files.list(home)) {
            assertEquals(50, files.count(), "no draft is left");
        }
    }

    @Test
    void a_draft_that_a_kill_left_goes_after_an_hour() throws Exception {
        Store store = new Store(home, Clock.systemUTC());
        Path young = Files.writeString(home.resolve("young.1.part"), "x");
        Path old = Files.writeString(home.resolve("old.1.part"), "x");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(4000)));
        store.sweep(Set.of());
        assertTrue(Files.exists(young), "somebody may write it now");
        assertFalse(Files.exists(old));
    }

    @Test
    void beyond_its_size_the_oldest_go_that_nobody_needs() throws Exception {
        Store store = new Store(home, Clock.systemUTC());
        Instant old = Instant.now().minusSeconds(90_000);
        for (int i = 0; i < 6; i++) {
            Path file = home.resolve("file" + i);
            try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(60L << 20);
            }
            Files.setLastModifiedTime(file, FileTime.from(old.plusSeconds(i)));
        }
        Files.setLastModifiedTime(home.resolve("file5"), FileTime.from(Instant.now()));
        store.sweep(Set.of("file0"));
        assertTrue(Files.exists(home.resolve("file0")), "needed");
        assertFalse(Files.exists(home.resolve("file1")));
        assertFalse(Files.exists(home.resolve("file2")));
        assertTrue(Files.exists(home.resolve("file3")), "it fits now");
        assertTrue(Files.exists(home.resolve("file5")), "young");
    }

    @Test
    void a_repository_of_the_configuration_is_read_word_by_word() {
        assertEquals(
                new ConfiguredRepository("/media/usb", "f", 5, "ask", List.of("a", "b")),
                ConfiguredRepository.of(" /media/usb f policy=ask priority=5 trust=a,b"));
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ConfiguredRepository.of("/media/usb"))
                        .getMessage()
                        .contains("write ADDRESS FINGERPRINT"));
        assertThrows(
                IllegalArgumentException.class,
                () -> ConfiguredRepository.of("/media/usb f colour=red"));
    }
}
