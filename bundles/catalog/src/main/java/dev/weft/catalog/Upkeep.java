package dev.weft.catalog;

import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.Installed;
import dev.weft.api.catalog.Plan;
import dev.weft.api.catalog.Waiting;
import dev.weft.api.health.HealthCheck.Status;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the catalog does by itself: ends what a kill left, reads repositories anew, takes out what was revoked, updates what may be. */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final int KEPT = 20;
    private final Catalog catalog;
    private final Repositories repositories;
    private final Changes changes;
    private final Folder folder;
    private final Progress progress;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private final List<String> configured;
    private final long minutes;
    private final Clock clock = Clock.systemUTC();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final Object updates = new Object();
    private final Set<String> dropped = new HashSet<>();
    private volatile List<Waiting> waiting = List.of();
    private volatile Map<String, String> refused = Map.of(); // skill to reason
    private volatile List<String> revoked = List.of();
    private volatile String trouble = "";
    private volatile boolean closed;
    private volatile Future<?> next;

    Upkeep(
            Catalog catalog,
            Repositories repositories,
            Changes changes,
            Folder folder,
            Progress progress,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            List<String> configured,
            long minutes) {
        this.catalog = catalog;
        this.repositories = repositories;
        this.changes = changes;
        this.folder = folder;
        this.progress = progress;
        this.blocking = blocking;
        this.timer = timer;
        this.configured = configured;
        this.minutes = minutes;
    }

    /** Begins, in the background. */
    void start() {
        run(this::open);
    }

    private void open() {
        try {
            repositories.open();
            changes.resume();
            opened.complete(null);
        } catch (IOException | RuntimeException e) {
            trouble = "the catalog cannot be opened: " + e.getMessage();
            LOG.error("The catalog cannot be opened", e);
            opened.completeExceptionally(e);
            return;
        }
        round();
    }

    /** Waits until the copies on disk are read, and what a kill left is ended. */
    void await() {
        try {
            opened.get(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unready("it was interrupted");
        } catch (ExecutionException e) {
            throw unready(String.valueOf(e.getCause().getMessage()));
        } catch (TimeoutException e) {
            throw unready("it still reads its copies");
        }
    }

    private static CatalogProblem unready(String why) {
        return new CatalogProblem(
                CatalogProblem.Kind.UNREACHABLE, "not_open", "the catalog is not ready: " + why);
    }

    private void run(Runnable work) {
        try {
            blocking.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.warn("This host is too busy for its catalog; it tries again in a minute");
            if (!closed) {
                next = timer.schedule(() -> run(work), 1, TimeUnit.MINUTES);
            }
        }
    }

    private void round() {
        try {
            configured.forEach(this::configure);
            repositories.all().forEach(held -> repositories.refresh(held.name()));
            enforce();
            automatic();
            changes.sweep();
        } catch (IOException | RuntimeException e) {
            LOG.warn("The catalog could not be kept up", e);
        }
        if (!closed) {
            long seconds = minutes * 60;
            long jitter = ThreadLocalRandom.current().nextLong(-seconds / 10, seconds / 10 + 1);
            next = timer.schedule(() -> run(this::round), seconds + jitter, TimeUnit.SECONDS);
        }
    }

    private void configure(String line) {
        try {
            ConfiguredRepository wanted = ConfiguredRepository.of(line);
            boolean known =
                    repositories.all().stream()
                            .anyMatch(
                                    held ->
                                            held.isReadable()
                                                    && held.kept()
                                                            .address()
                                                            .equals(wanted.address())
                                                    && held.kept()
                                                            .fingerprint()
                                                            .equals(wanted.fingerprint()));
            if (!known) {
                catalog.add(
                        wanted.address(),
                        wanted.fingerprint(),
                        wanted.priority(),
                        wanted.policy(),
                        wanted.trusted());
            }
        } catch (IllegalArgumentException | CatalogProblem e) {
            LOG.warn("Repository of the configuration: {}", e.getMessage());
        }
    }

    /** The repositories were read: sees to what was revoked, and to what updates itself. Returns at once. */
    void refreshed() {
        if (refreshing.compareAndSet(false, true)) {
            run(
                    () -> {
                        refreshing.set(false);
                        try {
                            enforce();
                            automatic();
                        } catch (IOException | RuntimeException e) {
                            LOG.warn("The catalog could not be kept up", e);
                        }
                    });
        }
    }

    /** Something changed: sees to it soon that nothing revoked runs. May be called on any thread; returns at once. */
    void look() {
        if (opened.isDone() && looking.compareAndSet(false, true)) {
            run(
                    () -> {
                        looking.set(false);
                        try {
                            enforce();
                        } catch (IOException | RuntimeException e) {
                            LOG.warn("What was revoked could not be taken out", e);
                        }
                    });
        }
    }

    private void enforce() throws IOException {
        List<String> gone = changes.revoke();
        synchronized (dropped) {
            if (!gone.isEmpty()) {
                List<String> all = new ArrayList<>(revoked);
                all.addAll(gone);
                revoked = List.copyOf(all.subList(Math.max(0, all.size() - KEPT), all.size()));
            }
            for (Folder.File file : folder.files()) {
                if (file.origin().isEmpty() && dropped.add(file.sha256())) {
                    LOG.info(
                            "{} was dropped into the deploy folder: it is trusted as its owner, nobody signed it",
                            file.name());
                }
            }
        }
    }

    /** One at a time: two would make the same update, and one of them would be told that it was made already. */
    private void automatic() {
        synchronized (updates) {
            update();
        }
    }

    /** Updates what may update itself, each for itself, and only if there is nothing to ask. What nobody can agree to does not wait. */
    private void update() {
        List<Waiting> asks = new ArrayList<>();
        Map<String, String> no = new TreeMap<>();
        for (Installed skill : catalog.installed()) {
            if (!skill.automatic() || skill.pinned() || skill.repository().isEmpty()) {
                continue;
            }
            try {
                Plan plan =
                        changes.plan(
                                new Plan.Wish(List.of(), List.of(skill.skill()), List.of(), null));
                if (plan.steps().isEmpty()) {
                    continue;
                }
                if (plan.answer().equals(Decisions.YES)) {
                    changes.apply(plan.id(), "", "automatic update");
                } else if (plan.answer().equals(Decisions.ASK)) {
                    asks.add(new Waiting(skill.skill(), Changes.reasons(plan)));
                } else {
                    no.put(skill.skill(), Changes.reasons(plan));
                }
            } catch (CatalogProblem e) {
                no.put(skill.skill(), e.getMessage());
            }
        }
        waiting = List.copyOf(asks); // before it is told: who hears of it finds it here
        refused = no;
        asks.forEach(one -> progress.waits(one.skill(), one.reason()));
        no.forEach(progress::refused);
    }

    /** What {@link #automatic} left to people, less what they have done since. */
    List<Waiting> waiting() {
        Set<String> automatic = byThemselves();
        return waiting.stream().filter(one -> automatic.contains(one.skill())).toList();
    }

    /** Skills that update themselves. */
    private Set<String> byThemselves() {
        return catalog.installed().stream()
                .filter(skill -> skill.automatic() && !skill.pinned())
                .map(Installed::skill)
                .collect(Collectors.toSet());
    }

    Status status() {
        if (!trouble.isEmpty()) {
            return Status.warning(trouble);
        }
        List<String> all = new ArrayList<>(revoked);
        if (!changes.trouble().isEmpty()) {
            all.add(changes.trouble());
        }
        Map<String, String> no = refused;
        if (!no.isEmpty()) {
            Set<String> automatic = byThemselves();
            no.forEach(
                    (skill, reason) -> {
                        if (automatic.contains(skill)) {
                            all.add("the update of " + skill + " is refused: " + reason);
                        }
                    });
        }
        for (Held held : repositories.all()) {
            if (held.expired(clock.instant())) {
                all.add(
                        "the state of repository "
                                + held.name()
                                + " expired at "
                                + held.contents().snapshot().expires()
                                + ", nothing is installed from it: weft catalog refresh, or ask its owner"
                                + (held.problem().isEmpty() ? "" : " (" + held.problem() + ")"));
            } else if (!held.isReadable()) {
                all.add("repository " + held.name() + " cannot be read: " + held.problem());
            }
        }
        return all.isEmpty() ? Status.OK : Status.warning(String.join("; ", all));
    }

    @Override
    public void close() {
        closed = true;
        Future<?> waiting = next;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
