package dev.weft.catalog;

import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.CatalogProblem.Kind;
import dev.weft.api.catalog.Details;
import dev.weft.api.catalog.Lock;
import dev.weft.api.catalog.Plan;
import dev.weft.api.catalog.Plan.Change;
import dev.weft.api.catalog.Plan.Step;
import dev.weft.api.catalog.Repository;
import dev.weft.catalog.Assembly.Made;
import dev.weft.catalog.Assembly.Part;
import dev.weft.catalog.Folder.File;
import dev.weft.catalog.Origins.Origin;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.Entry;
import dev.weft.skill.repository.Root;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Makes plans: everything is fetched, scanned, tried and decided, and nothing is changed. Thread-safe; takes its time. */
final class Planner {
    private static final Duration LIFE = Duration.ofMinutes(15);
    private static final int MOST = 200;
    private final Repositories repositories;
    private final Folder folder;
    private final Assembly assembly;
    private final Decisions decisions;
    private final Store store;
    private final Clock clock;

    Planner(
            Repositories repositories,
            Folder folder,
            Assembly assembly,
            Decisions decisions,
            Store store,
            Clock clock) {
        this.repositories = repositories;
        this.folder = folder;
        this.assembly = assembly;
        this.decisions = decisions;
        this.store = store;
        this.clock = clock;
    }

    /** One plan while it is made. */
    private final class Draft {
        private final List<Step> steps = new ArrayList<>();
        private final List<FileChange> changes = new ArrayList<>();
        private final Map<String, Origin> origins = new LinkedHashMap<>();
        private final Map<String, Made> targets = new LinkedHashMap<>();
        private final List<String> notes = new ArrayList<>();
    }

    Prepared plan(Plan.Wish wish) {
        Targets targets = new Targets(repositories, folder);
        targets.read(wish);
        Draft draft = new Draft();
        Deque<Target> left = new ArrayDeque<>(targets.wanted().values());
        Set<String> seen = new HashSet<>();
        while (!left.isEmpty()) {
            Target target = left.poll();
            if (seen.add(target.bundle())) {
                if (seen.size() > MOST) {
                    throw new CatalogProblem(
                            Kind.BAD, "too_many", "a plan has at most " + MOST + " skills");
                }
                left.addAll(install(target, draft));
            }
        }
        for (File file : targets.unwanted().values()) {
            uninstall(file, targets, draft);
        }
        draft.notes.addAll(targets.notes());
        List<Step> steps = List.copyOf(draft.steps);
        Instant until = clock.instant().plus(LIFE).truncatedTo(ChronoUnit.SECONDS);
        Plan plan =
                new Plan(
                        UUID.randomUUID().toString(),
                        until.toString(),
                        Decisions.strictest(steps.stream().map(Step::decision).toList()),
                        Root.sha256(Wire.write(steps).getBytes(StandardCharsets.UTF_8)),
                        steps,
                        List.copyOf(draft.notes));
        return new Prepared(
                plan,
                List.copyOf(draft.changes),
                Map.copyOf(draft.origins),
                Map.copyOf(draft.targets),
                wish.lock() == null
                        ? Map.of()
                        : wish.lock().skills().stream()
                                .collect(
                                        Collectors.toMap(
                                                Lock.Locked::bundle,
                                                Lock.Locked::pinned,
                                                (a, b) -> a)),
                until);
    }

    /** Plans one skill.
     * @return the skills that it needs beside it */
    private List<Target> install(Target target, Draft draft) {
        Made made =
                target.parts().isEmpty()
                        ? assembly.make(target.repository(), target.entry())
                        : assembly.make(target.parts());
        Optional<File> before = folder.holding(target.bundle());
        if (before.isPresent() && before.get().sha256().equals(made.sha256())) {
            draft.notes.add(
                    target.bundle() + " " + target.entry().release().version() + " runs already");
            remember(target, made, draft); // it may have been dropped before
            return List.of();
        }
        JarReader.Inside inside = read(made);
        List<Change> changes = changes(before, inside, target);
        Decisions.Decision decision = decisions.decide(made, changes);
        if (!target.sha256().isEmpty() && !target.sha256().equals(made.sha256())) {
            decision = decision.no("the file is another than the lock says");
        }
        Step step = step(target, made, before, inside, changes, decision);
        int number = draft.steps.size();
        draft.steps.add(step);
        replace(before, step, number, target.bundle(), draft);
        draft.targets.put(target.bundle(), made);
        remember(target, made, draft);
        return needed(target, made);
    }

    /** A file of another name goes after the new one came, so that calls always find one; but first if it holds more than the new one, which could
     * not come beside it. */
    private static void replace(
            Optional<File> before, Step step, int number, String bundle, Draft draft) {
        Optional<File> other = before.filter(old -> !old.name().equals(step.file()));
        String same =
                before.filter(old -> old.name().equals(step.file())).map(File::sha256).orElse("");
        List<FileChange> changes = new ArrayList<>();
        changes.add(new FileChange(number, step.file(), same, step.sha256()));
        other.ifPresent(
                old ->
                        changes.add(
                                old.deployment().bundle().equals(bundle) ? 1 : 0,
                                new FileChange(number, old.name(), old.sha256(), "")));
        draft.changes.addAll(changes);
    }

