package dev.weft.tasks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.RegistryReports;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

class InboxTasksTest {
    private final Host host = new Host("here");
    private final List<String> reported = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> renewals = new ConcurrentLinkedQueue<>();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1) {
                @Override
                public ScheduledFuture<?> scheduleWithFixedDelay(
                        Runnable work, long first, long then, TimeUnit unit) {
                    ScheduledFuture<?> due = super.schedule(work, 1, TimeUnit.HOURS);
                    renewals.add(
                            () -> {
                                if (!due.isCancelled()) {
                                    work.run();
                                }
                            });
                    return due;
                }
            };
    private final InboxTasks inbox = inbox(Duration.ofHours(1));

    private InboxTasks inbox(Duration up) {
        RegistryReports reports =
                (id, state, result, error) -> {
                    reported.add(id + " " + state + " " + result + error);
                    return CompletableFuture.completedFuture(null);
                };
        InboxTasks made =
                new InboxTasks(
                        Host.stub(BundleContext.class, Map.of("getService", reports)),
                        host.engine,
                        host.skills,
                        host,
                        timer,
                        System.nanoTime() - up.toNanos());
        ServiceReference<RegistryReports> reference = Host.reference();
        made.setReports(reference);
        return made;
    }

    @AfterEach
    void close() {
        host.close();
        timer.shutdownNow();
    }

    private void receive(String id, String skill, String payload, double createdAt) {
        receive(inbox, id, skill, payload, createdAt);
    }

    private static void receive(
            InboxTasks into, String id, String skill, String payload, double createdAt) {
        into.received(List.of(entry(id, skill, payload, createdAt, "", "")));
    }

    private static Inbox.Entry entry(
            String id,
            String skill,
            String payload,
            double createdAt,
            String traceparent,
            String requestId) {
        return new Inbox.Entry(
                id,
                skill,
                "here",
                "a person",
                "here",
                Wire.tree(payload),
                "assigned",
                "",
                "",
                createdAt,
                0,
                60,
                traceparent,
                requestId);
    }

    @Test
    void the_trace_and_the_request_go_on_here() {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        String parent = "00-" + trace + "-b7ad6b7169203331-01";
        host.skills.with("echo", (input, context) -> input);
        double now = System.currentTimeMillis() / 1000.0;
        inbox.received(List.of(entry("a", "echo", "{}", now, parent, "req-1")));
        await().until(() -> reported.size() == 1);
        assertEquals(trace, host.engine.find("a").orElseThrow().traceparent().substring(3, 35));
        assertTrue(
                host.engine.trace("a").stream()
                        .anyMatch(
                                step ->
                                        step.what().equals("inbox")
                                                && step.note().equals("request req-1")));
    }

    @Test
    void what_waited_is_done_and_reported_as_text() {
        double now = System.currentTimeMillis() / 1000.0;
        host.skills.with("echo", (input, context) -> input);
        receive("a", "echo", "{\"text\":\"hi\"}", now);
        await().until(() -> reported.size() == 1);
        receive("b", "echo", "{\"message\":\"hi\"}", now);
        await().until(() -> reported.size() == 2);
        receive("c", "nope", "{}", now);
        await().until(() -> reported.size() == 3);
        assertEquals(
                List.of(
                        "a completed {\"text\":\"hi\"}",
                        "b completed {\"text\":\"hi\"}",
                        "c failed no skill nope"),
                reported);
    }

    /** A host that was just started may get its tasks before its skills. */
    @Test
    void a_task_that_comes_before_its_skill_waits_for_it_while_the_host_starts() {
        double now = System.currentTimeMillis() / 1000.0;
        InboxTasks starting = inbox(Duration.ZERO);
        receive(starting, "a", "late.run", "{\"text\":\"hi\"}", now);
        receive(starting, "a", "late.run", "{\"text\":\"hi\"}", now);
        host.skills.with("early", (input, context) -> input);
        receive(starting, "b", "early", "{}", now);
        await().until(() -> reported.size() == 1);
        assertEquals(List.of("b completed {}"), reported);
        host.skills.with("late", (input, context) -> input);
        await().until(() -> reported.size() == 2);
        assertEquals("a completed {\"text\":\"hi\"}", reported.get(1));
    }

    @Test
    void what_is_brought_twice_is_done_once_and_reported_again() {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        host.skills.with(
                "once",
                (input, context) -> {
                    runs.incrementAndGet();
                    go.await();
                    return TextNode.valueOf("done");
                });
        double now = System.currentTimeMillis() / 1000.0;
        receive("a", "once", "{}", now);
        receive("a", "once", "{}", now);
        go.countDown();
        await().until(() -> reported.size() == 1);
        receive("a", "once", "{}", now);
        await().until(() -> reported.size() == 2);
        assertEquals(List.of("a completed done", "a completed done"), reported);
        assertEquals(1, runs.get());
    }

    @Test
    void the_registry_hears_that_a_long_task_is_worked_on_until_it_ends() {
        CountDownLatch go = new CountDownLatch(1);
        host.skills.with(
                "long",
                (input, context) -> {
                    go.await();
                    return TextNode.valueOf("done");
                });
        receive("a", "long", "{}", System.currentTimeMillis() / 1000.0);
        renewals.forEach(Runnable::run);
        assertEquals(List.of("a assigned "), reported);
        go.countDown();
        await().until(() -> reported.size() == 2);
        renewals.forEach(Runnable::run);
        assertEquals(List.of("a assigned ", "a completed done"), reported);
    }

    @Test
    void what_has_waited_too_long_ends_by_its_deadline() {
        host.skills.with(
                "slow",
                (input, context) -> {
                    new CountDownLatch(1).await();
                    return input;
                });
        receive("a", "slow", "{}", 1000);
        await().until(() -> reported.size() == 1);
        assertEquals("a failed slow was not done within 0.001 s", reported.get(0));
    }
}
