package dev.weft.shell;

import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.Listing;
import dev.weft.api.catalog.Plan;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.task.Tasks;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Skills from repositories: found, installed, updated. The catalog writes down each change itself. */
@Component(
        service = Installs.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=find",
            "osgi.command.function=install",
            "osgi.command.function=update"
        })
public final class Installs {
    private static final String AGREED = "--yes";
    private static final int LISTED = 50;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Catalog catalog;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile AgentDirectory directory;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Tasks tasks;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile HostIdentity identity;

    @Reference CommandLine program;

    /** Searches the repositories.
     * @param words all must be there; none for all skills
     * @return a table */
    @Descriptor("the skills of the repositories that have all WORDS, the best first")
    public String find(String... words) {
        Catalog known = catalog;
        if (known == null) {
            return Words.missing("the catalog");
        }
        Table table =
                new Table("SKILL", "VERSION", "HERE", "REPOSITORY", "PUBLISHER", "LACKS", "TITLE");
        known.search(new Listing.Query(String.join(" ", words), "", "", "", false, "")).stream()
                .limit(LISTED)
                .forEach(
                        each ->
                                table.row(
                                        each.skill(),
                                        each.version(),
                                        each.installed(),
                                        each.repository(),
                                        each.publisher(),
                                        each.lacks(),
                                        each.title()));
        return table.isEmpty()
                ? "no repository has such a skill; weft:catalog lists the repositories"
                : table.toString();
    }

    /** Installs skills, all or none; on other hosts by a task to each, as their own policies decide.
     * @param words see {@link InstallLine}
     * @return what was done, or what must be agreed to
     * @throws InterruptedException if the session is closed while other hosts install */
    @Descriptor(
            "installs skills from repositories, all or none: SKILL[@VERSION]... [--yes] [--dry-run] [--on LABEL|AGENT]")
    public String install(String... words) throws InterruptedException {
        if (CommandTable.isBeyond("install", words, AGREED, "--dry-run", "--on")) {
            return program.ask("install", words);
        }
        InstallLine line = InstallLine.parse(List.of(words));
        if (!line.on().isEmpty()) {
            return elsewhere(line);
        }
        return change(
                new Plan.Wish(line.skills(), List.of(), List.of(), null), line.yes(), line.dry());
    }

    private String elsewhere(InstallLine line) throws InterruptedException {
        AgentDirectory known = directory;
        Tasks engine = tasks;
        HostIdentity host = identity;
        if (known == null || engine == null || host == null) {
            return Words.missing(
                    known == null
                            ? "the mesh"
                            : engine == null ? "the task engine" : "the identity");
        }
        return new PeerInstalls(known, engine, host).run(line);
    }

    /** Updates skills, all or none.
     * @param words skill ids, none for all that are not pinned; and {@code --yes} to agree to what the plan asks
     * @return what was done, or what must be agreed to */
    @Descriptor("updates skills from repositories, all or none: [SKILL...] [--yes]")
    public String update(String... words) {
        if (CommandTable.isBeyond("update", words, AGREED)) {
            return program.ask("update", words);
        }
        List<String> skills = Arrays.stream(words).filter(word -> !word.equals(AGREED)).toList();
        return change(
                new Plan.Wish(List.of(), skills.isEmpty() ? List.of("*") : skills, List.of(), null),
                skills.size() < words.length,
                false);
    }

    private String change(Plan.Wish wish, boolean agreed, boolean dry) {
        Catalog known = catalog;
        if (known == null) {
            return Words.missing("the catalog");
        }
        Plan plan = known.plan(wish);
        if (plan.steps().isEmpty()) {
            return plan.notes().isEmpty() ? "nothing to do" : String.join("\n", plan.notes());
        }
        if (dry) {
            return planned(plan);
        }
        boolean asks = plan.answer().equals("ask");
        if (plan.answer().equals("no") || asks && !agreed) {
            throw new IllegalStateException(
                    "nothing was changed: "
                            + (asks ? "say it again with --yes to agree to this: " : "")
                            + reasons(plan));
        }
        Plan.Outcome outcome = known.apply(plan.id(), asks ? plan.agree() : "", ShellAudit.WHO);
        if (!outcome.done()) {
            throw new IllegalStateException("nothing was changed: " + outcome.reason());
        }
        Table table = new Table("ACTION", "BUNDLE", "FROM", "TO", "STATE");
        outcome.steps()
                .forEach(
                        step ->
                                table.row(
                                        step.action(),
                                        step.bundle(),
                                        step.from(),
                                        step.to(),
                                        step.state()));
        return table.toString();
    }

    private static String planned(Plan plan) {
        Table table = new Table("ACTION", "BUNDLE", "FROM", "TO", "REASONS");
        plan.steps()
                .forEach(
                        step ->
                                table.row(
                                        step.action(),
                                        step.bundle(),
                                        step.from(),
                                        step.to(),
                                        String.join("; ", step.reasons())));
        return table + "\nthe answer would be: " + plan.answer();
    }

    private static String reasons(Plan plan) {
        return plan.steps().stream()
                .flatMap(
                        step ->
                                step.reasons().stream()
                                        .map(
                                                reason ->
                                                        step.action()
                                                                + " "
                                                                + step.bundle()
                                                                + " "
                                                                + step.to()
                                                                + ": "
                                                                + reason))
                .collect(Collectors.joining("; "));
    }
}
