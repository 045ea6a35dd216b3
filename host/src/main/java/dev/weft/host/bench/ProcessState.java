package dev.weft.host.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** What this process has used so far. */
final class ProcessState {
    private static final long PAGE = 4096;
    private static final Path STATM = Path.of("/proc/self/statm");

    /** Looked at every few milliseconds once somebody asked for it. */
    private volatile long most;

    private Thread watch;

    /** The state now.
     * @param watched whether the resident size is looked at from now on
     * @return {@code {cpu_ms, allocated, resident, most, heap}}: bytes, {@code most} being the largest resident size since this was last asked,
     *     {@code heap} what the Java heap ever held of it; 0 for what the system does not tell */
    synchronized ObjectNode json(boolean watched) {
        if (watched && watch == null) {
            watch = new Thread(this::watch, "resident");
            watch.setDaemon(true);
            watch.start();
        }
        long resident = resident();
        long largest = Math.max(most, resident);
        most = 0;
        return Wire.object()
                .put("cpu_ms", cpuMillis())
                .put("allocated", allocated())
                .put("resident", resident)
                .put("most", largest)
                .put("heap", heap());
    }

    private void watch() {
        while (true) {
            most = Math.max(most, resident());
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static long cpuMillis() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
    }

    /** Of the threads that live: those of a pool outlive a measurement. */
    private static long allocated() {
        return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                ? Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                        .filter(bytes -> bytes > 0)
                        .sum()
                : 0;
    }

    /** A page of the heap that was once used stays resident, whether garbage is on it or not: so it is the largest size that counts. */
    private static long heap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }

    private static long resident() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE;
        } catch (IOException notLinux) {
            return 0;
        }
    }
}
