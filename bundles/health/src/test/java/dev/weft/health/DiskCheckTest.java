package dev.weft.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.health.HealthCheck.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCheckTest {
    @TempDir Path folder;

    @Test
    void warns_when_little_is_left_and_says_what_to_do() {
        assertEquals(Status.OK, DiskCheck.judge(folder, 32));
        Status low = DiskCheck.judge(folder, 31);
        assertFalse(low.ok());
        assertFalse(low.blocking());
        assertTrue(low.detail().contains("31 MiB") && low.detail().contains("make room"));
    }

    @Test
    void folder_that_is_gone_is_a_warning() {
        Status status = new DiskCheck(folder.resolve("gone")).check();
        assertFalse(status.ok());
        assertTrue(status.detail().contains("gone"), status.detail());
    }
}
