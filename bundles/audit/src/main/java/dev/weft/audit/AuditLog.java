package dev.weft.audit;

import dev.weft.api.audit.Audit;
import dev.weft.api.health.HealthCheck;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log under {@code ${weft.data}/audit}. What waits is written together, with one wait for the disk. */
@Component(
        service = {Audit.class, HealthCheck.class},
        configurationPid = "dev.weft.audit",
        immediate = true)
@Designate(ocd = AuditConfig.class)
public final class AuditLog implements Audit, HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int CAPACITY = 4096;
    private static final int BATCH = 512;
    private static final long RETRY_MILLIS = 100;

    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(CAPACITY);
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final Object disk = new Object();
    private final AuditFiles files;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private volatile String failure = "";

    private record Waiting(Entry entry, Instant at) {}

    /** Opens the log, or makes it.
     * @param context tells the data directory
     * @param blocking writes
     * @param timer tries again when the host is busy
     * @param config how much is kept
     * @throws IOException if it cannot be opened */
    @Activate
    public AuditLog(
            BundleContext context,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            AuditConfig config)
            throws IOException {
        this(
                new AuditFiles(
                        Path.of(context.getProperty("weft.data"), "audit"),
                        Math.max(1, config.file__mb()) * 1024L * 1024,
                        Math.max(2, config.files())),
                blocking,
                timer,
                Clock.systemUTC());
    }

    AuditLog(
            AuditFiles files,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            Clock clock) {
        this.files = files;
        this.blocking = blocking;
        this.timer = timer;
        this.clock = clock;
        if (!files.repaired().isEmpty()) {
            LOG.warn("audit log: {}", files.repaired());
            record(new Entry("host", "", "audit.repair", "", files.repaired(), ""));
        }
    }

    /** Writes what waits. */
    @Deactivate
    public void close() {
        write();
    }

    @Override
    public void record(Entry entry) {
        Waiting waiting = new Waiting(entry, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        while (!queue.offer(waiting)) {
            if (!write()) {
                LOG.error("audit record lost, since {}: {}", failure, entry.what());
                return;
            }
        }
        hand();
    }

    private void hand() {
        if (!queue.isEmpty() && claimed.compareAndSet(false, true)) {
            try {
                blocking.execute(this::drain);
            } catch (RejectedExecutionException busy) {
                again();
            }
        }
    }

    private void again() {
        claimed.set(false);
        try {
            timer.schedule(this::hand, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("the host stops: what waits is written as this room closes");
        }
    }

    private void drain() {
        if (!write()) {
            again();
            return;
        }
        claimed.set(false);
        hand(); // for what came in between
    }

    /** Writes all that waits.
     * @return false if the disk refused; it goes on waiting then */
    private boolean write() {
        synchronized (disk) {
            List<Waiting> batch = new ArrayList<>();
            while (queue.drainTo(batch, BATCH) > 0) {
                StringBuilder lines = new StringBuilder();
                long seq = files.seq();
                String hash = files.hash();
                for (Waiting one : batch) {
                    String line = Chain.line(++seq, one.at(), one.entry(), hash);
                    lines.append(line).append('\n');
                    hash = line.substring(line.length() - 66, line.length() - 2);
                }
                try {
                    files.append(lines.toString(), seq, hash);
                    failure = "";
                } catch (IOException e) {
                    if (failure.isEmpty()) {
                        LOG.error("the audit log cannot be written: {}", e.toString());
                    }
                    failure = "the audit log cannot be written (" + e + "); check the disk";
                    if (files.seq() == seq) {
                        return true; // only the head could not be written: the records are there
                    }
                    return putBack(batch);
                }
                batch.clear();
            }
            return true;
        }
    }

    /** What waited first stays first, as far as there is room. */
    private boolean putBack(List<Waiting> batch) {
        List<Waiting> later = new ArrayList<>();
        queue.drainTo(later);
        batch.addAll(later);
        for (Waiting one : batch) {
            if (!queue.offer(one)) {
                LOG.error("audit record lost, since {}: {}", failure, one.entry().what());
            }
        }
        return false;
    }

    @Override
    public List<Record> latest(int limit) throws IOException {
        write();
        Deque<Record> newest = new ArrayDeque<>();
        export(
                line ->
                        Chain.read(line)
                                .ifPresent(
                                        record -> {
                                            newest.addLast(record);
                                            if (newest.size() > limit) {
                                                newest.removeFirst();
                                            }
                                        }));
        List<Record> all = new ArrayList<>(newest);
        Collections.reverse(all);
        return all;
    }

    @Override
    public void export(Sink sink) throws IOException {
        write();
        List<Path> all;
        synchronized (disk) {
            all = files.all();
        }
        for (Path file : all) {
            if (!Files.exists(file)) {
                continue; // the oldest went while we read
            }
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    sink.line(line);
                }
            }
        }
    }

    @Override
    public Verification verify() throws IOException {
        write();
        synchronized (disk) {
            return new Check(files).run();
        }
    }

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public Status check() {
        return failure.isEmpty() ? Status.OK : Status.warning(failure);
    }
}
