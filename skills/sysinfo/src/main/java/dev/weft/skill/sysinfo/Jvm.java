package dev.weft.skill.sysinfo;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** What the JVM knows of the machine, for systems without /proc; empty where the JVM is of another make. */
final class Jvm {
    private Jvm() {}

    static Optional<Double> loadAverage() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? Optional.empty() : Optional.of(load);
    }

    static Optional<Double> cpuPercent() {
        try {
            double share = bean().getCpuLoad();
            return share < 0 || Double.isNaN(share)
                    ? Optional.empty()
                    : Optional.of(Math.round(1000 * share) / 10.0);
        } catch (LinkageError | ClassCastException otherMake) {
            return Optional.empty();
        }
    }

    static Optional<Facts.Memory> memory() {
        try {
            OperatingSystemMXBean bean = bean();
            return Optional.of(
                    SysInfo.memory(
                            bean.getTotalMemorySize(),
                            bean.getFreeMemorySize(),
                            bean.getTotalSwapSpaceSize(),
                            bean.getFreeSwapSpaceSize()));
        } catch (LinkageError | ClassCastException otherMake) {
            return Optional.empty();
        }
    }

    private static OperatingSystemMXBean bean() {
        return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    }
}
