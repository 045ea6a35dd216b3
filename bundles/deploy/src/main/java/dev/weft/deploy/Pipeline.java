package dev.weft.deploy;

import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
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
    private final Installer installer;
    private final Reports reports;
    private final Staging staging;
    private final DesiredState desired;
    private final List<String> order = new ArrayList<>();
    private final Shelf shelf;
    private final Inbox inbox;
    private FolderWatch watch;
    private boolean swept;
    private boolean saving;
    private volatile List<Deployment> views = List.of();
    private volatile String trouble = "";

    Pipeline(Path folder, Path skills, Loop loop, Crew crew, Installer installer, Reports reports)
            throws IOException {
        this.folder = folder;
        this.loop = loop;
        this.crew = crew;
        this.installer = installer;
        this.reports = reports;
        staging = new Staging(skills.resolve("staged"));
        desired = new DesiredState(skills.resolve("state.json"));
        List<DesiredState.Item> before = desired.read();
        before.forEach(item -> order.add(item.file()));
        shelf =
                new Shelf(
                        installer,
                        reports,
                        before.stream().map(DesiredState.Item::sha256).collect(Collectors.toSet()),
                        this::changed);
        inbox = new Inbox(folder, loop, staging, shelf);
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
            inbox.sweep(order);
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

    private void save() {
        saving = false;
        List<DesiredState.Item> items = shelf.items();
        desired.write(items);
        if (views.stream().noneMatch(file -> file.state() == State.PENDING)) {
            Set<String> digests = new HashSet<>();
            items.forEach(item -> digests.add(item.sha256()));
            staging.keepOnly(digests);
            installer.removeOthers(shelf.bundles());
        }
    }

    /** Ends the watch and the threads. What runs stays: the framework stops it, or the next run of this component takes it over. */
    @Override
    public void close() {
        loop.execute(
                () -> {
                    crew.close();
                    if (saving) {
                        desired.write(shelf.items());
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
