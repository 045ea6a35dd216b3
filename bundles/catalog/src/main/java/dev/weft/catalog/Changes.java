package dev.weft.catalog;

import static dev.weft.api.catalog.CatalogProblem.Kind.CONFLICT;
import static dev.weft.api.catalog.CatalogProblem.Kind.REFUSED;
import static dev.weft.api.catalog.CatalogProblem.Kind.UNREACHABLE;

import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.Plan;
import dev.weft.api.catalog.Plan.Outcome;
import dev.weft.api.catalog.Plan.Result;
import dev.weft.api.catalog.Plan.Step;
import dev.weft.catalog.Folder.File;
import dev.weft.catalog.Origins.Origin;
import dev.weft.skill.repository.Statement;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries plans out, one at a time, and takes out what was revoked. Thread-safe; takes its time. */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);
    private static final int MOST = 16;
    private static final long PATIENCE_SECONDS = 30;
    private final ReentrantLock busy = new ReentrantLock();
    private final Map<String, Prepared> prepared = new LinkedHashMap<>();
    private final Planner planner;
    private final Decisions decisions;
    private final Transaction transaction;
    private final Origins origins;
    private final Folder folder;
    private final Repositories repositories;
    private final Store store;
    private final Progress progress;
    private final Clock clock;
    private volatile String stuck = "";

    Changes(
            Planner planner,
            Decisions decisions,
            Transaction transaction,
            Origins origins,
            Folder folder,
            Repositories repositories,
            Store store,
            Progress progress,
            Clock clock) {
        this.planner = planner;
        this.decisions = decisions;
        this.transaction = transaction;
        this.origins = origins;
        this.folder = folder;
        this.repositories = repositories;
        this.store = store;
        this.progress = progress;
        this.clock = clock;
    }

    /** Ends what a run before did not end. */
    void resume() throws IOException {
        busy.lock();
        try {
            Optional<Transaction.Journal> open = transaction.open();
            if (open.isPresent()) {
                LOG.info("Going on with a change that the last run of this host did not end");
                String reason = transaction.resume(open.get(), number -> {});
                look(reason);
                LOG.info(reason.isEmpty() ? "It is done" : "It is undone: {}", reason);
            }
        } finally {
            busy.unlock();
        }
    }

    Plan plan(Plan.Wish wish) {
        Prepared made = planner.plan(wish);
        synchronized (prepared) {
            forgetOld();
            while (prepared.size() >= MOST) {
                prepared.remove(prepared.keySet().iterator().next());
            }
            prepared.put(made.plan().id(), made);
        }
        return made.plan();
    }

    private void forgetOld() {
        prepared.values().removeIf(p -> !clock.instant().isBefore(p.until()));
    }

    Outcome apply(String id, String agreed, String who) {
        begin();
        try {
            Prepared plan = take(id, agreed);
            return carryOut(plan, who);
        } catch (IOException e) {
            throw new CatalogProblem(
                    UNREACHABLE, "not_written", "it cannot be written down: " + e.getMessage());
        } finally {
            busy.unlock();
        }
    }

    /** Waits for another change, also for a mere look at what was revoked, but not for ever. */
    private void begin() {
        boolean mine = false;
        try {
            mine = busy.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!mine) {
            throw new CatalogProblem(
                    CONFLICT, "busy", "another change is being made; try again when it is done");
        }
    }

    /** The plan, if it may be done. */
    private Prepared take(String id, String agreed) {
        Prepared plan;
        synchronized (prepared) {
            forgetOld();
            plan = prepared.get(id);
        }
        if (plan == null) {
            throw new CatalogProblem(
                    CONFLICT, "unknown_plan", "there is no such plan any more; plan anew");
        }
        String answer = plan.plan().answer();
        if (answer.equals(Decisions.NO)) {
            throw new CatalogProblem(
                    REFUSED, "refused", "the policy of this host says no: " + reasons(plan.plan()));
        }
        if (answer.equals(Decisions.ASK) && !agreed.equals(plan.plan().agree())) {
            throw new CatalogProblem(
                    CONFLICT,
                    "agreement_needed",
                    "a person must agree to this first: " + reasons(plan.plan()));
        }
        stillTrue(plan);
        synchronized (prepared) {
            prepared.remove(id);
        }
        return plan;
    }

    static String reasons(Plan plan) {
        return String.join("; ", plan.steps().stream().flatMap(s -> s.reasons().stream()).toList());
    }

    private void stillTrue(Prepared plan) {
        for (FileChange change : plan.changes()) {
            String now =
                    folder.files().stream()
                            .filter(file -> file.name().equals(change.file()))
                            .map(File::sha256)
                            .findFirst()
                            .orElse("");
            if (!now.equals(change.before())) {
                throw changed(change.file() + " is another than when it was planned");
            }
        }
        for (Step step : plan.plan().steps()) {
            Assembly.Made made = plan.targets().get(step.bundle());
            if (made == null) {
                continue;
            }
            Decisions.Decision now = decisions.decide(refreshed(made), step.changes());
            if (!now.answer().equals(step.decision()) || !now.reasons().equals(step.reasons())) {
                throw changed(
                        "what is said of "
                                + step.bundle()
                                + " is other than when it was planned: "
                                + String.join("; ", now.reasons()));
            }
        }
    }

    /** The same file, judged by what its repositories say now. */
    private Assembly.Made refreshed(Assembly.Made made) {
        List<Assembly.Part> parts = new ArrayList<>();
        for (Assembly.Part part : made.parts()) {
            Held held =
                    repositories
                            .find(part.repository().name())
                            .filter(Held::isReadable)
                            .orElseThrow(
                                    () ->
                                            changed(
                                                    "repository "
                                                            + part.repository().name()
                                                            + " is not read any more"));
            parts.add(new Assembly.Part(held, part.entry(), part.why()));
        }
        return new Assembly.Made(made.sha256(), made.zip(), parts, made.refusal());
    }

    private static CatalogProblem changed(String what) {
        return new CatalogProblem(CONFLICT, "changed", what + "; plan anew");
    }

    private Outcome carryOut(Prepared plan, String who) throws IOException {
        for (Assembly.Made made : plan.targets().values()) {
            decisions.agreed(made);
        }
        origins.add(plan.origins());
        List<Step> steps = plan.plan().steps();
        int[] reached = {-1};
        String reason =
                transaction.run(
                        plan.changes(),
                        number -> {
                            int step = plan.changes().get(number).step();
                            if (step > reached[0]) {
                                reached[0] = step;
                                progress.step(
                                        plan.plan().id(), step + 1, steps.size(), steps.get(step));
                            }
                        });
        look(reason);
        if (reason.isEmpty()) {
            pin(plan);
        }
        progress.ended(plan.plan(), who, reason);
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            String state =
                    reason.isEmpty()
                            ? "done"
                            : i == reached[0] ? "failed" : i < reached[0] ? "undone" : "not-begun";
            results.add(
                    new Result(
                            step.action(),
                            step.bundle(),
                            step.from(),
                            step.to(),
                            state,
                            state.equals("failed") ? reason : ""));
        }
        return new Outcome(reason.isEmpty(), results, reason);
    }

    private void look(String reason) throws IOException {
        stuck = transaction.open().isPresent() ? reason : "";
    }

    /** What a lock says is pinned, is pinned here too. */
    private void pin(Prepared plan) throws IOException {
        for (Map.Entry<String, Boolean> pin : plan.pins().entrySet()) {
            Optional<File> file = folder.holding(pin.getKey());
            for (String skill : file.map(f -> f.deployment().skills()).orElse(List.of())) {
                origins.choose(skill, pin.getValue(), null);
            }
        }
    }

    /** Takes out what was revoked.
     * @return what went, and why */
    List<String> revoke() throws IOException {
        List<String> gone = new ArrayList<>();
        busy.lock();
        try {
            for (File file : folder.files()) {
                Optional<Statement> against = file.origin().flatMap(this::revoked);
                if (against.isEmpty()) {
                    continue;
                }
                Origin origin = file.origin().get();
                String failure =
                        transaction.run(
                                List.of(new FileChange(0, file.name(), file.sha256(), "")),
                                number -> {});
                if (failure.isEmpty()) {
                    progress.revoked(origin.bundle(), origin.version(), against.get().reason());
                    gone.add(
                            origin.bundle()
                                    + " "
                                    + origin.version()
                                    + " was revoked and is taken out: "
                                    + against.get().reason());
                } else {
                    LOG.error("{} is revoked and cannot be taken out: {}", file.name(), failure);
                }
            }
        } finally {
            busy.unlock();
        }
        return gone;
    }

    /** A bundle that was revoked takes its whole file with it. */
    private Optional<Statement> revoked(Origin origin) {
        for (Held held : repositories.all()) {
            for (Plan.Member member :
                    held.isReadable() ? origin.members() : List.<Plan.Member>of()) {
                Optional<Statement> against =
                        held.search()
                                .find(member.bundle(), member.version())
                                .filter(e -> e.release().sha256().equals(member.sha256()))
                                .flatMap(held.search()::against)
                                .filter(Statement::revokes);
                if (against.isPresent()) {
                    return against;
                }
            }
        }
        return Optional.empty();
    }

    /** What an earlier change left undone.
     * @return "" if there is nothing */
    String trouble() {
        return stuck;
    }

    /** Digests that plans and an open transaction need. */
    Set<String> needed() throws IOException {
        Set<String> all = new HashSet<>();
        transaction.open().ifPresent(journal -> all.addAll(journal.contents()));
        synchronized (prepared) {
            forgetOld();
            for (Prepared plan : prepared.values()) {
                plan.changes().forEach(change -> all.add(change.after()));
            }
        }
        return all;
    }

    /** Deletes downloads that nobody needs. */
    void sweep() throws IOException {
        if (busy.tryLock()) {
            try {
                store.sweep(needed());
            } finally {
                busy.unlock();
            }
        }
    }
}
