package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.health.HealthCheck;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StartingTest {
    private final AtomicLong now = new AtomicLong();
    private final Starting starting = new Starting(now::get);
    private final Fakes.Checks checks = new Fakes.Checks();

    @Test
    void a_host_starts_until_it_is_ready_for_the_first_time() {
        assertTrue(starting.goesOn(null));
        checks.status = HealthCheck.Status.notReady("no database yet");
        assertTrue(starting.goesOn(checks));
        checks.status = HealthCheck.Status.OK;
        assertFalse(starting.goesOn(checks));
        checks.status = HealthCheck.Status.notReady("the database went away");
        assertFalse(starting.goesOn(checks));
    }

    @Test
    void what_never_gets_ready_is_not_starting_for_ever() {
        checks.status = HealthCheck.Status.notReady("a bundle does not run");
        now.set(TimeUnit.SECONDS.toNanos(39));
        assertTrue(starting.goesOn(checks));
        now.set(TimeUnit.SECONDS.toNanos(41));
        assertFalse(starting.goesOn(checks));
    }
}
