package dev.weft.shell;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.audit.Audit;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.skill.SkillSettings;
import dev.weft.api.skill.Skills;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** How an installed skill behaves: on or off, pinned, its configuration. Each change is audited, as by {@code shell}. */
@Component(
        service = SkillCare.class,
        property = {"osgi.command.scope=weft", "osgi.command.function=skill"})
public final class SkillCare {
    private static final String USAGE =
            "usage: weft:skill enable|disable|pin|unpin SKILL, weft:skill auto SKILL [off], weft:skill config SKILL [key=value…], weft:skill new ID --dir DIR, weft:skill publish DIR|JAR…, weft:skill yank|revoke SKILL[@VERSION] --reason R";

    private static final Set<String> PROJECTS = Set.of("new", "publish", "yank", "revoke");
    private static final Duration PUBLISHING = Duration.ofMinutes(20);

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Skills skills;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile SkillSettings settings;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Catalog catalog;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit audit;

    @Reference CommandLine program;

    /** Changes how a skill behaves, or shows its configuration.
     * @param session where a build tells what it does
     * @param words see the usage
     * @return how it is now; null if it was told already */
    @Descriptor(
            "enable|disable|pin|unpin SKILL | auto SKILL [off] | config SKILL [key=value...], where key=null is the default | new ID --dir DIR | publish DIR|JAR... | yank|revoke SKILL[@VERSION] --reason R, by the keys of ~/.weft-keys; each with --help")
    public String skill(CommandSession session, String... words) {
        String verb = words.length == 0 ? "" : words[0];
        if (PROJECTS.contains(verb)) {
            project(session, verb, words);
            return null;
        }
        if (CommandTable.isBeyond("skill", words)) {
            return program.ask("skill", words);
        }
        if (words.length < 2) {
            throw new IllegalArgumentException(USAGE);
        }
        String id = words[1];
        List<String> rest = Arrays.asList(words).subList(2, words.length);
        return switch (words[0] + rest.size()) {
            case "enable0" -> enable(id, true);
            case "disable0" -> enable(id, false);
            case "pin0" -> choose(id, true, null, "is pinned: updates leave it as it is");
            case "unpin0" -> choose(id, false, null, "is updated again");
            case "auto0" ->
                    choose(id, null, true, "is updated by itself when nothing is to be asked");
            case "auto1" -> {
                if (!rest.get(0).equals("off")) {
                    throw new IllegalArgumentException(USAGE);
                }
                yield choose(id, null, false, "is updated by hand only");
            }
            default -> {
                if (!words[0].equals("config")) {
                    throw new IllegalArgumentException(USAGE);
                }
                yield configure(id, rest);
            }
        };
    }

    /** What is done with a skill's project or its releases, by the command line: a build takes its time, and tells why it failed. */
    private void project(CommandSession session, String verb, String... words) {
        String outcome = "failed";
        try {
            program.run(session.getConsole(), PUBLISHING, List.of(Words.all("skill", words)));
            outcome = "ok";
        } finally {
            if (!CommandTable.asksForHelp(words)) {
                String target = HostCare.told(Arrays.copyOfRange(words, 1, words.length));
                ShellAudit.record(audit, "skill." + verb, target, outcome);
            }
        }
    }

    private String enable(String id, boolean enabled) {
        Skills known = skills;
        if (known == null) {
            return Words.missing("the skill runtime");
        }
        known.enable(id, enabled);
        ShellAudit.record(audit, enabled ? "skill.enable" : "skill.disable", id);
        return id + (enabled ? " is enabled" : " is disabled");
    }

    private String choose(String id, Boolean pinned, Boolean automatic, String said) {
        Catalog known = catalog;
        if (known == null) {
            return Words.missing("the catalog");
        }
        known.choose(id, pinned, automatic)
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "no file of the deploy folder offers \""
                                                + id
                                                + "\"; see weft:deployed"));
        ShellAudit.record(audit, "catalog.choose", id);
        return id + " " + said;
    }

    private String configure(String id, List<String> pairs) {
        SkillSettings known = settings;
        if (known == null) {
            return Words.missing("the configuration of skills");
        }
        SkillSettings.Settings now = known.find(id).orElseThrow(() -> nothingToSet(id));
        if (!pairs.isEmpty()) {
            ObjectNode change = CallLine.typed(pairs, now.schema());
            now = known.change(id, change).orElseThrow(() -> nothingToSet(id));
            ShellAudit.record(audit, "skill.config", id);
        }
        return Wire.write((Object) now.values());
    }

    private static NoSuchElementException nothingToSet(String id) {
        return new NoSuchElementException(
                "\"" + id + "\" is not installed here, or has nothing to set; see weft:skills");
    }
}
