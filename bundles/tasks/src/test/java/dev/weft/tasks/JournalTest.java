package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.weft.protocol.JsonText;
import dev.weft.protocol.Wire;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final int LARGE = 1 << 20;

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

    private static List<JsonText> lines(String... lines) {
        return Stream.of(lines)
                .map(line -> JsonText.of(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private List<String> read() throws Exception {
        List<String> lines = new ArrayList<>();
        new JournalFile(file(), lines::add).close();
        return lines;
    }

    @Test
    void what_was_cut_short_is_dropped_and_what_is_damaged_is_skipped() throws Exception {
        JournalFile journal = new JournalFile(file(), line -> {});
        journal.append(lines("{\"ä\":1}", "{\"b\":\"x\\u2028\"}", "{\"c\":3}"));
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
        again.append(lines("{\"d\":4}"));
        again.close();
        assertEquals(3, read().size());
    }

    /** A result is in memory once, as the tree that its task holds; the disk gets it bit by bit. */
    @Test
    void a_large_record_is_written_without_a_copy_of_it() throws Exception {
        ObjectNode record =
                Wire.object().put("id", "large").put("result", "0123456789".repeat(LARGE));
        JournalFile journal = new JournalFile(file(), line -> {});
        journal.append(lines("{}"));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        JsonText line = Wire.json(record);
        long before = threads.getThreadAllocatedBytes(self);
        journal.append(List.of(line));
        long appended = threads.getThreadAllocatedBytes(self);
        journal.replace(List.of(line, line));
        long replaced = threads.getThreadAllocatedBytes(self);
        journal.close();
        assertTrue(appended - before < LARGE, "to append it took " + (appended - before));
        assertTrue(replaced - appended < LARGE, "a new file took " + (replaced - appended));
        assertEquals(2 * (line.length() + 10), journal.size());
        assertEquals(List.of(Wire.write(record), Wire.write(record)), read());
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
