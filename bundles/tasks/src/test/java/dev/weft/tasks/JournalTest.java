package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir Path folder;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void close() {
        executor.shutdownNow();
        timer.shutdownNow();
    }

    private Path file() {
        return folder.resolve("tasks/journal.log");
    }

    private List<String> read() throws Exception {
        List<String> lines = new ArrayList<>();
        new JournalFile(file(), lines::add).close();
        return lines;
    }

    @Test
    void what_was_cut_short_is_dropped_and_what_is_damaged_is_skipped() throws Exception {
        JournalFile journal = new JournalFile(file(), line -> {});
        journal.append(List.of("{\"ä\":1}", "{\"b\":\"x\\u2028\"}", "{\"c\":3}"));
        journal.close();
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        }
        String whole = Files.readString(file());
        Files.writeString(file(), "00000000 {\"torn\":", StandardOpenOption.APPEND);
        assertEquals(List.of("{\"ä\":1}", "{\"b\":\"x\\u2028\"}", "{\"c\":3}"), read());
        assertEquals(whole, Files.readString(file()), "the torn line is gone");
        Files.writeString(file(), whole.replace("{\"b\"", "{\"B\""));
        assertEquals(List.of("{\"ä\":1}", "{\"c\":3}"), read());
        JournalFile again = new JournalFile(file(), line -> {});
        again.append(List.of("{\"d\":4}"));
        again.close();
        assertEquals(3, read().size());
    }

    @Test
    void many_writers_share_the_disk_and_the_file_stays_bounded() throws Exception {
        List<ObjectNode> inForce = List.of(Wire.object().put("id", "live"));
        JournalFile lines = new JournalFile(file(), line -> {});
        Journal journal = new Journal(lines, () -> inForce, executor, timer, 64 << 10);
        List<CompletableFuture<Void>> written = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            int n = i;
            written.add(journal.append(() -> Wire.object().put("id", n).put("x", "y".repeat(50))));
        }
        CompletableFuture.allOf(written.toArray(CompletableFuture[]::new))
                .get(30, TimeUnit.SECONDS);
        journal.close();
        assertTrue(Files.size(file()) < 64 << 10, "size " + Files.size(file()));
        assertTrue(read().contains("{\"id\":\"live\"}"));
        assertTrue(journal.append(() -> Wire.object()).isCompletedExceptionally(), "it is closed");
    }
}
