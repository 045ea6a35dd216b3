package dev.weft.host.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at this machine: Java, the native library, the disk, the data directory, the port. */
public final class Machine {
    private static final int OLDEST_JAVA = 17;
    private static final long LEAST_MIB = 200;
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private Machine() {}

    /** Whether this Java will do.
     * @param version of Java
     * @return what was found */
    public static Finding java(Runtime.Version version) {
        return version.feature() >= OLDEST_JAVA
                ? Finding.good("java", "version " + version)
                : Finding.bad(
                        "java",
                        "version " + version + " is too old",
                        "install a JDK 17 or newer, or point JAVA_HOME at one");
    }

    /** Whether the native library of WebRTC is there and may be loaded.
     * @param library where it is, empty if this platform has none
     * @param folders where it is unpacked and loaded, the second where the first will not do
     * @param mounts text of {@code /proc/self/mounts}, "" where there is none
     * @return what was found */
    public static Finding webrtc(Optional<Path> library, List<Path> folders, String mounts) {
        if (library.isEmpty()) {
            return Finding.bad(
                    "native WebRTC",
                    "none for "
                            + System.getProperty("os.name")
                            + " "
                            + System.getProperty("os.arch"),
                    "peers are reached through the registry's relay only; install the archive of this platform");
        }
        if (folders.stream().allMatch(folder -> isNoexec(folder, mounts))) {
            return Finding.bad(
                    "native WebRTC",
                    folders.stream().map(Path::toString).collect(Collectors.joining(" and "))
                            + " are mounted noexec",
                    "the library is unpacked there and cannot be loaded: mount one of them with exec, or choose another --data");
        }
        return Finding.good("native WebRTC", library.get().getFileName().toString());
    }

    private static boolean isNoexec(Path folder, String mounts) {
        return mounts.lines()
                .map(line -> line.split(" "))
                .filter(part -> part.length > 3 && folder.startsWith(part[1]))
                .max(Comparator.comparingInt(part -> part[1].length()))
                .filter(part -> List.of(part[3].split(",")).contains("noexec"))
                .isPresent();
    }

    /** Whether there is room.
     * @param freeMib usable MiB where the data is
     * @return what was found */
    public static Finding disk(long freeMib) {
        return freeMib >= LEAST_MIB
                ? Finding.good("disk", freeMib + " MiB free")
                : Finding.bad(
                        "disk",
                        "only " + freeMib + " MiB are free",
                        "make room for "
                                + LEAST_MIB
                                + " MiB, or choose a data directory elsewhere with --data");
    }

    /** Whether the data directory can be written, and its secrets be read by its owner only.
     * @param data which may not be there yet
     * @return what was found
     * @throws IOException if it cannot be looked at */
    public static List<Finding> data(Path data) throws IOException {
        Path existing = existing(data);
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return List.of(
                    Finding.bad(
                            "data directory",
                            existing + " cannot be written by " + System.getProperty("user.name"),
                            "give it to this user (chown), or choose another with --data"));
        }
        List<Finding> all = new ArrayList<>();
        all.add(Finding.good("data directory", data.toString()));
        Path keys = data.resolve("keys");
        if (Files.isDirectory(keys) && Files.isReadable(keys)) {
            try (Stream<Path> files = Files.walk(keys, 2)) {
                files.filter(Files::isRegularFile)
                        .filter(Machine::isOpen)
                        .findFirst()
                        .ifPresent(
                                file ->
                                        all.add(
                                                Finding.bad(
                                                        "secrets",
                                                        file + " can be read by others",
                                                        "chmod 600 it, and rotate the key if others use this machine")));
            }
        }
        return all;
    }

    /** The nearest folder above a path, or itself, that is there.
     * @param path absolute
     * @return a path that exists */
    public static Path existing(Path path) {
        Path existing = path;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static boolean isOpen(Path file) {
        try {
            return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // no such thing as permissions here
        }
    }

    /** Whether a port is free on this machine.
     * @param port 1 to 65535
     * @return what was found */
    public static Finding port(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return Finding.good("port " + port, "free");
        } catch (IOException e) {
            return Finding.bad(
                    "port " + port,
                    "taken by another program (" + e.getMessage() + ")",
                    "end that program (ss -ltnp shows it), or start with --port 0 or another one");
        }
    }
}
