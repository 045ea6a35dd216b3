package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.LocalCopy;
import dev.weft.skill.repository.RepositoryReader;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people download works as it is unpacked, holds what it should, and says what is inside. */
@Tag("once")
class DistributionIT {
    private static final Path TARGET = Program.HOME.getParent();
    private static final List<String> PLATFORMS =
            List.of(
                    "linux-x86_64",
                    "linux-aarch64",
                    "linux-aarch32",
                    "windows-x86_64",
                    "macos-aarch64");

    @TempDir Path folder;

    @BeforeAll
    static void made() throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            assumeTrue(
                    files.anyMatch(file -> file.toString().endsWith(".deb")),
                    "SKIPPED: this build made no distributions; run ./weft test, or Maven with -Pdist");
        }
    }

    @Test
    void archive_has_the_native_library_of_its_platform_and_no_other() throws Exception {
        for (String platform : PLATFORMS) {
            List<String> natives =
                    run("tar", "tzf", made("-" + platform + ".tar.gz").toString())
                            .lines()
                            .filter(entry -> entry.contains("/native/") && entry.endsWith(".jar"))
                            .toList();
            assertEquals(1, natives.size(), platform + ": " + natives);
            assertTrue(
                    natives.get(0).contains("lib.webrtc." + platform.replaceFirst("-", ".") + "-"),
                    natives.toString());
            assertTrue(Files.size(made("-" + platform + ".zip")) > 10 << 20);
        }
    }

    /** Two builds give the same bytes only if nothing in them tells when, where or by whom they were made. */
    @Test
    void nothing_that_is_made_tells_of_the_build_that_made_it() throws Exception {
        Set<String> marks = new TreeSet<>();
        for (String platform : PLATFORMS) {
            run(
                            "tar",
                            "tzvf",
                            made("-" + platform + ".tar.gz").toString(),
                            "--full-time",
                            "--utc",
                            "--numeric-owner")
                    .lines()
                    .map(line -> line.split(" +"))
                    .forEach(entry -> marks.add(entry[1] + " " + entry[3] + " " + entry[4]));
            marks.addAll(times(made("-" + platform + ".zip")));
        }
        Path home = Program.HOME;
        try (Stream<Path> files = Files.walk(home)) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar"))
                            .filter(file -> file.getFileName().toString().startsWith("dev.weft."))
                            .toList()) {
                marks.addAll(times(jar));
                try (JarFile opened = new JarFile(jar.toFile())) {
                    Attributes manifest = opened.getManifest().getMainAttributes();
                    for (String told : List.of("Built-By", "Bnd-LastModified", "Build-Jdk")) {
                        assertNull(manifest.getValue(told), jar + " has " + told);
                    }
                }
            }
        }
        assertEquals(
                Set.of("0/0 2026-01-01 00:00:00", "2026-01-01T00:00"),
                marks,
                "owner and time of every entry");
    }

    private static Set<String> times(Path zip) throws IOException {
        try (ZipFile opened = new ZipFile(zip.toFile())) {
            return opened.stream()
                    .map(entry -> entry.getTimeLocal().toString())
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void unpacked_archive_runs() throws Exception {
        String platform =
                "linux-" + (System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64");
        run("tar", "xzf", made("-" + platform + ".tar.gz").toString(), "-C", folder.toString());
        checkHost(only(folder));
    }

    @Test
    void debian_package_holds_a_program_that_runs_and_a_service() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/dpkg-deb"))
                        && System.getProperty("os.arch").equals("amd64"),
                "SKIPPED: not a Debian machine of this architecture");
        String deb = made("_amd64.deb").toString();
        run("dpkg-deb", "-x", deb, folder.resolve("root").toString());
        run("dpkg-deb", "-e", deb, folder.resolve("control").toString());
        Path root = folder.resolve("root");
        assertEquals(
                "/usr/share/weft/bin/weft",
                Files.readSymbolicLink(root.resolve("usr/bin/weft")).toString());
        assertTrue(
                Files.readString(root.resolve("lib/systemd/system/weft.service"))
                        .contains("User=weft"));
        assertTrue(Files.isRegularFile(root.resolve("etc/default/weft")));
        assertTrue(
                Files.readString(folder.resolve("control/control"))
                        .contains("Architecture: amd64"));
        for (String script : List.of("postinst", "prerm", "postrm")) {
            run("sh", "-n", folder.resolve("control/" + script).toString());
        }
        checkHost(root.resolve("usr/share/weft"));
    }

    /** For real, by dpkg with this machine's packages, in a copy of its root that is thrown away. */
    @Test
    void debian_package_is_installed_runs_as_its_own_user_and_is_purged() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/dpkg"))
                        && System.getProperty("os.arch").equals("amd64"),
                "SKIPPED: not a Debian machine of this architecture");
        Process root =
                new ProcessBuilder(
                                "unshare",
                                "-m",
                                "sh",
                                "-c",
                                INSTALL,
                                folder.toString(),
                                made("_amd64.deb").toString(),
                                System.getProperty("java.home"))
                        .redirectErrorStream(true)
                        .start();
        List<String> said = root.inputReader().lines().toList();
        int exit = root.waitFor();
        assumeTrue(
                said.contains("a copy of the root"),
                "SKIPPED: mount namespaces or overlays are not allowed here: " + said);
        assertEquals(0, exit, String.join("\n", said));
        assertTrue(said.contains("purged"), said.toString());
    }

    private static final String INSTALL =
            """
            set -e
            mount -t tmpfs weft "$0"
            mkdir "$0/upper" "$0/work" "$0/root"
            mount -t overlay weft -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/root"
            mount -t proc proc "$0/root/proc"
            mount --rbind /dev "$0/root/dev"
            mount -t tmpfs weft "$0/root/tmp"
            cp "$1" "$0/root/tmp/weft.deb"
            echo a copy of the root
            exec chroot "$0/root" sh -e -c '
              export JAVA_HOME="$0" DEBIAN_FRONTEND=noninteractive
              command -v adduser >/dev/null || { echo SKIPPED: no adduser; exit 1; }
              # the JDK of the test may be no package
              dpkg --force-depends -i /tmp/weft.deb
              test "$(ls /usr/share/weft/lib/*.jsa | wc -l)" = 2
              test "$(stat -c %U:%a /usr/share/weft/bin/weft)" = root:755
              install -d -o weft -g weft -m 700 /var/lib/weft # systemd does this: StateDirectory
              runuser -u weft -- env JAVA_HOME="$0" weft run --check --port 0 --data /var/lib/weft
              test "$(stat -c %U:%a /var/lib/weft/native)" = weft:700
              test "$(stat -c %U:%a /var/lib/weft/keys/access.json)" = weft:600
              dpkg --force-depends -i /tmp/weft.deb # an upgrade keeps the data
              test -f /var/lib/weft/keys/access.json
              dpkg --remove weft
              test -f /var/lib/weft/keys/access.json
              test ! -e /usr/share/weft
              dpkg --purge weft
              test ! -e /var/lib/weft
              test ! -e /etc/default/weft
              ! getent passwd weft
              echo purged
            ' "$2"
            """;

    @Test
    void bill_of_materials_names_what_is_inside() throws Exception {
        JsonNode sbom = Wire.tree(Files.readString(TARGET.resolve("sbom.json")));
        assertEquals("CycloneDX", sbom.path("bomFormat").asText());
        List<String> names = sbom.path("components").findValuesAsText("name");
        for (String name : List.of("org.apache.felix.framework", "webrtc-java", "h2", "lit")) {
            assertTrue(names.contains(name), name + " is not in " + names);
        }
        assertFalse(names.contains("playwright"), "what only tests need is not shipped");
    }

    @Test
    void shipped_skills_are_in_a_repository_that_hosts_read() throws Exception {
        Source source = Source.of(TARGET.resolve("repository/skills").toString());
        LocalCopy copy = new LocalCopy(folder.resolve("copy"), Clock.systemUTC());
        Root root = new RepositoryReader(Clock.systemUTC()).first(source);
        copy.add(source, root.fingerprint());
        Set<String> published =
                copy.refresh(source).entries().stream()
                        .map(entry -> entry.release().bundle())
                        .collect(Collectors.toSet());
        try (Stream<Path> skills = Files.list(Program.HOME.resolve("skills"))) {
            for (Path skill : skills.toList()) {
                try (JarFile jar = new JarFile(skill.toFile())) {
                    String bundle =
                            jar.getManifest().getMainAttributes().getValue("Bundle-SymbolicName");
                    assertTrue(published.contains(bundle), bundle + " is not among " + published);
                }
            }
        }
        assertFalse(Files.exists(TARGET.resolve("repository/build.key")), "nobody keeps that key");
    }

    private void checkHost(Path home) {
        try (Program host =
                Program.startOf(
                        home,
                        folder,
                        "run",
                        "--check",
                        "--port",
                        "0",
                        "--data",
                        folder.resolve("data").toString())) {
            host.await(line -> line.contains(" is ready after "));
            assertEquals(0, host.awaitExit(), host.text());
            assertFalse(host.text().contains("attach"), "no last words of WebRTC: " + host.text());
        }
    }

    private static Path made(String end) throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(file -> file.getFileName().toString().endsWith(end))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no *" + end));
        }
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + text);
        return text;
    }
}
