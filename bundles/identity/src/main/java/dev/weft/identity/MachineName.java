package dev.weft.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the operating system calls this machine, in the shape of an agent name. */
final class MachineName {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private MachineName() {}

    static String sanitized() {
        return sanitize(raw());
    }

    static String sanitize(String raw) {
        String label = raw.strip().toLowerCase(Locale.ROOT);
        if (label.indexOf('.') > 0) {
            label = label.substring(0, label.indexOf('.'));
        }
        String safe =
                label.replaceAll("[^a-z0-9._-]+", "-").replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
        return safe.length() > 64 ? safe.substring(0, 64) : safe;
    }

    /** The kernel first: asking the resolver can wait seconds for a name server that is not there. */
    private static String raw() {
        try {
            if (Files.isReadable(KERNEL)) {
                return Files.readString(KERNEL);
            }
            String windows = System.getenv("COMPUTERNAME");
            return windows != null ? windows : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "";
        }
    }
}
