package dev.weft.skill.sysinfo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The processes that use most. */
record Processes(Proc proc) {
    private record Sample(ProcessHandle process, double percent) {}

    /** Those with most processor time over a short window. */
    List<Facts.ProcessUse> byCpu(int limit) throws InterruptedException {
        return measured().stream()
                .sorted(Comparator.comparingDouble(Sample::percent).reversed())
                .limit(limit)
                .map(this::use)
                .toList();
    }

    /** Those with most resident memory. */
    List<Facts.ProcessUse> byMemory(int limit) throws InterruptedException {
        return measured().stream()
                .map(this::use)
                .sorted(Comparator.comparingLong(Facts.ProcessUse::memoryBytes).reversed())
                .limit(limit)
                .toList();
    }

    private List<Sample> measured() throws InterruptedException {
        Map<Long, Duration> before = new HashMap<>();
        long start = System.nanoTime();
        ProcessHandle.allProcesses().forEach(process -> before.put(process.pid(), time(process)));
        Thread.sleep(CpuMeter.WINDOW_MILLIS);
        double window = System.nanoTime() - start;
        return ProcessHandle.allProcesses()
                .map(
                        process -> {
                            Duration now = time(process);
                            double used =
                                    now.minus(before.getOrDefault(process.pid(), now)).toNanos();
                            return new Sample(
                                    process, Math.max(0, Math.round(1000 * used / window) / 10.0));
                        })
                .toList();
    }

    private static Duration time(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private Facts.ProcessUse use(Sample sample) {
        ProcessHandle process = sample.process;
        String name =
                proc.name(process.pid())
                        .or(() -> process.info().command().map(Processes::last))
                        .orElse("");
        return new Facts.ProcessUse(
                process.pid(),
                name,
                process.info().user().orElse(""),
                sample.percent,
                proc.resident(process.pid()));
    }

    private static String last(String command) {
        Path file = Path.of(command).getFileName();
        return file == null ? command : file.toString();
    }
}
