package dev.weft.deploy;

import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.Fit;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.deploy.DesiredState.Good;
import dev.weft.deploy.DesiredState.Yield;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts together: the watch, the slow sweep, and what is written down of the outcome. */
final class Pipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final Duration SAVE_DELAY = Duration.ofMillis(100);
    private static final Duration OUTCOME_LOOK = Duration.ofMillis(20);
    private static final Duration OUTCOME_LIMIT = Duration.ofSeconds(60);
    private final Path folder;
    private final Loop loop;
    private final Crew crew;
    private final Crew readers;
    private final Installer installer;
    private final Reports reports;
    private final Staging staging;
    private final Releases releases;
    private final DesiredState desired;
    private final Ledger ledger;
    private final Attempts attempts;
    private final Fallback fallback;
    private final Shelf shelf;
    private final Inbox inbox;
    private FolderWatch watch;
    private boolean swept;
    private boolean saving;
    private int trials;
    private volatile List<Deployment> views = List.of();
    private volatile String trouble = "";

    /** Begins with what the last run wrote down.
     * @param skills folder of the private copies and the state
     * @param keep how many earlier versions of each release are kept */
    Pipeline(
            Path folder,
            Path skills,
            Loop loop,
            Crew crew,
            Crew readers,
            Installer installer,
            Removal removal,
            Reports reports,
            int keep)
            throws IOException {
        this.folder = folder;
        this.loop = loop;
        this.crew = crew;
        this.installer = installer;
        this.reports = reports;
        this.readers = readers;
        staging = new Staging(skills.resolve("staged"));
        attempts = new Attempts(skills.resolve("starting"));
        desired = new DesiredState(skills.resolve("state.json"));
        ledger = new Ledger(desired.read(), keep);
        releases = new Releases(staging, installer::ofHost, ledger.digests());
        fallback = new Fallback(ledger, releases, readers, installer);
        shelf =
                new Shelf(
                        installer,
                        removal,
                        reports,
                        ledger,
                        attempts,
                        fallback,
                        this::isThere,
                        this::changed);
        inbox = new Inbox(folder, loop, readers, releases, shelf);
        clearParts();
    }

    private boolean isThere(String file) {
        return Files.exists(folder.resolve(file), LinkOption.NOFOLLOW_LINKS);
    }

    void start(Duration period) {
        loop.every(period, this::sweep);
    }

    void touched(String file) {
        inbox.touched(file);
    }

    /** Done when it is known what became of the content that a file has now. */
    CompletableFuture<Deployment> outcome(String file) {
        CompletableFuture<Deployment> outcome = new CompletableFuture<>();
        loop.execute(() -> tell(file, outcome, System.nanoTime()));
        return outcome;
    }

    private void tell(String file, CompletableFuture<Deployment> outcome, long since) {
        try {
            Optional<Deployment> known = inbox.outcome(file);
            if (known.isPresent()) {
                outcome.complete(known.get());
            } else if (System.nanoTime() - since > OUTCOME_LIMIT.toNanos()) {
                outcome.completeExceptionally(
                        new IOException(file + " was not dealt with in time; see the log"));
            } else {
                loop.after(OUTCOME_LOOK, () -> tell(file, outcome, since));
            }
        } catch (IOException e) {
            outcome.completeExceptionally(new IOException(file + " is gone again", e));
        }
    }

    /** See {@link dev.weft.api.deploy.Deployments#rollback}. */
    CompletableFuture<Deployment> rollback(String skill, String version) {
        CompletableFuture<String> restored = new CompletableFuture<>();
        loop.execute(
                () -> {
                    try {
                        restore(skill, version, restored);
                    } catch (RuntimeException e) {
                        restored.completeExceptionally(e);
                    }
                });
        return restored.thenCompose(this::outcome);
    }

    private void restore(String skill, String version, CompletableFuture<String> restored) {
        Running now =
                shelf.offering(skill)
                        .orElseThrow(
                                () ->
                                        new NoSuchElementException(
                                                "no running skill of the deploy folder is called "
                                                        + skill));
        String runs = now.release().sha256();
        boolean undo = version.isEmpty() && !inbox.holds(now.file(), runs);
        Good target =
                undo
                        ? new Good(runs, now.release().version().toString(), false)
                        : ledger.before(now.name(), version)
                                .orElseThrow(
                                        () ->
                                                new IllegalStateException(
                                                        "no earlier version"
                                                                + (version.isEmpty()
                                                                        ? ""
                                                                        : " " + version)
                                                                + " of "
                                                                + skill
                                                                + " is kept"));
        if (!undo) {
            ledger.withdraw(now.name(), runs);
            save();
        }
        LOG.info("{}: back from {} to {}", now.file(), now.release().version(), target.version());
        readers.run(
                        "restore " + now.file(),
                        OUTCOME_LIMIT,
                        () -> staging.restore(target.sha256(), folder.resolve(now.file())))
                .whenComplete(
                        (done, failure) -> {
                            if (failure == null) {
                                inbox.again(now.file());
                                restored.complete(now.file());
                            } else {
                                restored.completeExceptionally(Installer.unwrap(failure));
                            }
                        });
    }

    /** See {@link dev.weft.api.deploy.Deployments#check}. */
    CompletableFuture<Fit> check(Path file) {
        CompletableFuture<Fit> outcome = new CompletableFuture<>();
        loop.execute(
                () -> {
                    trials++;
                    readers.run(
                                    "check " + file.getFileName(),
                                    OUTCOME_LIMIT,
                                    () -> releases.take(file))
                            .thenApply(installer::check)
                            .whenComplete(
                                    (fit, failure) -> {
                                        trials--;
                                        changed();
                                        checked(outcome, fit, Installer.unwrap(failure));
                                    });
                });
        return outcome;
    }

    private static void checked(CompletableFuture<Fit> outcome, Fit fit, Throwable failure) {
        if (failure == null) {
            outcome.complete(fit);
        } else if (failure instanceof Refusal) {
            outcome.complete(new Fit("", "", List.of(), List.of(), failure.getMessage()));
        } else {
            outcome.completeExceptionally(failure);
        }
    }

    /** Done when what a file held takes no calls any more. */
    CompletableFuture<Void> gone(String file) {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        loop.execute(() -> tellGone(file, gone));
        return gone.orTimeout(OUTCOME_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private void tellGone(String file, CompletableFuture<Void> gone) {
        if (!inbox.knows(file)) {
            gone.complete(null);
        } else if (!gone.isDone()) {
            loop.after(OUTCOME_LOOK, () -> tellGone(file, gone));
        }
    }

    /** See {@link dev.weft.api.deploy.Deployments#retry}. */
    CompletableFuture<Deployment> retry(String skill) {
        CompletableFuture<String> asked = new CompletableFuture<>();
        loop.execute(
                () -> {
                    Optional<Deployment> held =
                            inbox.views().stream()
                                    .filter(file -> file.state() != State.ACTIVE)
                                    .filter(
                                            file ->
                                                    file.file().equals(skill)
                                                            || file.skills().contains(skill))
                                    .findFirst();
                    if (held.isEmpty()) {
                        asked.completeExceptionally(
                                new NoSuchElementException(
                                        "no refused file is called "
                                                + skill
                                                + " or offers a skill of that name"));
                    } else {
                        ledger.pardon(held.get().file());
                        inbox.again(held.get().file());
                        asked.complete(held.get().file());
                    }
                });
        return asked.thenCompose(this::outcome);
    }

    List<Deployment> views() {
        return views;
    }

    /** What keeps the folder from being looked at.
     * @return "" if nothing does */
    String trouble() {
        return trouble;
    }

    private void sweep() {
        String before = trouble;
        String now = "";
        try {
            Files.createDirectories(folder);
            if (watch == null || !watch.works()) {
                watch = null;
                watch = new FolderWatch(folder, inbox::touched, () -> loop.execute(this::sweep));
            }
        } catch (IOException e) {
            now =
                    "the deploy folder "
                            + folder
                            + " cannot be watched, so changes are seen late: "
                            + e;
        }
        try {
            inbox.sweep(ledger.order());
            if (!swept) {
                swept = true;
                reports.clearOrphans();
                changed();
            }
        } catch (IOException e) {
            now = "the deploy folder " + folder + " cannot be read: " + e;
        }
        trouble = now;
        if (!now.equals(before)) {
            LOG.warn("{}", now.isEmpty() ? "The deploy folder works again" : now);
        }
    }

    private void changed() {
        views = inbox.views();
        if (!saving) {
            saving = true;
            loop.after(SAVE_DELAY, this::save);
        }
    }

    /** Deletes what a kill left of uploads and roll backs, before there can be new ones. */
    private void clearParts() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, ".*" + Staging.PART)) {
            for (Path path : all) {
                Disk.delete(path);
            }
        }
    }

    private void save() {
        saving = false;
        boolean quiet = swept && trials == 0 && !inbox.isBusy() && !fallback.isBusy();
        if (quiet) {
            ledger.tidy(this::isThere);
        }
        write();
        if (quiet) {
            // Only what is written down may be relied upon, so what it does not name goes after it
            // was written.
            Set<String> kept = ledger.digests();
            kept.addAll(shelf.digests());
            staging.keepOnly(kept);
            installer.removeOthers(shelf.bundles());
        }
    }

    private void write() {
        Map<String, Yield> yielded = new HashMap<>();
        for (Slot slot : inbox.slots()) {
            if (!slot.replacedBy.isEmpty()) {
                yielded.put(slot.file, new Yield(slot.sha256, slot.replacedBy));
            }
        }
        desired.write(ledger.state(yielded));
    }

    /** Ends the watch and the threads. What runs stays: the framework stops it, or the next run of this component takes it over. */
    @Override
    public void close() {
        loop.execute(
                () -> {
                    crew.close();
                    readers.close();
                    attempts.close();
                    if (saving) {
                        write();
                    }
                    if (watch != null) {
                        try {
                            watch.close();
                        } catch (IOException e) {
                            LOG.debug("The watch did not close", e);
                        }
                    }
                });
        loop.close();
    }
}
