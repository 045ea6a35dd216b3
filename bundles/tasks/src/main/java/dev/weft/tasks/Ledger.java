package dev.weft.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable tasks of this host: those on their way, and the outcomes of those that ended, so that a task that comes again is
 * answered and not done again. Memory mirrors the {@link Journal}. Outcomes are kept until ten minutes after their deadline; if
 * they are too many, the oldest go first. Thread-safe.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final Duration AFTERWARDS = Duration.ofMinutes(10);
    private static final long COMPACT_BYTES = 8 << 20;

    private final Clock clock;
    private final int maxOutcomes;
    private final long maxBytes;
    private final Map<String, Run> open = new LinkedHashMap<>();
    private final Map<String, Saved> outcomes = new LinkedHashMap<>();
    private final Map<String, String> idsByKey = new LinkedHashMap<>();
    private final List<Saved> unfinished = new ArrayList<>();
    private final Journal journal;
    private long bytes;

    /** Reads what a former run of this host left.
     * @param maxOutcomes bound on the outcomes by number
     * @param maxBytes bound on the outcomes by size */
    Ledger(
            Path file,
            ExecutorService executor,
            ScheduledExecutorService timer,
            Clock clock,
            int maxOutcomes,
            long maxBytes)
            throws IOException {
        this.clock = clock;
        this.maxOutcomes = maxOutcomes;
        this.maxBytes = maxBytes;
        Map<String, ObjectNode> documents = new LinkedHashMap<>();
        JournalFile lines = new JournalFile(file, line -> lay(documents, line));
        documents.values().forEach(this::restore);
        journal = new Journal(lines, this::inForce, executor, timer, COMPACT_BYTES);
    }

    private static void lay(Map<String, ObjectNode> documents, String line) {
        ObjectNode change = (ObjectNode) Wire.tree(line);
        ObjectNode known =
                documents.computeIfAbsent(change.path("id").asText(), id -> Wire.object());
        String state = known.path("state").asText("submitted").toUpperCase(java.util.Locale.ROOT);
        if (change.has("input")) { // a whole record
            documents.put(change.path("id").asText(), change);
        } else if (!TaskState.valueOf(state).isFinal()) {
            known.setAll(change);
        }
    }

    private void restore(ObjectNode document) {
        try {
            Saved saved = Saved.read(document);
            if (saved.task().state().isFinal()) {
                ended(saved);
            } else {
                unfinished.add(saved);
            }
        } catch (RuntimeException e) {
            LOG.error(
                    "a task of the journal cannot be read and is left out: {}",
                    document.path("id").asText("?"),
                    e);
        }
    }

    /** What was on its way when this host went down; asked once. */
    synchronized List<Saved> unfinished() {
        List<Saved> all = List.copyOf(unfinished);
        unfinished.clear();
        return all;
    }

    /** Takes a task that the journal holds already. */
    synchronized void resume(Run run) {
        enter(run);
    }

    /** Takes a new task.
     * @return done when it is on the disk; fails if it cannot be */
    CompletableFuture<Void> begin(Run run) {
        Saved saved;
        synchronized (this) {
            enter(run);
            saved = run.saved();
        }
        return journal.append(saved::whole);
    }

    private void enter(Run run) {
        Saved refused = outcomes.remove(run.task().id());
        bytes -= refused == null ? 0 : TaskTable.weigh(refused.task());
        open.put(run.task().id(), run);
        if (!run.spec().key().isEmpty()) {
            idsByKey.put(run.spec().key(), run.task().id());
        }
    }

    /** A task changed. */
    CompletableFuture<Void> changed(Run run) {
        Saved saved = run.saved();
        synchronized (this) {
            if (!open.containsKey(saved.task().id())) {
                return null; // refused before it was taken
            }
            if (saved.task().state().isFinal()) {
                open.remove(saved.task().id());
                ended(saved);
            }
        }
        return journal.append(saved::change);
    }

    private void ended(Saved saved) {
        outcomes.put(saved.task().id(), saved);
        if (!saved.spec().key().isEmpty()) {
            idsByKey.put(saved.spec().key(), saved.task().id());
        }
        bytes += TaskTable.weigh(saved.task());
        Instant past = clock.instant().minus(AFTERWARDS);
        Iterator<Saved> oldest = outcomes.values().iterator();
        while (oldest.hasNext()) {
            Saved old = oldest.next();
            boolean tooMany = outcomes.size() > maxOutcomes || bytes > maxBytes;
            if (old == saved || !tooMany && old.task().deadline().isAfter(past)) {
                return;
            }
            oldest.remove();
            bytes -= TaskTable.weigh(old.task());
            idsByKey.remove(old.spec().key(), old.task().id());
        }
    }

    /** The id of the task that has a key. */
    synchronized Optional<String> idOf(String key) {
        return Optional.ofNullable(idsByKey.get(key));
    }

    synchronized Optional<Task> outcome(String id) {
        return Optional.ofNullable(outcomes.get(id)).map(Saved::task);
    }

    synchronized int open() {
        return open.size();
    }

    synchronized List<Task> outcomes() {
        return outcomes.values().stream().map(Saved::task).toList();
    }

    String failure() {
        return journal.failure();
    }

    private List<ObjectNode> inForce() {
        List<Saved> all;
        synchronized (this) {
            all = new ArrayList<>(outcomes.values());
            unfinished.forEach(all::add);
            open.values().forEach(run -> all.add(run.saved()));
        }
        return all.stream().map(Saved::whole).toList();
    }

    void close() {
        journal.close();
    }
}
