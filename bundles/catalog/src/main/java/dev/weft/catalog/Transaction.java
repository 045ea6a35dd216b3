package dev.weft.catalog;

import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.skill.repository.Root;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes several files of the deploy folder, all or none. What shall be done is written down first, and both the old contents and the
 * new are kept until it is done: after a kill the next run goes on where this one ended. Setting a file to a content twice does no
 * harm, so going on is doing it again. One at a time.
 */
final class Transaction {
    private static final Logger LOG = LoggerFactory.getLogger(Transaction.class);
    private static final String DOING = "doing";
    private static final String UNDOING = "undoing";
    private final Path file;
    private final Store store;
    private final Folder folder;
    private final Deployments deployments;

    /** What is written down.
     * @param phase {@code doing} or {@code undoing}
     * @param reason why it is undone; "" otherwise */
    record Journal(String phase, List<FileChange> changes, String reason) {
        Set<String> contents() {
            Set<String> all = new HashSet<>();
            changes.forEach(change -> all.add(change.before()));
            changes.forEach(change -> all.add(change.after()));
            return all;
        }
    }

    Transaction(Path file, Store store, Folder folder, Deployments deployments) {
        this.file = file;
        this.store = store;
        this.folder = folder;
        this.deployments = deployments;
    }

    /** What a run before did not end. */
    Optional<Journal> open() throws IOException {
        return Disk.read(file, Journal.class);
    }

    /** Changes files.
     * @param begun hears the number of each change before it is made
     * @return "" if all is done; else why nothing is
     * @throws IOException if it cannot be written down; nothing was changed then, or the next run undoes it */
    String run(List<FileChange> changes, Consumer<Integer> begun) throws IOException {
        Optional<Journal> before = open();
        if (before.isPresent()) {
            String reason = resume(before.get(), number -> {});
            if (open().isPresent()) {
                throw new IOException("an earlier change is not undone: " + reason);
            }
        }
        for (FileChange change : changes) {
            keep(change);
        }
        Journal journal = new Journal(DOING, changes, "");
        Disk.write(file, journal);
        return resume(journal, begun);
    }

    /** Keeps what a change takes the place of. */
    private void keep(FileChange change) throws IOException {
        if (!change.before().isEmpty() && !store.has(change.before())) {
            byte[] bytes = Files.readAllBytes(folder.path(change.file()));
            if (!Root.sha256(bytes).equals(change.before())) {
                throw new IOException(change.file() + " was changed meanwhile; plan anew");
            }
            store.put(bytes);
        }
    }

    /** Goes on with what was written down.
     * @return as {@link #run} */
    String resume(Journal journal, Consumer<Integer> begun) throws IOException {
        Journal now = journal;
        if (now.phase().equals(DOING)) {
            String failure = todo(now.changes(), begun);
            if (failure.isEmpty()) {
                Disk.delete(file);
                return "";
            }
            now = new Journal(UNDOING, now.changes(), failure);
            Disk.write(file, now);
        }
        String stuck = undo(now.changes());
        if (stuck.isEmpty()) {
            Disk.delete(file);
            return now.reason();
        }
        return now.reason() + "; " + stuck + ", which is tried again before the next change";
    }

    private String todo(List<FileChange> changes, Consumer<Integer> begun) {
        for (int i = 0; i < changes.size(); i++) {
            begun.accept(i);
            FileChange change = changes.get(i);
            try {
                String failure = set(change.file(), change.after());
                if (!failure.isEmpty()) {
                    return change.file() + " " + failure;
                }
            } catch (IOException | CatalogProblem e) {
                return change.file() + ": " + e.getMessage();
            }
        }
        return "";
    }

    /** Puts all contents back, the last first.
     * @return "" if that is done; else what is not back */
    private String undo(List<FileChange> changes) {
        StringJoiner stuck = new StringJoiner("; ");
        for (int i = changes.size() - 1; i >= 0; i--) {
            FileChange change = changes.get(i);
            String failure;
            try {
                failure = set(change.file(), change.before());
            } catch (IOException | CatalogProblem e) {
                failure = e.getMessage();
            }
            if (!failure.isEmpty()) {
                LOG.error("{} could not be put back: {}", change.file(), failure);
                stuck.add(change.file() + " could not be put back: " + failure);
            }
        }
        return stuck.toString();
    }

    /** Gives a file a content.
     * @param sha256 "" to take it out
     * @return "" if that runs; else why not */
    private String set(String name, String sha256) throws IOException {
        if (sha256.isEmpty()) {
            Assembly.await(deployments.delete(name), "taking out " + name);
            LOG.debug("took out {}", name);
            return "";
        }
        if (!store.has(sha256)) {
            return "is not kept any more";
        }
        Deployment now;
        try (InputStream in = Files.newInputStream(store.path(sha256))) {
            now = Assembly.await(deployments.put(name, in), "putting " + name);
        }
        LOG.debug("put {}", name);
        return now.state() == State.ACTIVE && now.sha256().equals(sha256)
                ? ""
                : "was " + now.state().wireName() + ": " + now.reason();
    }
}
