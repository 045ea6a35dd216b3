package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host in a root that is a folder and no mount point, as a jail or a small build environment has it: Java finds no file store for what lies there. */
@Tag("once")
class ChrootIT {
    /** All of this machine but the top folder that the host's own is in; of that only the program and Java. */
    private static final String JAIL =
            """
            set -e
            own=/$(echo "$0" | cut -d/ -f2)
            for top in /*; do
              if [ -L "$top" ]; then [ -L "$0/root$top" ] || cp -P "$top" "$0/root$top"
              elif [ -d "$top" ] && [ "$top" != "$own" ]; then
                mkdir -p "$0/root$top"
                mount --rbind "$top" "$0/root$top"
              fi
            done
            for each in "$WEFT_DIST" "$JAVA_HOME"; do
              if [ ! -d "$0/root$each" ]; then
                mkdir -p "$0/root$each"
              fi
              [ -n "$(ls -A "$0/root$each")" ] || mount --bind "$each" "$0/root$each"
            done
            cd "$0"
            exec chroot "$0/root" env -C "$0" "$@"
            """;

    @TempDir Path folder;

    @Test
    void a_root_that_is_no_mount_point_will_do() throws Exception {
        Path own = folder.toRealPath();
        Path inside = Path.of(own + "/root" + own);
        Files.createDirectories(inside.resolve("data/etc"));
        Files.createSymbolicLink(own.resolve("data"), inside.resolve("data"));
        Files.writeString(
                inside.resolve("data/etc/ssh.json"),
                "{\"dev.weft.shell.ssh\": {\"enabled\": true, \"port\": 0}}");
        List<String> jail =
                List.of(
                        "env",
                        "WEFT_DIST=" + Program.HOME,
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        JAIL,
                        own.toString());
        List<String> tried = new ArrayList<>(jail);
        tried.add("true");
        assumeTrue(
                new ProcessBuilder(tried).inheritIO().start().waitFor() == 0,
                "SKIPPED: mount namespaces are not allowed here");
        try (TestHost host = TestHost.in(own, "jailed", jail, "127.0.0.1").start()) {
            Program.drop("disk", host.deploy());
            TestHost.await("the skill", () -> host.lists("disk", "jailed"));
            JsonNode usage = host.json("call", "disk.usage", "path=" + host.data);
            assertEquals("completed", usage.path("state").asText(), usage.toString());
            assertTrue(usage.path("result").path("free_bytes").asLong() > 0, usage.toString());
            String health = host.weft("shell", "-c", "weft:health").text();
            assertTrue(health.contains("disk") && health.contains("ssh"), health);
            assertFalse(health.contains("NOT READY") || health.contains("warning"), health);
            String doctor = host.weft("doctor").text();
            assertTrue(doctor.contains("MiB free"), doctor);
            assertEquals(0, host.stop());
        }
    }
}
