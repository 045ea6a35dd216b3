package dev.weft.skill.disk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DiskTest {
    private final Disk disk = new Disk();

    @TempDir Path folder;

    /** The last line of {@code df -B1 --output=size,avail,used,target}: what the operating system says. */
    private static String[] df(Path path) throws Exception {
        Process df =
                new ProcessBuilder(
                                "df",
                                "-B1",
                                "--output=size,avail,used,fstype,target",
                                path.toString())
                        .redirectErrorStream(true)
                        .start();
        List<String> lines = new String(df.getInputStream().readAllBytes()).lines().toList();
        assertTrue(df.waitFor(60, TimeUnit.SECONDS) && df.exitValue() == 0, lines.toString());
        return lines.get(lines.size() - 1).trim().split("\\s+");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void figures_are_those_of_df() throws Exception {
        for (Path path : List.of(Path.of("/"), folder, Path.of("/dev/shm"))) {
            // Other processes write in the meantime, now and then more than is allowed for here.
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> agrees(path));
        }
    }

    private void agrees(Path path) throws Exception {
        Usage usage = disk.usage(path.toString());
        String[] df = df(path);
        assertEquals(Long.parseLong(df[0]), usage.totalBytes(), path.toString());
        assertEquals(Long.parseLong(df[1]), usage.freeBytes(), 64 << 20, path.toString());
        assertEquals(Long.parseLong(df[2]), usage.usedBytes(), 64 << 20, path.toString());
        assertEquals(df[3], usage.type());
        assertEquals(df[4], usage.mount());
        assertEquals(
                100.0 * usage.usedBytes() / (usage.usedBytes() + usage.freeBytes()),
                usage.usedPercent(),
                0.1);
    }

    @Test
    void without_a_path_it_is_the_root() throws Exception {
        assertEquals(disk.usage(null).mount(), disk.usage(folder.getRoot().toString()).mount());
        assertTrue(disk.usage("").totalBytes() > 0);
    }

    @Test
    void a_link_is_followed() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.getRoot());
        assertEquals(disk.usage(null).mount(), disk.usage(link.toString()).mount());
    }

    @Test
    void bad_paths_are_named() {
        assertTrue(message("relative/path").contains("must be absolute"));
        assertTrue(
                message(folder.resolve("nothing").toString())
                        .contains("there is no file or folder"));
        assertTrue(message("/a\0b").contains("not a path"));
    }

    private String message(String path) {
        return assertThrows(IllegalArgumentException.class, () -> disk.usage(path)).getMessage();
    }

    @Test
    void the_list_has_real_file_systems_once_each() throws IOException {
        List<Usage> all = disk.list();
        assertFalse(all.isEmpty());
        assertEquals(all.size(), all.stream().map(Usage::mount).distinct().count());
        for (Usage usage : all) {
            assertTrue(usage.totalBytes() > 0, usage.toString());
            assertFalse(
                    List.of("proc", "sysfs", "tmpfs", "cgroup2").contains(usage.type()),
                    usage.toString());
        }
        assertTrue(
                all.stream().anyMatch(usage -> usage.mount().equals(folder.getRoot().toString())),
                all.toString());
    }

    @Test
    void mount_tables_are_read_with_escapes_hidden_mounts_and_odd_lines() {
        List<Mount> mounts =
                Mount.parse(
                        List.of(
                                "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
                                "2 1 8:2 / /mnt/my\\040disk\\134\\303\\244 rw shared:1 - xfs /dev/sdb rw",
                                "3 1 0:5 / /mnt rw - tmpfs tmpfs rw",
                                "4 1 8:3 / /mnt rw - ext4 /dev/sdc rw",
                                "",
                                "nonsense",
                                "1 2 - x"));
        assertEquals(4, mounts.size());
        assertEquals(Path.of("/mnt/my disk\\ä"), mounts.get(1).point());
        assertEquals(
                "8:2",
                Mount.holding(Path.of("/mnt/my disk\\ä/file"), mounts).orElseThrow().device());
        assertEquals("8:3", Mount.holding(Path.of("/mnt/other"), mounts).orElseThrow().device());
        assertEquals("8:1", Mount.holding(Path.of("/mntx"), mounts).orElseThrow().device());
        assertTrue(mounts.get(2).isPseudo());
    }
}
