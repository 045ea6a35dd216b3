package dev.weft.catalog;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.api.catalog.CatalogProblem;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for whom. */
class ChangesTest {
    private final CountDownLatch sweeping = new CountDownLatch(1);
    private final CountDownLatch swept = new CountDownLatch(1);
    @TempDir Path home;

    /** The time, which stands still once it is asked how old a download is. */
    private Instant slow() {
        sweeping.countDown();
        try {
            swept.await(60, SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Instant.now();
    }

    @Test
    void a_change_waits_for_what_the_catalog_does_by_itself() throws Exception {
        new Store(home.resolve("store"), Clock.systemUTC()).put(new byte[1]);
        Store store = new Store(home.resolve("store"), this::slow);
        Transaction transaction =
                new Transaction(home.resolve("transaction.json"), store, null, null);
        Changes changes =
                new Changes(
                        null, null, transaction, null, null, null, store, null, Clock.systemUTC());
        FutureTask<Void> sweep =
                new FutureTask<>(
                        () -> {
                            changes.sweep();
                            return null;
                        });
        FutureTask<String> first = new FutureTask<>(() -> refusal(changes));
        new Thread(sweep).start();
        sweeping.await(60, SECONDS);
        Thread waiting = new Thread(first);
        waiting.start();
        try {
            Awaitility.await()
                    .atMost(60, SECONDS)
                    .until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        } finally {
            swept.countDown();
        }
        assertEquals("unknown_plan", first.get(60, SECONDS));
        sweep.get(60, SECONDS);
    }

    private static String refusal(Changes changes) {
        return assertThrows(CatalogProblem.class, () -> changes.apply("none", "", "test")).code();
    }
}