    private void remember(Target target, Made made, Draft draft) {
        draft.origins.put(
                made.sha256(),
                new Origin(
                        target.repository().name(),
                        target.repository().kept().fingerprint(),
                        decisions.publisher(target.repository(), target.entry()).namespace(),
                        target.bundle(),
                        target.entry().release().version(),
                        members(made)));
    }

    /** What is in a file; nothing if a scan could not look at all of it, which decides that it is not installed. */
    private JarReader.Inside read(Made made) {
        try {
            return decisions.scanned(made)
                    ? JarReader.read(store.path(made.sha256()))
                    : JarReader.Inside.NOTHING;
        } catch (IOException e) {
            return JarReader.Inside.NOTHING;
        }
    }

    private List<Change> changes(Optional<File> before, JarReader.Inside now, Target target) {
        if (before.isEmpty()) {
            return List.of();
        }
        List<Change> all = new ArrayList<>();
        String publisher =
                decisions.publisher(target.repository(), target.entry()).namespace()
                        + " of "
                        + target.repository().name();
        String other =
                before.get()
                        .origin()
                        .map(o -> o.publisher() + " of " + o.repository())
                        .orElse("whoever dropped " + before.get().name());
        if (!other.equals(publisher)) {
            all.add(new Change("publisher", target.bundle(), other, publisher));
        }
        List<SkillCard> old;
        try {
            old = folder.read(before.get()).skills();
        } catch (IOException e) {
            old = List.of(); // then everything about it is new
        }
        all.addAll(Differences.of(old, now.skills()));
        return all;
    }

    private Step step(
            Target target,
            Made made,
            Optional<File> before,
            JarReader.Inside inside,
            List<Change> changes,
            Decisions.Decision decision) {
        List<String> permissions =
                inside.skills().stream()
                        .flatMap(card -> card.permissions().stream())
                        .distinct()
                        .sorted()
                        .toList();
        Entry entry = target.entry();
        return new Step(
                before.isPresent() ? "update" : "install",
                inside.ids(),
                target.bundle(),
                before.map(f -> f.deployment().version()).orElse(""),
                entry.release().version(),
                file(target, made, before),
                made.sha256(),
                made.parts().stream().mapToLong(p -> p.entry().release().length()).sum(),
                target.repository().name(),
                decisions.publisher(target.repository(), entry),
                target.why(),
                members(made),
                permissions,
                HostFit.needs(entry),
                inside.settings(),
                changes,
                decision.answer(),
                decision.reasons(),
                decision.scan());
    }

    /** A new version takes the place of the old, unless one is a jar and the other a zip. */
    private static String file(Target target, Made made, Optional<File> before) {
        String end = made.zip() ? ".zip" : ".jar";
        return before.map(File::name).filter(n -> n.endsWith(end)).orElse(target.bundle() + end);
    }

    private static List<Plan.Member> members(Made made) {
        return made.parts().stream()
                .map(
                        p ->
                                new Plan.Member(
                                        p.entry().release().bundle(),
                                        p.entry().release().version(),
                                        p.entry().release().sha256(),
                                        p.entry().release().length(),
                                        p.why()))
                .toList();
    }

    /** Skills that a skill needs when it runs, and that are not here. */
    private List<Target> needed(Target target, Made made) {
        List<Target> all = new ArrayList<>();
        for (Part part : made.parts()) {
            for (String id : SkillNeeds.of(part.entry())) {
                if (!decisions.isHere(id)) {
                    Target found = new Targets(repositories, folder).find(id, "");
                    all.add(
                            new Target(
                                    found.repository(),
                                    found.entry(),
                                    target.bundle() + " needs skill " + id,
                                    List.of(),
                                    ""));
                }
            }
        }
        return all;
    }

    private void uninstall(File file, Targets targets, Draft draft) {
        List<String> users =
                SkillNeeds.users(
                        file.deployment().skills(),
                        repositories,
                        folder.files().stream()
                                .filter(f -> !targets.unwanted().containsKey(f.name()))
                                .toList());
        int number = draft.steps.size();
        draft.steps.add(
                new Step(
                        "uninstall",
                        file.deployment().skills(),
                        file.deployment().bundle(),
                        file.deployment().version(),
                        "",
                        file.name(),
                        "",
                        0,
                        "",
                        null,
                        Target.ASKED,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        users.isEmpty() ? Decisions.YES : Decisions.ASK,
                        users,
                        new Details.Scanned("not-needed", "", List.of())));
        draft.changes.add(new FileChange(number, file.name(), file.sha256(), ""));
    }

    /** A publisher as people see it; nobody owns some names. */
    static Repository.Publisher nobody(String bundle) {
        return new Repository.Publisher(bundle, "nobody", "", false);
    }
}
