package dev.weft.signaling.client;

import dev.weft.api.registry.Inbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks that the registry sent before anybody here takes tasks, as happens while a host starts. It does not send them again before their
 * lease is over, so they wait for the first that does; but not long, since by then another host may have them. Thread-safe.
 */
final class EarlyTasks {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyTasks.class);

    /** Well below the 90 s of the registry's lease. */
    private static final long KEPT_NANOS = Duration.ofSeconds(30).toNanos();

    private static final int MOST = 1_000;
    private final List<Inbox.Entry> tasks = new ArrayList<>();
    private long since;

    synchronized void add(List<Inbox.Entry> more) {
        List<Inbox.Entry> before = take();
        if (before.size() + more.size() > MOST) {
            before = List.of();
        }
        since = before.isEmpty() ? System.nanoTime() : since;
        tasks.addAll(before);
        tasks.addAll(more);
        LOG.debug(
                "the registry sent {} waiting task(s), and nothing here takes them yet",
                more.size());
    }

    /** What came not long ago. What came before is left to the registry. */
    synchronized List<Inbox.Entry> take() {
        List<Inbox.Entry> all = List.copyOf(tasks);
        tasks.clear();
        if (!all.isEmpty() && System.nanoTime() - since > KEPT_NANOS) {
            LOG.warn(
                    "nothing here takes the {} waiting task(s) that the registry sent", all.size());
            return List.of();
        }
        return all;
    }
}
