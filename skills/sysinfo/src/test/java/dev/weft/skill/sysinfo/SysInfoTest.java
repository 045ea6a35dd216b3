package dev.weft.skill.sysinfo;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SysInfoTest {
    private final SysInfo info = new SysInfo();

    @TempDir Path root;

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes()).trim();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return text;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void the_overview_agrees_with_uname() throws Exception {
        Facts.Overview overview = info.overview();
        assertEquals(run("uname", "-n"), overview.hostname());
        assertEquals(run("uname", "-r"), overview.kernel());
        assertTrue(overview.cpuCount() >= 1);
        assertTrue(overview.uptimeSeconds() > 0);
        assertFalse(overview.os().isBlank());
    }

    @Test
    void load_is_measured_at_once_and_again() throws Exception {
        for (int i = 0; i < 3; i++) {
            Facts.Load load = info.load();
            assertNotNull(load.load1());
            assertTrue(load.cpuPercent() >= 0 && load.cpuPercent() <= 100, load.toString());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void memory_agrees_with_free() throws Exception {
        Facts.Memory memory = info.memory();
        long total =
                run("grep", "MemTotal", "/proc/meminfo")
                                .replaceAll("\\D", "")
                                .transform(Long::parseLong)
                        * 1024;
        assertEquals(total, memory.totalBytes());
        assertEquals(memory.totalBytes(), memory.usedBytes() + memory.availableBytes());
        assertTrue(memory.usedPercent() > 0 && memory.usedPercent() < 100);
    }

    @Test
    void the_busiest_process_is_found() {
        AtomicBoolean stop = new AtomicBoolean();
        Thread busy =
                new Thread(
                        () -> {
                            while (!stop.get()) {
                                Thread.onSpinWait();
                            }
                        });
        busy.start();
        try {
            long self = ProcessHandle.current().pid();
            await().atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                double before = cpuNanos();
                                long start = System.nanoTime();
                                List<Facts.ProcessUse> busiest = info.processes(100, "cpu");
                                double percent =
                                        100 * (cpuNanos() - before) / (System.nanoTime() - start);
                                // Where others take the processor, that may be little.
                                return busiest.stream()
                                        .anyMatch(
                                                process ->
                                                        process.pid() == self
                                                                && process.cpuPercent()
                                                                        > percent / 2
                                                                && process.memoryBytes() > 1 << 20);
                            });
        } finally {
            stop.set(true);
        }
    }

    /** What this process took of the processors until now. */
    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    @Test
    void processes_are_ordered_and_limited() throws Exception {
        List<Facts.ProcessUse> byMemory = info.processes(5, "memory");
        assertTrue(!byMemory.isEmpty() && byMemory.size() <= 5);
        for (int i = 1; i < byMemory.size(); i++) {
            assertTrue(byMemory.get(i - 1).memoryBytes() >= byMemory.get(i).memoryBytes());
        }
        assertThrows(IllegalArgumentException.class, () -> info.processes(0, "cpu"));
        assertThrows(IllegalArgumentException.class, () -> info.processes(101, "cpu"));
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> info.processes(1, "age"))
                        .getMessage()
                        .contains("cpu or memory"));
    }

    @Test
    void temperatures_are_read_where_there_are_any() throws IOException {
        assertEquals(List.of(), new SysInfo(root).temperature().zones());
        zone(0, "x86_pkg_temp", "48500\n");
        zone(1, "acpitz", "-1000");
        zone(2, "broken", "");
        assertEquals(
                List.of(
                        new Facts.Temperature("acpitz", -1),
                        new Facts.Temperature("x86_pkg_temp", 48.5)),
                new SysInfo(root).temperature().zones());
        assertNotNull(info.temperature().zones());
    }

    private void zone(int number, String type, String temperature) throws IOException {
        Path folder =
                Files.createDirectories(root.resolve("sys/class/thermal/thermal_zone" + number));
        Files.writeString(folder.resolve("type"), type + "\n");
        Files.writeString(folder.resolve("temp"), temperature);
    }

    @Test
    void without_proc_java_answers() throws Exception {
        SysInfo bare = new SysInfo(root);
        assertTrue(bare.memory().totalBytes() > 0);
        assertEquals(-1, bare.overview().uptimeSeconds());
        assertFalse(bare.overview().hostname().isBlank());
        assertNotNull(bare.load());
        assertFalse(bare.processes(3, "cpu").isEmpty());
    }

    @Test
    void processor_use_is_the_share_of_ticks_that_were_not_idle() throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(
                root.resolve("proc/stat"), "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 2 3 4\n");
        Proc.Ticks before = new Proc(root).ticks().orElseThrow();
        assertEquals(new Proc.Ticks(1000, 800), before);
        assertEquals(Optional.of(25.0), Proc.Ticks.percent(before, new Proc.Ticks(1100, 875)));
        assertEquals(Optional.empty(), Proc.Ticks.percent(before, before));
    }
}
