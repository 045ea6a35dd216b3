package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry's database is saved while it runs and while it does not, and put back. */
@Tag("once")
class BackupIT {
    @TempDir Path folder;

    @Test
    void what_was_saved_is_there_again_after_a_restore() throws Exception {
        Path running = folder.resolve("running.zip");
        Path stopped = folder.resolve("stopped.zip");
        try (TestHost hub = new TestHost(folder.resolve("hub"), "hub").start();
                TestHost box = new TestHost(folder.resolve("box"), "box")) {
            hub.admit(box);
            Program.Result saved = hub.weft("backup", running.toString());
            assertEquals(0, saved.exit(), saved.text());
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(running)));
            assertEquals(2, hub.weft("backup", running.toString()).exit(), "it exists already");
            Program.Result busy = hub.weft("restore", running.toString());
            assertEquals(1, busy.exit(), busy.text());
            assertTrue(busy.text().contains("is in use by another host"), busy.text());

            assertEquals(0, hub.weft("revoke", "box").exit());
            assertEquals("revoked", member(hub));
            Program.Result staged =
                    hub.weft("shell", "-c", "weft:restore /nowhere.zip\nweft:restore " + running);
            assertEquals(1, staged.exit(), "there is no such file: " + staged.text());
            assertTrue(staged.text().contains("error: there is no file /nowhere.zip"));
            assertTrue(staged.text().contains("The backup is good"), staged.text());
            assertEquals("revoked", member(hub), "nothing is changed yet");
            hub.stop();
            Program.Result offline = hub.weft("backup", stopped.toString());
            assertEquals(0, offline.exit(), offline.text());

            hub.start();
            assertTrue(hub.program().text().contains("before-restore"), hub.program().text());
            assertEquals("approved", member(hub), "the start did what was asked in the shell");
            hub.stop();
            restore(hub, stopped);
            hub.start();
            assertEquals("revoked", member(hub));
            hub.stop();

            Path damaged = folder.resolve("damaged.zip");
            byte[] bytes = Files.readAllBytes(stopped);
            bytes[bytes.length / 2] ^= 1;
            Files.write(damaged, bytes);
            refused(hub, damaged, "cannot be restored");
            refused(hub, zip("{\"format\":1,\"layout\":99}"), "newer version");
            refused(hub, zip("{\"format\":2,\"layout\":1}"), "newer version");
            refused(hub, zip("{\"format\":1,\"layout\":1}"), "no database");
            Path text = Files.writeString(folder.resolve("text.zip"), "hello");
            refused(hub, text, "no backup of Weft");
            hub.start();
            assertEquals("revoked", member(hub), "nothing was changed");
        }
    }

    private static void restore(TestHost hub, Path backup) {
        Program.Result restored = hub.weft("restore", backup.toString());
        assertEquals(0, restored.exit(), restored.text());
        assertTrue(restored.text().contains("before-restore"), restored.text());
    }

    private static void refused(TestHost hub, Path file, String why) {
        Program.Result result = hub.weft("restore", file.toString());
        assertEquals(1, result.exit(), result.text());
        assertTrue(result.text().contains(why), result.text());
    }

    private Path zip(String about) throws IOException {
        Path file = Files.createTempFile(folder, "made", ".zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry("backup.json"));
            out.write(about.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static String member(TestHost hub) throws IOException, InterruptedException {
        JsonNode all = Rest.get(hub, "/api/pairing/all");
        assertEquals(1, all.size(), all.toString());
        return all.path(0).path("status").asText();
    }
}
