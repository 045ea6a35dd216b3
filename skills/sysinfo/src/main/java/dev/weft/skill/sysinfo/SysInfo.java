package dev.weft.skill.sysinfo;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Asks the operating system at each call: /proc and /sys where they are, else what Java knows. */
@Skill(
        id = "sysinfo",
        title = "System information",
        description =
                "Processor, memory, load, temperature, uptime and top processes of this machine",
        permissions = {Skill.FILES, Skill.NET})
@Component(service = SkillService.class)
public final class SysInfo implements SkillService {
    private static final int MAX_PROCESSES = 100;

    private final Proc proc;
    private final CpuMeter meter;

    /** Reads this machine. */
    @Activate
    public SysInfo() {
        this(Path.of("/"));
    }

    SysInfo(Path root) {
        proc = new Proc(root);
        meter = new CpuMeter(proc::ticks);
    }

    /** What machine this is.
     * @return name, system, processor, uptime */
    @Tool(
            "What this machine is: host name, operating system, kernel, architecture, processor count and model, uptime in seconds")
    public Facts.Overview overview() {
        String system = System.getProperty("os.name");
        String os =
                proc.lines("etc/os-release").stream()
                        .filter(line -> line.startsWith("PRETTY_NAME="))
                        .findFirst()
                        .map(line -> line.substring(12).replace("\"", ""))
                        .orElse(system + " " + System.getProperty("os.version"));
        String model =
                proc.value("proc/cpuinfo", "model name")
                        .or(() -> proc.value("proc/cpuinfo", "Model"))
                        .or(() -> proc.value("proc/cpuinfo", "Hardware"))
                        .orElse("");
        long uptime =
                proc.text("proc/uptime")
                        .map(text -> (long) Double.parseDouble(text.split(" ")[0]))
                        .orElse(-1L);
        String kernel = System.getProperty("os.version");
        return new Facts.Overview(
                hostname(),
                os,
                kernel,
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                model,
                uptime);
    }

    /** How busy the machine is.
     * @return load averages and processor use
     * @throws InterruptedException if canceled */
    @Tool(
            "How busy this machine is: load averages over 1, 5 and 15 minutes, and processor (CPU) use in percent right now")
    public Facts.Load load() throws InterruptedException {
        Optional<Double> percent = meter.percent().or(Jvm::cpuPercent);
        Optional<String[]> averages =
                proc.text("proc/loadavg")
                        .map(text -> text.split(" "))
                        .filter(fields -> fields.length >= 3);
        if (averages.isEmpty()) {
            return new Facts.Load(Jvm.loadAverage().orElse(null), null, null, percent.orElse(null));
        }
        String[] fields = averages.get();
        return new Facts.Load(
                Double.valueOf(fields[0]),
                Double.valueOf(fields[1]),
                Double.valueOf(fields[2]),
                percent.orElse(null));
    }

    /** Memory of the machine.
     * @return figures in bytes */
    @Tool("Memory (RAM) and swap of this machine in bytes: total, available, used")
    public Facts.Memory memory() {
        Optional<Long> total = proc.memory("MemTotal");
        if (total.isEmpty()) {
            return Jvm.memory()
                    .orElseThrow(
                            () ->
                                    new IllegalStateException(
                                            "this machine does not say how much memory it has"));
        }
        long available = proc.memory("MemAvailable").or(() -> proc.memory("MemFree")).orElse(0L);
        return memory(
                total.get(),
                available,
                proc.memory("SwapTotal").orElse(0L),
                proc.memory("SwapFree").orElse(0L));
    }

    static Facts.Memory memory(long total, long available, long swapTotal, long swapFree) {
        long used = total - available;
        return new Facts.Memory(
                total,
                available,
                used,
                total == 0 ? 0 : Math.round(1000.0 * used / total) / 10.0,
                swapTotal,
                swapFree);
    }

    /** Temperatures of the thermal zones.
     * @return empty where there are none */
    @Tool(
            "Temperature of this machine's thermal zones in degrees Celsius; no zones where the machine has no sensor")
    public Facts.Temperatures temperature() {
        List<Facts.Temperature> zones = new ArrayList<>();
        Path thermal = proc.root().resolve("sys/class/thermal");
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(thermal, "thermal_zone*")) {
            for (Path folder : folders) {
                String path = "sys/class/thermal/" + folder.getFileName();
                String name = proc.text(path + "/type").orElse(folder.getFileName().toString());
                // some drivers have a zone but refuse to read it
                proc.text(path + "/temp")
                        .filter(text -> text.matches("-?\\d{1,9}"))
                        .ifPresent(
                                text ->
                                        zones.add(
                                                new Facts.Temperature(
                                                        name, Long.parseLong(text) / 1000.0)));
            }
        } catch (IOException noSensors) {
            return new Facts.Temperatures(List.of());
        }
        zones.sort(Comparator.comparing(Facts.Temperature::zone));
        return new Facts.Temperatures(zones);
    }

    /** The processes that use most.
     * @param limit how many
     * @param by what counts
     * @return the greatest first
     * @throws InterruptedException if canceled */
    @Tool(
            "The processes of this machine that use most processor time or most memory, the greatest first")
    public List<Facts.ProcessUse> processes(
            @P(value = "how many, 1 to 100", defaultValue = "10") int limit,
            @P(value = "cpu or memory", defaultValue = "cpu") String by)
            throws InterruptedException {
        if (limit < 1 || limit > MAX_PROCESSES) {
            throw new IllegalArgumentException(
                    "limit must be 1 to " + MAX_PROCESSES + ", got " + limit);
        }
        Processes processes = new Processes(proc);
        return switch (by) {
            case "cpu" -> processes.byCpu(limit);
            case "memory" -> processes.byMemory(limit);
            default ->
                    throw new IllegalArgumentException(
                            "by must be cpu or memory, got \"" + by + "\"");
        };
    }

    private String hostname() {
        return proc.text("proc/sys/kernel/hostname")
                .filter(name -> !name.isEmpty())
                .orElseGet(
                        () -> {
                            try {
                                return InetAddress.getLocalHost().getHostName();
                            } catch (IOException nameless) {
                                return "localhost";
                            }
                        });
    }
}
