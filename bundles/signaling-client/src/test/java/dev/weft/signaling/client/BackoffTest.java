package dev.weft.signaling.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void the_ceiling_doubles_to_the_maximum_and_pauses_stay_below_it() {
        Backoff backoff = new Backoff(30_000);
        for (long ceiling = 200; ceiling < 60_000; ceiling *= 2) {
            assertEquals(Math.min(ceiling, 30_000), backoff.ceilingMillis());
            assertTrue(backoff.next() <= ceiling);
        }
        Set<Long> pauses = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            pauses.add(backoff.next());
        }
        assertTrue(pauses.size() > 30, "pauses are spread");
        backoff.reset();
        assertTrue(backoff.next() <= 200);
    }

    @Test
    void the_platform_is_named_as_in_the_protocol() {
        assertEquals("linux-x86_64", Machine.platform("Linux", "amd64"));
        assertEquals("macos-aarch64", Machine.platform("Mac OS X", "aarch64"));
        assertEquals("windows-x86_64", Machine.platform("Windows 11", "amd64"));
    }
}
