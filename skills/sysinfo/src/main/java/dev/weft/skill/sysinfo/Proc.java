package dev.weft.skill.sysinfo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads small files of the kernel; what is not there or not readable is empty. */
record Proc(Path root) {
    /** Processor time in ticks since the machine started: all of it, and the idle part. */
    record Ticks(long total, long idle) {
        /** Share in use between two readings, 0 to 100, one decimal; empty if no tick has passed. */
        static Optional<Double> percent(Ticks before, Ticks after) {
            long passed = after.total - before.total;
            if (passed <= 0) {
                return Optional.empty();
            }
            double used = 100.0 * (passed - (after.idle - before.idle)) / passed;
            return Optional.of(Math.round(10 * Math.max(0, Math.min(100, used))) / 10.0);
        }
    }

    Optional<String> text(String file) {
        try {
            return Optional.of(
                    Files.readString(root.resolve(file), StandardCharsets.ISO_8859_1).trim());
        } catch (IOException | UnsupportedOperationException absent) {
            return Optional.empty();
        }
    }

    List<String> lines(String file) {
        return text(file).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** The value of a line {@code key : value}, of the first that has the key. */
    Optional<String> value(String file, String key) {
        return lines(file).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst();
    }

    /** A figure of {@code /proc/meminfo} in bytes. */
    Optional<Long> memory(String key) {
        return value("proc/meminfo", key + ":")
                .map(value -> Long.parseLong(value.split(" ")[0]) * 1024);
    }

    Optional<Ticks> ticks() {
        return lines("proc/stat").stream()
                .filter(line -> line.startsWith("cpu "))
                .findFirst()
                .map(
                        line -> {
                            String[] fields = line.trim().split("\\s+");
                            long total = 0;
                            for (int i = 1;
                                    i < Math.min(fields.length, 9);
                                    i++) { // guest time, which follows, is part of user time
                                total += Long.parseLong(fields[i]);
                            }
                            long waiting = fields.length > 5 ? Long.parseLong(fields[5]) : 0;
                            return new Ticks(total, Long.parseLong(fields[4]) + waiting);
                        });
    }

    /** Resident memory of a process in bytes; -1 if it is gone. */
    long resident(long pid) {
        return value("proc/" + pid + "/status", "VmRSS:")
                .map(value -> Long.parseLong(value.split("\\s+")[0]) * 1024)
                .orElse(-1L);
    }

    /** Short name of a process. */
    Optional<String> name(long pid) {
        return text("proc/" + pid + "/comm").filter(name -> !name.isEmpty());
    }
}
