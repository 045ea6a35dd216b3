package dev.weft.host.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Java for arm64 that runs on this machine: Debian's packages unpacked into a folder, started by QEMU's user mode emulation. The folder
 * is kept between runs in the user's cache, since it takes a minute and 130 MB to fetch.
 */
final class Arm64Java {
    private static final String SUITE = "bookworm";
    private static final int PATIENCE_SECONDS = 300;
    private static final String UNPACK =
            """
            set -e
            debootstrap --foreign --arch=arm64 --variant=minbase --include=openjdk-17-jre-headless "$1" "$0"
            for package in "$0"/var/cache/apt/archives/*.deb; do dpkg-deb -x "$package" "$0"; done
            rm -rf "$0"/var/cache/apt/archives/*.deb
            # files in its /etc, which QEMU would look for in this machine's
            find "$0/usr/lib/jvm" -type l -lname '/etc/*' | while read -r link; do
              target=$(readlink "$link")
              [ -e "$0$target" ] || continue
              rm "$link"
              cp -rL "$0$target" "$link"
            done
            """;

    private Arm64Java() {}

    /** What a start script takes as JAVA_HOME.
     * @param folder where its little start script is put
     * @return empty, with the reason in a line on the console, where it cannot be had */
    static Optional<Path> home(Path folder) throws IOException, InterruptedException {
        for (String program : List.of("/usr/bin/qemu-aarch64-static", "/usr/sbin/debootstrap")) {
            if (!Files.isExecutable(Path.of(program))) {
                return missing(program + " is not installed");
            }
        }
        Path root = cache().resolve("arm64-" + SUITE);
        Path java = root.resolve("usr/lib/jvm/java-17-openjdk-arm64");
        if (!Files.isRegularFile(root.resolve("whole")) && !unpack(root)) {
            return missing("debootstrap could not make " + root);
        }
        Path home = Files.createDirectories(folder.resolve("java"));
        Path start = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(
                start,
                "#!/bin/sh\nexec qemu-aarch64-static -L %s %s/bin/java \"$@\"\n"
                        .formatted(root, java));
        Files.setPosixFilePermissions(start, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Optional.of(home);
    }

    private static boolean unpack(Path root) throws IOException, InterruptedException {
        Path parent = Files.createDirectories(root.getParent());
        Path part = Files.createTempDirectory(parent, "part");
        try {
            if (!run(List.of("sh", "-c", UNPACK, part.toString(), SUITE))) {
                return false;
            }
            Files.createFile(part.resolve("whole"));
            return run(List.of("rm", "-rf", root.toString()))
                    && run(List.of("mv", part.toString(), root.toString()));
        } finally {
            run(List.of("rm", "-rf", part.toString()));
        }
    }

    private static boolean run(List<String> command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            return false;
        }
        return process.exitValue() == 0;
    }

    private static Path cache() {
        String named = System.getenv("XDG_CACHE_HOME");
        return (named == null || named.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(named))
                .resolve("weft");
    }

    private static Optional<Path> missing(String why) {
        System.out.println("SKIPPED: no arm64 Java here: " + why);
        return Optional.empty();
    }
}
