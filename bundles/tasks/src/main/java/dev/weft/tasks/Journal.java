package dev.weft.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.JsonText;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records to a {@link JournalFile} for many at once: what waits while the disk works goes with the next write, and one
 * wait for the disk serves all of it. Callers never wait. When the file has grown far beyond what is in force, it is written
 * anew. Thread-safe.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final int MOST_WAITING = 65_536;
    private static final int BATCH = 4096;
    private static final long RETRY_MILLIS = 20;

    private record Waiting(Supplier<ObjectNode> record, CompletableFuture<Void> written) {}

    private final JournalFile file;
    private final Supplier<List<ObjectNode>> inForce;
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final long compactBytes;
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(MOST_WAITING);
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final Object disk = new Object();
    private volatile String failure = "";
    private volatile boolean closed;

    /**
     * @param inForce all records that count, for a new file
     * @param compactBytes size from which on a new file is worth its while */
    Journal(
            JournalFile file,
            Supplier<List<ObjectNode>> inForce,
            ExecutorService executor,
            ScheduledExecutorService timer,
            long compactBytes) {
        this.file = file;
        this.inForce = inForce;
        this.executor = executor;
        this.timer = timer;
        this.compactBytes = compactBytes;
    }

    /** What is wrong with the disk; "" if nothing is. */
    String failure() {
        return failure;
    }

    /** Writes a record.
     * @param record made on the writing thread, from what does not change any more
     * @return done when the disk has it; fails with a {@link TaskException} of code {@code not_stored} */
    CompletableFuture<Void> append(Supplier<ObjectNode> record) {
        Waiting waiting = new Waiting(record, new CompletableFuture<>());
        if (closed) {
            waiting.written.completeExceptionally(notStored("this host is stopping"));
        } else if (queue.offer(waiting)) {
            hand();
        } else {
            waiting.written.completeExceptionally(
                    notStored("too much waits to be written; the disk is too slow"));
        }
        return waiting.written;
    }

    private void hand() {
        if (!queue.isEmpty() && claimed.compareAndSet(false, true)) {
            try {
                executor.execute(this::drain);
            } catch (RejectedExecutionException busy) {
                later();
            }
        }
    }

    private void later() {
        claimed.set(false);
        try {
            timer.schedule(this::hand, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("the host stops: what waits is written as the engine closes");
        }
    }

    private void drain() {
        write();
        claimed.set(false);
        hand(); // for what came in between
    }

    /** Writes all that waits, and closes the file. */
    void close() {
        closed = true;
        write();
        synchronized (disk) {
            file.close();
        }
    }

    private void write() {
        synchronized (disk) {
            List<Waiting> batch = new ArrayList<>();
            while (queue.drainTo(batch, BATCH) > 0) {
                try {
                    List<JsonText> lines = new ArrayList<>(batch.size());
                    for (Waiting one : batch) {
                        lines.add(Wire.json(one.record.get()));
                    }
                    file.append(lines);
                    failure = "";
                    batch.forEach(one -> one.written.complete(null));
                } catch (IOException | RuntimeException e) {
                    if (failure.isEmpty()) {
                        LOG.error("the journal of tasks cannot be written", e);
                    }
                    failure = "the journal of tasks cannot be written (" + e + "); check the disk";
                    TaskException lost = notStored(failure);
                    batch.forEach(one -> one.written.completeExceptionally(lost));
                }
                batch.clear();
            }
            compact();
        }
    }

    private void compact() {
        if (file.size() < Math.max(compactBytes, 3 * file.compactSize())) {
            return;
        }
        try {
            file.replace(inForce.get().stream().map(record -> Wire.json(record)).toList());
        } catch (IOException | RuntimeException e) {
            LOG.warn("the journal of tasks could not be written anew; the old one stays in use", e);
        }
    }

    private static TaskException notStored(String why) {
        return new TaskException("not_stored", why);
    }
}
