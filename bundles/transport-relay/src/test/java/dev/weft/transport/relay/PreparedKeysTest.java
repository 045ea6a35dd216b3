package dev.weft.transport.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedKeysTest {
    @TempDir Path folder;

    @Test
    void no_key_is_given_out_twice_or_with_less_than_half_of_its_life() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        try (Side host = new Side("agent-a", folder)) {
            Instant[] now = {Instant.now().truncatedTo(ChronoUnit.SECONDS)};
            PreparedKeys keys = new PreparedKeys(host, () -> now[0], work -> {}, timer);
            keys.fill();
            Prekey first = keys.take();
            assertNotSame(first, keys.take());
            assertEquals(now[0].plus(PublicPrekey.LIFE).getEpochSecond(), first.shown().expires());
            now[0] = now[0].plus(PublicPrekey.SKEW).plusSeconds(1);
            Instant least = now[0].plus(PublicPrekey.SKEW);
            Instant expires = Instant.ofEpochSecond(keys.take().shown().expires());
            assertFalse(expires.isBefore(least), "those made before are stale by now");
            keys.fill();
            now[0] = now[0].plus(Duration.ofHours(2));
            assertTrue(
                    keys.take().shown().expires()
                            < now[0].plus(PublicPrekey.LIFE).getEpochSecond());
            keys.stop();
        } finally {
            timer.shutdownNow();
        }
    }
}
