package dev.weft.shell;

import dev.weft.api.skill.Skills;
import dev.weft.protocol.SkillCard;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** What a line that somebody types can go on with: asked by the terminals at the other end of the socket and of SSH. */
@Component(
        service = Completion.class,
        property = {"osgi.command.scope=weft", "osgi.command.function=complete"})
public final class Completion {
    private static final int MOST = 200;
    private static final Set<String> FILES = Set.of("new", "publish");

    /** What only the shell has. */
    private static final Map<String, List<String>> OWN =
            Map.of("llm", List.of("caches", "budgets"));

    private final BundleContext context;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Skills skills;

    /** Looks at nothing yet.
     * @param context knows all bundles */
    @Activate
    public Completion(BundleContext context) {
        this.context = context;
    }

    /** What the last word of a line may become.
     * @param session knows all commands
     * @param line as far as it is typed, without quotes
     * @return one word a line, sorted; at most 200 */
    @Descriptor("what LINE, as far as it is typed, can go on with: commands, skills, bundles")
    public String complete(CommandSession session, String line) {
        String command = line.substring(lastOf(line, "|;(") + 1).stripLeading();
        int space = command.lastIndexOf(' ');
        String word = command.substring(space + 1);
        Stream<String> all =
                space < 0
                        ? commands(session)
                        : arguments(
                                command.substring(0, command.indexOf(' '))
                                        .replaceFirst("^weft:", ""),
                                command.substring(command.indexOf(' '), space + 1)
                                        .strip()
                                        .split(" +"));
        TreeSet<String> fitting = new TreeSet<>();
        all.filter(each -> each.startsWith(word)).limit(MOST).forEach(fitting::add);
        return String.join("\n", fitting);
    }

    private static int lastOf(String line, String separators) {
        return separators.chars().map(line::lastIndexOf).max().orElse(-1);
    }

    /** With their scope, and those of ours without it too. */
    private static Stream<String> commands(CommandSession session) {
        return session.get(".commands") instanceof Collection<?> names
                ? names.stream()
                        .map(String::valueOf)
                        .flatMap(
                                name ->
                                        name.startsWith("weft:")
                                                ? Stream.of(name, name.substring(5))
                                                : Stream.of(name))
                : Stream.of();
    }

    private Stream<String> arguments(String command, String... typed) {
        String first = typed[0];
        List<String> below = CommandTable.following(command + " " + first);
        Stream<String> words =
                first.isEmpty() || first.startsWith("-") || below.isEmpty()
                        ? following(command, first.isEmpty())
                        : below.stream();
        return Stream.concat(words, names(command, typed));
    }

    private Stream<String> following(String command, boolean atOnce) {
        return Stream.concat(
                        CommandTable.following(command).stream(),
                        OWN.getOrDefault(command, List.of()).stream())
                .filter(word -> atOnce || word.startsWith("-"));
    }

    /** Skills, tools, bundles. */
    private Stream<String> names(String command, String... typed) {
        if (!typed[0].isEmpty()) {
            return command.equals("skill") && typed.length == 1 && !FILES.contains(typed[0])
                    ? skills()
                    : Stream.of();
        }
        Skills local = skills;
        return switch (command) {
            case "call" ->
                    Stream.ofNullable(local)
                            .flatMap(here -> here.installed().stream())
                            .flatMap(
                                    skill ->
                                            skill.tools().stream()
                                                    .map(tool -> skill.id() + '.' + tool.name()));
            case "rollback", "uninstall", "update" -> skills();
            case "why" ->
                    Arrays.stream(context.getBundles())
                            .map(Bundle::getSymbolicName)
                            .filter(name -> name != null && name.startsWith("dev.weft."))
                            .map(name -> name.substring("dev.weft.".length()));
            default -> Stream.of();
        };
    }

    /** Those that are switched off, too: they can be switched on. */
    private Stream<String> skills() {
        Skills local = skills;
        return local == null
                ? Stream.of()
                : Stream.concat(local.installed().stream(), local.disabled().stream())
                        .map(SkillCard::id);
    }
}
