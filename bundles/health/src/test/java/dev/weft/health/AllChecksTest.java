package dev.weft.health;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.HealthCheck.Status;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.osgi.framework.ServiceReference;

class AllChecksTest {
    private final AllChecks checks = new AllChecks();

    @SuppressWarnings("unchecked")
    private ServiceReference<HealthCheck> add(String name, Supplier<Status> status) {
        Object identity = new Object();
        ServiceReference<HealthCheck> reference =
                (ServiceReference<HealthCheck>)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {ServiceReference.class},
                                (proxy, method, arguments) ->
                                        switch (method.getName()) {
                                            case "hashCode" -> identity.hashCode();
                                            case "equals" -> proxy == arguments[0];
                                            default ->
                                                    throw new UnsupportedOperationException(
                                                            method.getName());
                                        });
        checks.addCheck(
                reference,
                new HealthCheck() {
                    @Override
                    public String name() {
                        return name;
                    }

                    @Override
                    public Status check() {
                        return status.get();
                    }
                });
        return reference;
    }

    @Test
    void a_host_is_ready_unless_a_blocking_check_fails() {
        add("b", () -> Status.OK);
        add("a", () -> Status.warning("slow"));
        assertTrue(checks.isReady());
        assertEquals(List.of("a", "b"), List.copyOf(checks.checks().keySet()));
        assertEquals(List.of(), new Problems(checks).get());
        ServiceReference<HealthCheck> bad = add("c", () -> Status.notReady("lamp broken"));
        assertFalse(checks.isReady());
        assertEquals(List.of("c: lamp broken"), new Problems(checks).get());
        checks.removeCheck(bad);
        assertTrue(checks.isReady());
    }

    @Test
    void of_two_checks_with_one_name_the_worse_counts_and_neither_erases_the_other() {
        add("x", () -> Status.warning("w"));
        ServiceReference<HealthCheck> bad = add("x", () -> Status.notReady("n"));
        add("x", () -> Status.OK);
        assertEquals(Status.notReady("n"), checks.checks().get("x"));
        checks.removeCheck(bad);
        assertEquals(Status.warning("w"), checks.checks().get("x"));
    }

    @Test
    void a_check_that_throws_spoils_only_itself() {
        add("ok", () -> Status.OK);
        add(
                "bad",
                () -> {
                    throw new IllegalStateException("oops");
                });
        assertTrue(checks.checks().get("ok").ok());
        assertTrue(checks.checks().get("bad").detail().contains("oops"));
        assertTrue(checks.isReady());
    }

    @Test
    void a_lasting_problem_is_logged_once_and_so_is_its_end() {
        PrintStream err = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        AtomicInteger looks = new AtomicInteger();
        AtomicReference<Status> now = new AtomicReference<>(Status.OK);
        add(
                "door",
                () -> {
                    looks.incrementAndGet();
                    return now.get();
                });
        AtomicInteger flicker = new AtomicInteger();
        add("flicker", () -> Status.warning("blink " + flicker.incrementAndGet()));
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        HealthWatch watch = new HealthWatch(checks, config());
        try {
            now.set(Status.notReady("door is stuck"));
            waitForLooks(looks, 5);
            now.set(Status.OK);
            waitForLooks(looks, 2);
            now.set(Status.notReady("door is gone"));
            waitForLooks(looks, 5);
        } finally {
            watch.close();
            System.setErr(err);
        }
        String text = log.toString(StandardCharsets.UTF_8);
        assertEquals(2, text.split("door is stuck", -1).length, text);
        assertEquals(2, text.split("door is gone", -1).length, text);
        assertFalse(text.contains("blink"), text);
    }

    private static void waitForLooks(AtomicInteger looks, int more) {
        int target = looks.get() + more;
        await().atMost(Duration.ofSeconds(30)).until(() -> looks.get() >= target);
    }

    private static HealthWatch.Config config() {
        return new HealthWatch.Config() {
            @Override
            public long interval_ms() {
                return 10;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return HealthWatch.Config.class;
            }
        };
    }
}
