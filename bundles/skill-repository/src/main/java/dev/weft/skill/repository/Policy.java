package dev.weft.skill.repository;

import dev.weft.skill.repository.scan.Finding;
import dev.weft.skill.repository.scan.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a host installs from a repository. Nothing here says yes to what could not be verified or scanned. */
enum Policy {
    /** Only publishers whose keys are trusted already. */
    SIGNED_BY_TRUSTED,
    /** Asks at the first release of a publisher, and when its keys changed. */
    ASK;

    /** What to do. */
    enum Answer {
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
    record Decision(Answer answer, List<String> reasons) {}

    /** Decides.
     * @param contents the repository, verified
     * @param entry what is to be installed
     * @param report the scan of its jar, whose digest was compared
     * @param installed what it takes the place of
     * @param trusted keys of publishers that a person trusts */
    Decision decide(
            Contents contents,
            Entry entry,
            Report report,
            Optional<Entry> installed,
            Set<String> trusted,
            Instant now) {
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
            (finding.severity() == Finding.Severity.HIGH ? no : ask)
                    .add(finding.name() + ": " + finding.explanation());
        }
        publisher(contents, entry, trusted, no, ask);
        installed.ifPresent(old -> changes(old, entry, ask));
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

    private static void changes(Entry old, Entry now, List<String> ask) {
        Set<String> more = permissions(now.skills());
        more.removeAll(permissions(old.skills()));
        if (!more.isEmpty()) {
            ask.add("asks for more permissions than " + old.release().version() + ": " + more);
        }
        for (Entry.Card card : now.skills()) {
            old.skills().stream()
                    .filter(
                            o ->
                                    o.id().equals(card.id())
                                            && !o.description().equals(card.description()))
                    .forEach(
                            o ->
                                    ask.add(
                                            "describes "
                                                    + card.id()
                                                    + " in other words than "
                                                    + old.release().version()));
        }
    }

    private static Set<String> permissions(Collection<Entry.Card> cards) {
        Set<String> all = new TreeSet<>();
        cards.forEach(card -> all.addAll(card.permissions()));
        return all;
    }
}
