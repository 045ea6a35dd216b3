package dev.weft.skill.disk;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One line of Linux' {@code /proc/self/mountinfo}.
 *
 * @param device {@code major:minor}
 * @param point where it is mounted
 * @param type of the file system
 */
record Mount(String device, Path point, String type) {
    /** File systems that hold no data of their own, live in memory, or are read-only images. */
    private static final Set<String> PSEUDO =
            Set.of(
                    "autofs",
                    "binfmt_misc",
                    "bpf",
                    "cgroup",
                    "cgroup2",
                    "configfs",
                    "debugfs",
                    "devpts",
                    "devtmpfs",
                    "efivarfs",
                    "fusectl",
                    "hugetlbfs",
                    "mqueue",
                    "nsfs",
                    "proc",
                    "pstore",
                    "ramfs",
                    "rpc_pipefs",
                    "securityfs",
                    "selinuxfs",
                    "squashfs",
                    "sysfs",
                    "tmpfs",
                    "tracefs");

    boolean isPseudo() {
        return PSEUDO.contains(type);
    }

    /** Reads the lines of the file; what does not look like one is left out. */
    static List<Mount> parse(List<String> lines) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : lines) {
            String[] halves = line.split(" - ", 2);
            String[] left = halves[0].split(" ");
            if (halves.length == 2 && left.length >= 5) {
                mounts.add(new Mount(left[2], Path.of(unescape(left[4])), halves[1].split(" ")[0]));
            }
        }
        return mounts;
    }

    /** The mount that holds a path: the deepest; of several at one point, the last one hides the others. */
    static Optional<Mount> holding(Path path, List<Mount> mounts) {
        Mount best = null;
        for (Mount mount : mounts) {
            if (path.startsWith(mount.point)
                    && (best == null || mount.point.getNameCount() >= best.point.getNameCount())) {
                best = mount;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The kernel writes blanks, tabs, newlines and backslashes as three octal digits. */
    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '\\' && i + 3 < in.length) {
                out[length++] =
                        (byte)
                                Integer.parseInt(
                                        new String(in, i + 1, 3, StandardCharsets.US_ASCII), 8);
                i += 3;
            } else {
                out[length++] = in[i];
            }
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }
}
