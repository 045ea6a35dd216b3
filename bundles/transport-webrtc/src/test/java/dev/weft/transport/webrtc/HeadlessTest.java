package dev.weft.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebRTC on machines without a desktop. Each case has a JVM of its own: a library that is loaded stays loaded. */
class HeadlessTest {
    private static final String CLASSPATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    @TempDir Path folder;

    @BeforeEach
    void linux() {
        assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "only Linux has this problem");
    }

    @Test
    void works_with_empty_libraries_on_any_machine() throws Exception {
        assertWorks(run(java(CLASSPATH, "always")), true);
    }

    @Test
    void works_where_the_libraries_are_really_absent() throws Exception {
        assumeMounts();
        List<String> all = HeadlessLibraries.SONAMES;

        String never = run(without(all, java(CLASSPATH, "never")));
        assertTrue(
                never.contains("FAILED no WebRTC on this host: ")
                        && never.contains("cannot open shared object file"),
                "they are really absent: " + never);
        assertTrue(never.contains("install the library it names"), never);

        assertWorks(run(without(all, java(CLASSPATH, "auto"))), true);
    }

    @Test
    void replaces_all_seven_where_one_is_absent() throws Exception {
        assumeMounts();
        assertWorks(run(without(List.of("libX11.so.6"), java(CLASSPATH, "auto"))), true);
        assertWorks(run(without(List.of("libdbus-1.so.3"), java(CLASSPATH, "auto"))), true);
    }

    @Test
    void says_what_is_missing_where_there_is_no_native_library() throws Exception {
        String classes =
                Stream.of(CLASSPATH.split(File.pathSeparator))
                        .filter(entry -> !entry.matches(".*webrtc-java-[\\d.]+-.*"))
                        .collect(Collectors.joining(File.pathSeparator));
        String output = run(java(classes, "auto"));
        assertTrue(
                output.contains(
                        "FAILED no WebRTC on this host: this distribution has no WebRTC library for "),
                output);
        assertTrue(
                output.contains(
                        "HEALTH Status[ok=false, blocking=false, detail=no direct links to peers: "),
                output);
        assertTrue(output.contains("END"), "the host lives on: " + output);
    }

    @Test
    void refuses_a_mode_that_is_none() {
        assertEquals(
                "dev.weft.transport.webrtc: headless must be auto, always or never, got \"maybe\"",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> HeadlessLibraries.Mode.of("maybe"))
                        .getMessage());
    }

    private static void assertWorks(String output, boolean stubs) {
        assertTrue(output.contains("GOT over the wire"), output);
        assertTrue(output.contains("STUBS " + stubs), output);
        assertTrue(output.contains("END"), output);
    }

    private List<String> java(String classpath, String mode) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + folder,
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                "-cp",
                classpath,
                HeadlessMain.class.getName(),
                mode);
    }

    private void assumeMounts() throws Exception {
        Process probe;
        try {
            probe =
                    new ProcessBuilder(
                                    "unshare", "-m", "sh", "-c", "mount --bind " + folder + " /mnt")
                            .redirectErrorStream(true)
                            .start();
        } catch (java.io.IOException e) {
            assumeTrue(
                    false, "skipped: no unshare here, so the desktop libraries cannot be hidden");
            return;
        }
        assumeTrue(
                probe.waitFor(60, TimeUnit.SECONDS) && probe.exitValue() == 0,
                "skipped: mounts are not allowed here, so the desktop libraries cannot be hidden");
    }

    /** Runs a command in a mount namespace whose library folders lack some libraries. */
    private List<String> without(List<String> sonames, List<String> command) throws Exception {
        StringBuilder script = new StringBuilder("set -e\n");
        int i = 0;
        for (Path libraries : libraryFolders()) {
            Path original = Files.createDirectories(folder.resolve("original" + i));
            Path view = Files.createTempDirectory(folder, "view" + i++);
            script.append("mount --bind ")
                    .append(libraries)
                    .append(' ')
                    .append(original)
                    .append('\n');
            script.append("ln -s -t ").append(view).append(' ').append(original).append("/*\n");
            for (String soname : sonames) {
                script.append("rm -f ")
                        .append(view)
                        .append('/')
                        .append(soname, 0, soname.indexOf(".so"))
                        .append(".so*\n");
            }
            script.append("mount --bind ").append(view).append(' ').append(libraries).append('\n');
        }
        script.append("exec \"$@\"\n");
        List<String> all =
                new ArrayList<>(List.of("unshare", "-m", "sh", "-c", script.toString(), "sh"));
        all.addAll(command);
        return all;
    }

    private static List<Path> libraryFolders() throws Exception {
        List<Path> folders = new ArrayList<>();
        for (String name :
                List.of(
                        "/lib/x86_64-linux-gnu",
                        "/lib/aarch64-linux-gnu",
                        "/lib/arm-linux-gnueabihf",
                        "/lib64",
                        "/usr/lib64",
                        "/usr/lib/x86_64-linux-gnu",
                        "/usr/lib/aarch64-linux-gnu",
                        "/usr/lib/arm-linux-gnueabihf")) {
            Path path = Path.of(name);
            if (Files.isDirectory(path)
                    && !folders.contains(path.toRealPath())
                    && HeadlessLibraries.SONAMES.stream()
                            .anyMatch(soname -> Files.exists(path.resolve(soname)))) {
                folders.add(path.toRealPath());
            }
        }
        return folders;
    }

    private String run(List<String> command) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> "still runs: " + command);
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }
}
