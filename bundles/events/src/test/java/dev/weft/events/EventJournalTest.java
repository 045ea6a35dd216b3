package dev.weft.events;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.event.Event;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EventJournalTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private final ThreadPoolExecutor work =
            new ThreadPoolExecutor(0, 4, 10, SECONDS, new SynchronousQueue<>());
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final EventJournal journal = new EventJournal(work, timer);
    private final List<Event> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        journal.close();
        work.shutdownNow();
        timer.shutdownNow();
        assertTrue(work.awaitTermination(30, SECONDS));
    }

    private static List<Long> ids(List<Event> events) {
        return events.stream().map(Event::id).toList();
    }

    @Test
    void events_arrive_in_order_with_growing_ids_and_their_data_as_json() {
        journal.subscribe(-1, seen::add);
        journal.publish("task.completed", Map.of("task", "t1"));
        journal.publish("task.failed", Map.of("task", "t2"));
        await().atMost(SOON).until(() -> seen.size() == 2);
        assertEquals(List.of(1L, 2L), ids(seen));
        assertEquals("task.completed", seen.get(0).type());
        assertEquals("t2", seen.get(1).data().path("task").asText());
    }

    @Test
    void a_late_subscriber_chooses_where_to_begin() {
        journal.publish("a.1", Map.of());
        journal.publish("a.2", Map.of());
        List<Event> all = new CopyOnWriteArrayList<>();
        List<Event> resumed = new CopyOnWriteArrayList<>();
        journal.subscribe(0, all::add);
        journal.subscribe(1, resumed::add);
        journal.subscribe(-1, seen::add);
        journal.publish("a.3", Map.of());
        await().atMost(SOON)
                .until(() -> all.size() == 3 && resumed.size() == 2 && seen.size() == 1);
        assertEquals(List.of(1L, 2L, 3L), ids(all));
        assertEquals(List.of(2L, 3L), ids(resumed));
        assertEquals(List.of(3L), ids(seen));
    }

    @Test
    void a_blocked_subscriber_holds_up_nobody_and_gets_one_gap_when_the_ring_has_passed_it()
            throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<Event> slow = new CopyOnWriteArrayList<>();
        AtomicInteger fast = new AtomicInteger();
        journal.subscribe(
                -1,
                event -> {
                    slow.add(event);
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        journal.publish("first", Map.of());
        await().atMost(SOON).until(() -> slow.size() == 1);
        journal.subscribe(-1, event -> fast.incrementAndGet());
        for (int i = 0; i < 5000; i++) {
            journal.publish("n", i);
            if (i % 1000 == 999) {
                int sent = i + 1;
                await().atMost(SOON).until(() -> fast.get() == sent);
            }
        }
        release.countDown();
        await().atMost(SOON).until(() -> slow.get(slow.size() - 1).id() == 5001);
        List<Event> gaps =
                slow.stream().filter(event -> event.type().equals("events.gap")).toList();
        assertEquals(1, gaps.size());
        assertEquals(5001 - 4096 - 1, gaps.get(0).data().path("missed").asLong());
        List<Long> after = ids(slow.subList(slow.indexOf(gaps.get(0)) + 1, slow.size()));
        assertEquals(LongStream.rangeClosed(5001 - 4096 + 1, 5001).boxed().toList(), after);
    }

    @Test
    void what_a_subscriber_does_not_want_wakes_no_thread_for_it_and_is_no_gap() {
        journal.subscribe(-1, "wanted"::equals, seen::add);
        await().atMost(SOON)
                .until(() -> work.getCompletedTaskCount() == 1); // nothing to begin with
        for (int i = 0; i < 100; i++) {
            journal.publish("other", i);
        }
        journal.publish("wanted", 1);
        await().atMost(SOON).until(() -> seen.size() == 1 && work.getActiveCount() == 0);
        assertEquals(2, work.getTaskCount());
        for (int i = 0; i < 10_000; i++) {
            journal.publish("other", i);
            if (i % 500 == 0) {
                await().atMost(SOON).until(() -> work.getActiveCount() == 0);
            }
        }
        journal.publish("wanted", 2);
        await().atMost(SOON).until(() -> seen.size() == 2);
        assertEquals(List.of("wanted", "wanted"), seen.stream().map(Event::type).toList());
    }

    @Test
    void resuming_after_ids_of_an_earlier_run_says_so_and_gives_all_that_is_kept() {
        journal.publish("a", Map.of());
        journal.subscribe(99_999, seen::add);
        await().atMost(SOON).until(() -> seen.size() == 2);
        assertEquals("events.gap", seen.get(0).type());
        assertEquals("a", seen.get(1).type());
    }

    @Test
    void a_closed_subscription_hears_nothing_more_and_may_close_itself() {
        CountDownLatch[] own = {new CountDownLatch(1)};
        var holder =
                new java.util.concurrent.atomic.AtomicReference<
                        dev.weft.api.event.Events.Subscription>();
        holder.set(
                journal.subscribe(
                        -1,
                        event -> {
                            seen.add(event);
                            holder.get().close();
                            holder.get().close();
                            own[0].countDown();
                        }));
        List<Event> other = new CopyOnWriteArrayList<>();
        journal.subscribe(-1, other::add);
        journal.publish("a", Map.of());
        await().atMost(SOON).until(() -> own[0].getCount() == 0);
        journal.publish("b", Map.of());
        await().atMost(SOON).until(() -> other.size() == 2);
        assertEquals(1, seen.size());
    }

    @Test
    void a_subscriber_that_throws_goes_on_with_the_next_event() {
        journal.subscribe(
                -1,
                event -> {
                    seen.add(event);
                    throw new IllegalStateException("expected in this test's log");
                });
        journal.publish("a", Map.of());
        journal.publish("b", Map.of());
        await().atMost(SOON).until(() -> seen.size() == 2);
    }

    @Test
    void data_is_copied_and_what_is_no_json_is_dropped() {
        ObjectNode data = Wire.object().put("x", 1);
        journal.publish("a", data);
        data.put("x", 2);
        journal.publish("bad", new Object());
        journal.publish("c", null);
        journal.subscribe(0, seen::add);
        await().atMost(SOON).until(() -> seen.size() == 2);
        assertEquals(1, seen.get(0).data().path("x").asInt());
        assertEquals("c", seen.get(1).type());
    }

    @Test
    void a_full_executor_delays_events_but_loses_none() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 4; i++) {
            work.execute(
                    () -> {
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }
        journal.subscribe(-1, seen::add);
        journal.publish("a", Map.of());
        journal.publish("b", Map.of());
        assertTrue(seen.isEmpty());
        release.countDown();
        await().atMost(SOON).until(() -> seen.size() == 2);
    }

    @Test
    void many_publishers_at_once_lose_nothing_and_every_subscriber_sees_one_order()
            throws Exception {
        List<Event> other = new CopyOnWriteArrayList<>();
        journal.subscribe(-1, seen::add);
        journal.subscribe(-1, other::add);
        Thread[] publishers = new Thread[4];
        for (int p = 0; p < publishers.length; p++) {
            publishers[p] =
                    new Thread(
                            () -> {
                                for (int i = 0; i < 500; i++) {
                                    journal.publish("n", i);
                                }
                            });
            publishers[p].start();
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }
        await().atMost(SOON).until(() -> seen.size() == 2000 && other.size() == 2000);
        assertEquals(LongStream.rangeClosed(1, 2000).boxed().toList(), ids(seen));
        assertEquals(ids(seen), ids(other));
    }
}
