package dev.weft.skill.sysinfo;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** What the tools of this skill answer. */
public final class Facts {
    private Facts() {}

    /**
     * What machine this is.
     *
     * @param hostname its name
     * @param os operating system with version, as people call it
     * @param kernel version of the kernel
     * @param arch processor architecture
     * @param cpuCount processors that this program may use
     * @param cpuModel name of the processor, "" if unknown
     * @param uptimeSeconds since the machine started; -1 if unknown
     */
    public record Overview(
            String hostname,
            String os,
            String kernel,
            String arch,
            @JsonProperty("cpu_count") int cpuCount,
            @JsonProperty("cpu_model") String cpuModel,
            @JsonProperty("uptime_seconds") long uptimeSeconds) {}

    /**
     * How busy the machine is.
     *
     * @param load1 average number of runnable processes over 1 minute; null if the system does not count
     * @param load5 the same over 5 minutes
     * @param load15 the same over 15 minutes
     * @param cpuPercent processor time in use over the last moments, 0 to 100; null if unknown
     */
    public record Load(
            @JsonProperty("load_1") Double load1,
            @JsonProperty("load_5") Double load5,
            @JsonProperty("load_15") Double load15,
            @JsonProperty("cpu_percent") Double cpuPercent) {}

    /**
     * Memory of the machine.
     *
     * @param totalBytes all of it
     * @param availableBytes what programs can still get without swapping
     * @param usedBytes the rest
     * @param usedPercent share in use, one decimal
     * @param swapTotalBytes swap space
     * @param swapFreeBytes swap space that is free
     */
    public record Memory(
            @JsonProperty("total_bytes") long totalBytes,
            @JsonProperty("available_bytes") long availableBytes,
            @JsonProperty("used_bytes") long usedBytes,
            @JsonProperty("used_percent") double usedPercent,
            @JsonProperty("swap_total_bytes") long swapTotalBytes,
            @JsonProperty("swap_free_bytes") long swapFreeBytes) {}

    /**
     * A thermal zone.
     *
     * @param zone its name
     * @param celsius its temperature
     */
    public record Temperature(String zone, double celsius) {}

    /**
     * Temperatures.
     *
     * @param zones empty where the machine has no sensors
     */
    public record Temperatures(List<Temperature> zones) {}

    /**
     * A process.
     *
     * @param pid its number
     * @param name of its program
     * @param user who runs it, "" if unknown
     * @param cpuPercent of one processor, over the last moments; may exceed 100
     * @param memoryBytes resident; -1 if unknown
     */
    public record ProcessUse(
            long pid,
            String name,
            String user,
            @JsonProperty("cpu_percent") double cpuPercent,
            @JsonProperty("memory_bytes") long memoryBytes) {}
}
