package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an edge host takes while it has nothing to do: memory, and how often it wakes the processor. */
@Tag("once")
class EdgeIdleIT {
    /** The start is over when its threads woke little in so many looks, one after the other. */
    private static final int QUIET_LOOKS = 3;

    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final int WATCH_SECONDS = 30;
    private static final long MOST_KB = 120_000;

    /** Of Weft's own threads: three timers of 15 s, each of which may wake a handful. What the JVM's compiler and cleaner do depends on the machine. */
    private static final double MOST_WAKES_A_SECOND = 2;

    /** Of the threads that do nothing but wait for a time: nobody polls faster than every 15 s. */
    private static final double MOST_TIMER_WAKES_A_SECOND = 1;

    @TempDir Path folder;

    @Test
    void idle_edge_host_is_small_and_sleeps() throws Exception {
        assumeTrue(
                Files.exists(Path.of("/proc/self/smaps_rollup")),
                "SKIPPED: this system does not tell what a process does");
        try (TestHost edge = new TestHost(folder.resolve("edge"), "edge")) {
            edge.start("--profile", "edge");
            long pid = edge.program().pid();
            awaitQuiet(pid);
            Map<String, Long> before = wakes(pid);
            TimeUnit.SECONDS.sleep(WATCH_SECONDS); // idleness is what is measured
            Map<String, Long> after = wakes(pid);
            since(before, after);
            long all = after.values().stream().mapToLong(Long::longValue).sum();
            long own = wakes(after, "weft-");
            long timers = wakes(after, "weft-timer");
            assertTrue(
                    (double) own / WATCH_SECONDS <= MOST_WAKES_A_SECOND
                            && (double) timers / WATCH_SECONDS <= MOST_TIMER_WAKES_A_SECOND,
                    all + " wake-ups in " + WATCH_SECONDS + " s: " + after);
            long resident = resident(pid);
            System.out.println(
                    "idle edge host: "
                            + resident
                            + " kB resident, "
                            + all
                            + " wake-ups in "
                            + WATCH_SECONDS
                            + " s");
            assertTrue(resident <= MOST_KB, resident + " kB resident");
            assertEquals(0, edge.stop());
            try (Stream<Path> files = Files.list(edge.data.resolve("native"))) {
                assertEquals(1, files.count(), "one copy of the native library");
            }
        }
    }

    private static void awaitQuiet(long pid) throws IOException {
        Deque<Map<String, Long>> looks = new ArrayDeque<>(List.of(wakes(pid)));
        AtomicInteger quiet = new AtomicInteger();
        Awaitility.await("the end of the start")
                .atMost(Duration.ofMinutes(2))
                .pollDelay(LOOK)
                .pollInterval(LOOK)
                .until(
                        () -> {
                            Map<String, Long> now = wakes(pid);
                            looks.push(now);
                            Map<String, Long> woken = new TreeMap<>(now);
                            since(looks.removeLast(), woken);
                            boolean few =
                                    wakes(woken, "weft-") <= MOST_WAKES_A_SECOND * LOOK.toSeconds();
                            return (few ? quiet.incrementAndGet() : quiet.getAndSet(0))
                                    == QUIET_LOOKS;
                        });
    }

    /** Leaves what came after an earlier look. */
    private static void since(Map<String, Long> before, Map<String, Long> now) {
        now.replaceAll((thread, count) -> count - before.getOrDefault(thread, 0L));
        now.values().removeIf(count -> count == 0);
    }

    private static long wakes(Map<String, Long> all, String thread) {
        return all.entrySet().stream()
                .filter(entry -> entry.getKey().contains(thread))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How often each thread gave up the processor of itself, which is how often it was woken. */
    private static Map<String, Long> wakes(long pid) throws IOException {
        Map<String, Long> all = new TreeMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                try {
                    all.put(
                            thread.getFileName()
                                    + " "
                                    + Files.readString(thread.resolve("comm")).strip(),
                            figure(thread.resolve("status"), "voluntary_ctxt_switches:"));
                } catch (IOException e) {
                    continue; // it ended meanwhile
                }
            }
        }
        return all;
    }

    private static long resident(long pid) throws IOException {
        return figure(Path.of("/proc/" + pid + "/status"), "VmRSS:");
    }

    private static long figure(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }
}
