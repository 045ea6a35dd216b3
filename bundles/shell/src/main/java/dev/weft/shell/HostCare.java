package dev.weft.shell;

import dev.weft.api.audit.Audit;
import dev.weft.api.identity.HostIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * What the command line does with files and programs of this host's machine, on this host's data directory. Files are named as the host
 * sees them. Each change is audited, as by {@code shell}.
 */
@Component(
        service = HostCare.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=init",
            "osgi.command.function=validate",
            "osgi.command.function=pair",
            "osgi.command.function=doctor",
            "osgi.command.function=restore",
            "osgi.command.function=bench",
            "osgi.command.function=version",
            "osgi.command.function=publisher",
            "osgi.command.function=repository",
            "osgi.command.function=run",
            "osgi.command.function=shell",
            "osgi.command.function=completion"
        })
public final class HostCare {
    private static final Duration PAIRING = Duration.ofMinutes(65);
    private static final Duration BENCH = Duration.ofHours(1);
    private static final Set<String> LOOKING = Set.of("list", "show");
    private static final int LONGEST_TARGET = 200;
    private static final Pattern CODE = Pattern.compile("\\d{6}");

    private final CommandLine program;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit audit;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile HostIdentity identity;

    /** @param program does it */
    @Activate
    public HostCare(@Reference CommandLine program) {
        this.program = program;
    }

    /** Makes the folder of a new agent.
     * @param session where it is told
     * @param words as {@code weft init} has them */
    @Descriptor("makes the folder of a new agent on this host's machine: DIR [--name N]")
    public void init(CommandSession session, String... words) {
        change(session, CommandLine.SHORT, "init", words);
    }

    /** Checks the folder of an agent.
     * @param session where it is told
     * @param words as {@code weft validate} has them */
    @Descriptor(
            "shows every error of an agent folder and its workflows: [DIR], else the folder this host was started in")
    public void validate(CommandSession session, String... words) {
        execute(session, CommandLine.SHORT, Words.all("validate", words));
    }

    /** Joins another mesh; this host keeps its key, and uses the token that it gets from its next start on.
     * @param session where it is told
     * @param words as {@code weft pair} has them */
    @Descriptor(
            "pairs this host with a registry, which counts from its next start on: CODE --registry URL [--name N] [--wait SECONDS]")
    public void pair(CommandSession session, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        HostIdentity host = identity;
        boolean elsewhere = has(line, "--data") || has(line, "--help") || has(line, "-h");
        if (!elsewhere && !has(line, "--name") && host != null) {
            line.addAll(List.of("--name", host.name()));
        }
        change(session, PAIRING, "pair", line.toArray(String[]::new));
        if (!elsewhere) {
            session.getConsole().println("this host joins at its next start: restart it");
        }
    }

    private static boolean has(List<String> words, String option) {
        return words.stream()
                .anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
    }

    /** Looks at all that this host needs.
     * @param session where it is told
     * @param words as {@code weft doctor} has them */
    @Descriptor(
            "checks what this host needs and says what to do about each: [--registry URL] [--ice URL]")
    public void doctor(CommandSession session, String... words) {
        execute(session, CommandLine.SHORT, Words.all("doctor", words));
    }

    /** Has the next start put a backup in the place of the database, or not any more.
     * @param session where it is told
     * @param words the file, or {@code --forget} */
    @Descriptor(
            "checks a backup and puts it in the place of this host's database at the next start: FILE | --forget")
    public void restore(CommandSession session, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        if (!has(line, "--forget") && !has(line, "--next-start")) {
            line.add("--next-start");
        }
        change(session, CommandLine.SHORT, "restore", line.toArray(String[]::new));
    }

    /** Measures this version on this machine, beside this host and with hosts of its own.
     * @param session where it is told
     * @param words as {@code weft bench} has them */
    @Descriptor(
            "measures this version on this machine, with hosts of its own beside this one: [WHAT...] [--scale S] [--profile] [--json]; Ctrl-C stops it")
    public void bench(CommandSession session, String... words) {
        change(session, BENCH, "bench", words);
    }

    /** The version that was built.
     * @param session where it is told
     * @param words as {@code weft version} has them */
    @Descriptor("the version of Weft")
    public void version(CommandSession session, String... words) {
        execute(session, CommandLine.SHORT, Words.all("version", words));
    }

    /** Who may publish into a repository.
     * @param session where it is told
     * @param words as {@code weft publisher} has them */
    @Descriptor(
            "who may publish skills into a repository, this host's own unless --repository names one: new NAMESPACE | list | grant NAMESPACE PUBLIC_KEY... | remove NAMESPACE | resign NAMESPACE --old PUBLIC_KEY; each with --help")
    public void publisher(CommandSession session, String... words) {
        change(session, CommandLine.SHORT, "publisher", words);
    }

    /** A repository and its keys.
     * @param session where it is told
     * @param words as {@code weft repository} has them */
    @Descriptor(
            "a repository of skills, this host's own unless --repository names one: show | init DIR | sign DIR | root; each with --help")
    public void repository(CommandSession session, String... words) {
        change(session, CommandLine.SHORT, "repository", words);
    }

    /** Says what to use instead.
     * @param words are not read
     * @return one line */
    @Descriptor("not here: this host runs already")
    public String run(String... words) {
        return "this host runs already; start another one at the command line, with a data directory of its own: weft run --data D";
    }

    /** Says what to use instead.
     * @param words are not read
     * @return one line */
    @Descriptor("not here: this is the shell")
    public String shell(String... words) {
        return "this is the shell; help lists its commands, exit leaves it";
    }

    /** Says what to use instead.
     * @param words are not read
     * @return one line */
    @Descriptor("not here: Tab completes in this shell already")
    public String completion(String... words) {
        return "Tab completes here already; for bash and zsh, at the command line: weft completion";
    }

    private void execute(CommandSession session, Duration limit, String... words) {
        program.run(session.getConsole(), limit, List.of(words));
    }

    private void change(CommandSession session, Duration limit, String command, String... words) {
        String[] line = Words.all(command, words);
        boolean looks = words.length > 0 && LOOKING.contains(words[0]);
        if (looks || CommandTable.asksForHelp(words)) {
            execute(session, limit, line);
            return;
        }
        boolean done = false;
        try {
            execute(session, limit, line);
            done = true;
        } finally {
            ShellAudit.record(audit, command, told(words), done ? "ok" : "failed");
        }
    }

    /** The words, without what lets somebody in. */
    static String told(String... words) {
        StringBuilder text = new StringBuilder();
        String before = "";
        for (String word : words) {
            String shown =
                    before.equals("--key") || CODE.matcher(word).matches()
                            ? "***"
                            : word.startsWith("--key=") ? "--key=***" : word;
            text.append(text.isEmpty() ? "" : " ").append(shown);
            before = word;
        }
        return text.length() > LONGEST_TARGET ? text.substring(0, LONGEST_TARGET) : text.toString();
    }
}
