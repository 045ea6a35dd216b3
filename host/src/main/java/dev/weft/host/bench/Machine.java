package dev.weft.host.bench;

import dev.weft.host.launcher.Distribution;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the figures were measured on. */
public final class Machine {
    private Machine() {}

    /** Describes this machine as it is now.
     * @return processor, cores, memory, load, operating system, Java, Weft; what cannot be found out is left out */
    public static Map<String, Object> describe() {
        Map<String, Object> machine = new LinkedHashMap<>();
        put(machine, "processor", line("/proc/cpuinfo", "model name"));
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        String memory = line("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "");
        if (!memory.isEmpty()) {
            machine.put("memory_mib", Long.parseLong(memory) >> 10);
        }
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        if (load >= 0) {
            machine.put("load_before", Math.round(load * 100) / 100.0);
        }
        machine.put(
                "os",
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + " "
                        + System.getProperty("os.arch"));
        machine.put("java", System.getProperty("java.vm.version"));
        machine.put("jit", "full".equals(System.getenv("WEFT_JIT")) ? "full" : "quick");
        machine.put("weft", Distribution.version());
        return machine;
    }

    private static void put(Map<String, Object> machine, String name, String value) {
        if (!value.isEmpty()) {
            machine.put(name, value);
        }
    }

    private static String line(String file, String start) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(start))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("");
        } catch (IOException notLinux) {
            return "";
        }
    }
}
