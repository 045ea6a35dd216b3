package dev.weft.skill.repository;

import dev.weft.skill.repository.scan.Finding;
import dev.weft.skill.repository.scan.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a host installs from a repository. Nothing here says yes to what could not be verified or scanned. */
public enum Policy {
    /** Only publishers whose keys are trusted already. */
    SIGNED_BY_TRUSTED,
    /** Asks at the first release of a publisher, and when its keys changed. */
    ASK;

    /** What to do. */
    public enum Answer {
        /** Install. */
        YES,
        /** Install if a person agrees to the reasons. */
        ASK,
        /** Do not install. */
        NO
    }

    /**
     * The answer, and why.
     *
     * @param answer what to do
     * @param reasons for people; empty for yes
     */
    public record Decision(Answer answer, List<String> reasons) {}

    /** Decides.
     * @param contents the repository, verified
     * @param entry what is to be installed
     * @param report the scan of its jar, whose digest was compared
     * @param trusted keys of publishers that a person trusts
     * @param now the time
     * @return the answer */
    public Decision decide(
            Contents contents, Entry entry, Report report, Set<String> trusted, Instant now) {
        List<String> no = new ArrayList<>();
        List<String> ask = new ArrayList<>();
        if (contents.expired(now)) {
            no.add("the repository's state expired; refresh it");
        }
        contents.against(entry.release())
                .ifPresent(s -> no.add((s.revokes() ? "revoked: " : "yanked: ") + s.reason()));
        if (report.status() == Report.Status.NOT_SCANNED) {
            no.add("could not be scanned: " + report.reason());
        }
        for (Finding finding : report.findings()) {
            if (finding.severity() != Finding.Severity.LOW) {
                (finding.severity() == Finding.Severity.HIGH ? no : ask)
                        .add(finding.name() + ": " + finding.explanation());
            }
        }
        publisher(contents, entry, trusted, no, ask);
        if (!no.isEmpty()) {
            return new Decision(Answer.NO, List.copyOf(no));
        }
        return new Decision(ask.isEmpty() ? Answer.YES : Answer.ASK, List.copyOf(ask));
    }

    private void publisher(
            Contents contents,
            Entry entry,
            Set<String> trusted,
            List<String> no,
            List<String> ask) {
        Optional<Publishers.Publisher> owner =
                contents.publishers().owner(entry.release().bundle());
        Set<String> unknown = new TreeSet<>(owner.map(o -> o.role().keys()).orElse(Set.of()));
        unknown.removeAll(trusted);
        if (owner.isEmpty()) {
            no.add("nobody owns the name " + entry.release().bundle());
        } else if (!unknown.isEmpty()) {
            (this == ASK ? ask : no)
                    .add(
                            "publisher "
                                    + owner.get().namespace()
                                    + " has keys that are not trusted here: "
                                    + unknown);
        }
    }
}
