package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole hosts talk over WebRTC where none of the desktop's libraries is: removed in a mount namespace, not just unused. */
class HeadlessIT {
    private static final String HIDE =
            """
            set -e
            for dir in /usr/lib/*-linux-gnu*; do
              [ -e "$dir/libc.so.6" ] || continue
              work=$(mktemp -d -p "$0")
              mount -t tmpfs weft "$work"
              mkdir "$work/upper" "$work/work"
              mount -t overlay weft -o "lowerdir=$dir,upperdir=$work/upper,workdir=$work/work" "$dir"
              for name in pulse udev X11 Xfixes Xrandr Xcomposite dbus-1; do rm -f "$dir"/lib$name.so*; done
            done
            ! ls /usr/lib/*-linux-gnu*/libX11.so* /usr/lib/*-linux-gnu*/libpulse.so* 2>/dev/null
            exec "$@"
            """;

    @TempDir Path folder;

    @Test
    void hosts_without_the_desktop_libraries_call_each_other_over_webrtc() throws Exception {
        assumeTrue(
                canHide(folder),
                "SKIPPED: mount namespaces are not allowed here, so the desktop's libraries cannot be taken away");
        List<String> hidden = List.of("unshare", "-m", "sh", "-c", HIDE, folder.toString());
        try (TestHost first = new TestHost(folder.resolve("first"), "first", hidden).start();
                TestHost second = new TestHost(folder.resolve("second"), "second", hidden)) {
            first.admit(second);
            second.start();
            TestHost.await("a P2P link", () -> first.linkedTo("second", "p2p"));
            Program.drop("text", second.deploy());
            TestHost.await("the skill on the first host", () -> first.lists("text", "second"));
            JsonNode task =
                    first.json(
                            "call", "text.statistics", "text=no desktop here", "--agent", "second");
            assertEquals("completed", task.path("state").asText(), task.toString());
            assertEquals("p2p", task.path("path").asText(), task.toString());
            assertTrue(
                    java.nio.file.Files.readString(first.data.resolve("log/weft.log"))
                            .contains("dev.weft.transport.webrtc"));
        }
    }

    private static boolean canHide(Path folder) throws IOException, InterruptedException {
        return new ProcessBuilder("unshare", "-m", "sh", "-c", HIDE, folder.toString(), "true")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
