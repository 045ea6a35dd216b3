package dev.weft.catalog;

import dev.weft.api.catalog.Details;
import dev.weft.api.catalog.Plan.Change;
import dev.weft.api.catalog.Repository;
import dev.weft.api.skill.Skills;
import dev.weft.catalog.Assembly.Made;
import dev.weft.catalog.Assembly.Part;
import dev.weft.skill.repository.Entry;
import dev.weft.skill.repository.Policy;
import dev.weft.skill.repository.Publishers.Publisher;
import dev.weft.skill.repository.scan.Report;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Decides what may be installed, with the reasons. What could not be verified, scanned or tried is never a yes. Thread-safe. */
final class Decisions {
    static final String YES = "yes";
    static final String ASK = "ask";
    static final String NO = "no";
    private final Trust trust;
    private final Downloads downloads;
    private final Skills skills;
    private final Clock clock;

    Decisions(Trust trust, Downloads downloads, Skills skills, Clock clock) {
        this.trust = trust;
        this.downloads = downloads;
        this.skills = skills;
        this.clock = clock;
    }

    /** An answer.
     * @param scan of all jars together */
    record Decision(String answer, List<String> reasons, Details.Scanned scan) {
        Decision no(String reason) {
            List<String> all = new ArrayList<>(reasons);
            all.add(reason);
            return new Decision(NO, all, scan);
        }
    }

    /** Tells whether all jars of a file could be scanned. */
    boolean scanned(Made made) {
        return made.parts().stream()
                .noneMatch(
                        part -> downloads.scan(part.entry()).status() == Report.Status.NOT_SCANNED);
    }

    /** Tells whether this host has a skill already. */
    boolean isHere(String skill) {
        return skills.find(skill).isPresent();
    }

    Repository.Publisher publisher(Held repository, Entry entry) {
        String bundle = entry.release().bundle();
        return repository
                .owner(bundle)
                .map(owner -> repository.publisher(trust, owner))
                .orElse(Planner.nobody(bundle));
    }

    Decision decide(Made made, List<Change> changes) {
        List<String> answers = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        List<Report> reports = new ArrayList<>();
        for (Part part : made.parts()) {
            Report report = downloads.scan(part.entry());
            reports.add(report);
            Policy.Decision decision = decide(part, report);
            answers.add(decision.answer().name().toLowerCase(Locale.ROOT));
            String who = made.parts().size() == 1 ? "" : part.entry().release().bundle() + ": ";
            decision.reasons().forEach(reason -> reasons.add(who + reason));
            untrusted(part).ifPresent(hint -> reasons.add(who + hint));
        }
        if (!made.refusal().isEmpty()) {
            answers.add(NO);
            reasons.add(made.refusal());
        }
        for (Change change : changes) {
            if (Differences.asks(change)) {
                answers.add(ASK);
                reasons.add(Differences.words(change));
            }
        }
        return new Decision(strictest(answers), List.copyOf(reasons), joined(reports));
    }

    private Policy.Decision decide(Part part, Report report) {
        Held held = part.repository();
        String namespace = publisher(held, part.entry()).namespace();
        return held.policy()
                .decide(
                        held.contents(),
                        part.entry(),
                        report,
                        trust.keys(held.name(), namespace),
                        clock.instant());
    }

    private Optional<String> untrusted(Part part) {
        Repository.Publisher publisher = publisher(part.repository(), part.entry());
        return publisher.trusted()
                ? Optional.empty()
                : Optional.of(
                        "the fingerprint of "
                                + publisher.namespace()
                                + " is "
                                + publisher.fingerprint()
                                + "; compare it with what the publisher tells"
                                + unlike(part.repository().name(), publisher.namespace())
                                + (part.repository().policy() == Policy.ASK
                                        ? ""
                                        : ", then: weft catalog trust "
                                                + part.repository().name()
                                                + " "
                                                + publisher.namespace()
                                                + " --fingerprint …"));
    }

    private String unlike(String repository, String namespace) {
        return trust.like(repository, namespace)
                .map(
                        other ->
                                " (this is not publisher "
                                        + other.namespace()
                                        + " of repository "
                                        + other.repository()
                                        + ", which is trusted here)")
                .orElse("");
    }

    /** Trusts the publishers of a file, as a person agreed to them. */
    void agreed(Made made) throws IOException {
        Map<String, List<Publisher>> all = new HashMap<>();
        for (Part part : made.parts()) {
            part.repository()
                    .owner(part.entry().release().bundle())
                    .filter(owner -> !trust.trusts(part.repository().name(), owner))
                    .ifPresent(
                            owner ->
                                    all.computeIfAbsent(
                                                    part.repository().name(),
                                                    r -> new ArrayList<>())
                                            .add(owner));
        }
        for (var publishers : all.entrySet()) {
            trust.add(publishers.getKey(), publishers.getValue());
        }
    }

    static String strictest(List<String> answers) {
        return answers.contains(NO) ? NO : answers.contains(ASK) ? ASK : YES;
    }

    /** What was not scanned counts most, then the findings of all. */
    private static Details.Scanned joined(List<Report> reports) {
        List<Details.Scanned> all = reports.stream().map(Downloads::view).toList();
        return all.stream()
                .filter(scan -> scan.status().equals("not-scanned"))
                .findFirst()
                .orElseGet(
                        () -> {
                            List<Details.Finding> findings =
                                    all.stream().flatMap(s -> s.findings().stream()).toList();
                            return new Details.Scanned(
                                    findings.isEmpty() ? "passed" : "findings", "", findings);
                        });
    }
}
