package dev.weft.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.audit.Audit.Entry;
import dev.weft.api.audit.Audit.Record;
import dev.weft.api.audit.Audit.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    @TempDir Path folder;
    private AuditLog log;

    @BeforeEach
    void open() throws IOException {
        log = open(1 << 20, 16);
    }

    @AfterEach
    void stop() {
        log.close();
        timer.shutdownNow();
        blocking.shutdownNow();
    }

    private AuditLog open(long size, int files) throws IOException {
        return new AuditLog(
                new AuditFiles(folder, size, files), blocking, timer, Clock.systemUTC());
    }

    private static Entry entry(String target) {
        return new Entry("key-1", "admin", "key.create", target, "ok", "r1");
    }

    private void write(int count) {
        IntStream.range(0, count).forEach(i -> log.record(entry("t" + i)));
        log.close();
    }

    private Path file() {
        return folder.resolve("audit.log");
    }

    private List<String> lines() throws IOException {
        return new ArrayList<>(Files.readAllLines(file()));
    }

    private Verification broken(List<String> lines) throws IOException {
        Files.write(file(), lines);
        Verification found = log.verify();
        assertFalse(found.ok(), found.toString());
        return found;
    }

    @Test
    void records_reach_the_disk_by_themselves_and_make_one_chain() throws Exception {
        log.record(entry("a"));
        log.record(entry("b"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> Files.readAllLines(file()).size() == 2);
        List<Record> newest = log.latest(10);
        assertEquals(List.of("b", "a"), newest.stream().map(Record::target).toList());
        assertEquals(newest.get(1).hash(), newest.get(0).prev());
        assertEquals("0".repeat(64), newest.get(1).prev());
        assertEquals(1, log.latest(1).size());
        assertEquals(new Verification(true, 2, 1, 2, 0, ""), log.verify());
    }

    @Test
    void the_chain_goes_on_after_a_restart_and_over_many_threads() throws Exception {
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            writers.add(
                    blocking.submit(
                            () ->
                                    IntStream.range(0, 1000)
                                            .forEach(n -> log.record(entry("x" + n)))));
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        log.close();
        log = open(1 << 20, 16);
        write(5);
        assertEquals(new Verification(true, 8005, 1, 8005, 0, ""), log.verify());
    }

    @Test
    void a_change_a_gap_an_insertion_a_swap_and_a_cut_are_found_at_the_first_broken_record()
            throws Exception {
        write(10);
        List<String> good = lines();
        assertTrue(log.verify().ok());

        List<String> changed = new ArrayList<>(good);
        changed.set(3, changed.get(3).replace("key-1", "key-2"));
        assertEquals(4, broken(changed).broken());
        assertTrue(broken(changed).reason().contains("line 4"), broken(changed).reason());

        List<String> gap = new ArrayList<>(good);
        gap.remove(5);
        assertEquals(6, broken(gap).broken());

        List<String> swapped = new ArrayList<>(good);
        Collections.swap(swapped, 1, 2);
        assertEquals(2, broken(swapped).broken());

        List<String> twice = new ArrayList<>(good);
        twice.add(4, twice.get(4));
        assertEquals(6, broken(twice).broken());

        assertEquals(10, broken(good.subList(0, 9)).broken(), "the newest record is gone");
        assertEquals(1, broken(good.subList(1, 10)).broken(), "the oldest record is gone");
        assertEquals(1, broken(List.of()).broken(), "all are gone");

        List<String> forged = new ArrayList<>(good.subList(0, 9));
        Record ninth = Chain.read(good.get(8)).orElseThrow();
        forged.add(Chain.line(10, java.time.Instant.now(), entry("forged"), ninth.hash()));
        assertEquals(10, broken(forged).broken(), "a last record with a fitting hash");

        Files.write(file(), good);
        assertTrue(log.verify().ok());
    }

    @Test
    void an_unfinished_line_of_a_killed_process_is_cut_off_and_said() throws Exception {
        write(3);
        Files.writeString(
                file(), "{\"seq\":4,\"at\":\"20", java.nio.file.StandardOpenOption.APPEND);
        log = open(1 << 20, 16);
        log.record(entry("after"));
        log.close();
        assertEquals(
                List.of("after", "", "t2", "t1", "t0"),
                log.latest(10).stream().map(Record::target).toList());
        assertEquals("audit.repair", log.latest(2).get(1).what());
        assertTrue(log.verify().ok(), log.verify().toString());
    }

    @Test
    void full_files_make_room_and_the_chain_goes_through_them() throws Exception {
        log.close();
        log = open(4000, 3);
        for (int i = 0; i < 20; i++) {
            write(10);
        }
        assertTrue(log.verify().ok(), log.verify().toString());
        List<String> names;
        try (var files = Files.list(folder)) {
            names = files.map(path -> path.getFileName().toString()).sorted().toList();
        }
        assertEquals(4, names.size(), names.toString()); // three and the head
        assertEquals(200, log.verify().last());
        assertTrue(log.verify().first() > 1);
        log = open(4000, 3);
        write(1);
        assertEquals(201, log.verify().last());
        assertTrue(log.verify().ok(), log.verify().toString());
        Path oldest = folder.resolve(names.get(1));
        Files.delete(oldest);
        assertFalse(log.verify().ok(), "a file that was not ours to delete is gone");
    }

    @Test
    void hostile_text_stays_on_its_line() throws Exception {
        log.record(new Entry("a\nb\u0000\ud800", null, "x", "y".repeat(5000), "\"}", "\u2028"));
        log.close();
        assertEquals(1, lines().size());
        assertTrue(lines().get(0).length() < 1000);
        assertTrue(log.verify().ok(), log.verify().toString());
        assertEquals("a b  ", log.latest(1).get(0).who());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void the_files_are_for_their_owner_only() throws Exception {
        write(1);
        for (String name : List.of("audit.log", "head")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(folder.resolve(name))),
                    name);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void a_disk_that_refuses_is_told_and_what_waits_is_written_later() throws Exception {
        write(1);
        Files.delete(file());
        Files.createDirectory(file());
        log.record(entry("waits"));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !log.check().ok());
        Files.delete(file());
        Files.createFile(file());
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> log.check().ok());
        assertEquals("waits", log.latest(1).get(0).target());
    }
}
