package dev.weft.shell;

import dev.weft.api.audit.Audit;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** What the deploy folder holds, and changes to it; what was written down. Each change is audited, as by {@code shell}. */
@Component(
        service = Upkeep.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=deployed",
            "osgi.command.function=deploy",
            "osgi.command.function=rollback",
            "osgi.command.function=retry",
            "osgi.command.function=uninstall",
            "osgi.command.function=audit"
        })
public final class Upkeep {
    private static final Pattern SHIPPED = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final int LISTED = 20;
    private static final int PATIENCE_SECONDS = 90;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Deployments deployments;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit log;

    @Reference CommandLine program;

    /** The files of the deploy folder.
     * @return a table */
    @Descriptor("the files of the deploy folder, and what became of each")
    public String deployed() {
        Deployments folder = deployments;
        if (folder == null) {
            return Words.missing("the deploy room");
        }
        Table table = new Table("FILE", "VERSION", "SKILLS", "STATE", "PREVIOUS", "REASON");
        for (Deployment each : folder.list()) {
            table.row(
                    each.file(),
                    each.version(),
                    String.join(" ", each.skills()),
                    each.state().wireName(),
                    String.join(" ", each.previous()),
                    each.reason());
        }
        return table.isEmpty() ? "the deploy folder is empty" : table.toString();
    }

    /** Puts a file into the deploy folder.
     * @param file a path on this host's machine
     * @return what became of it
     * @throws IOException if it cannot be read or stored
     * @throws InterruptedException if the session is closed meanwhile */
    @Descriptor(
            "puts a jar or a zip of jars of this machine, or a skill that ships with Weft, into the deploy folder: FILE or ID")
    public String deploy(String file, String... more) throws IOException, InterruptedException {
        Deployments folder = deployments;
        if (CommandTable.isBeyond("deploy", Words.all(file, more))) {
            return program.ask("deploy", Words.all(file, more));
        }
        if (more.length > 0) {
            throw new IllegalArgumentException("usage: weft:deploy FILE|ID, one at a time");
        }
        if (folder == null) {
            return Words.missing("the deploy room");
        }
        Path given = Path.of(file).toAbsolutePath();
        Path jar =
                !Files.exists(given) && SHIPPED.matcher(file).matches()
                        ? program.home().resolve("skills").resolve(file + ".jar")
                        : given;
        if (!Files.isRegularFile(jar)) {
            throw new NoSuchElementException(
                    "there is no file "
                            + given
                            + " on this machine, and no such skill ships with Weft");
        }
        try (InputStream in = Files.newInputStream(jar)) {
            String name = jar.getFileName().toString();
            return outcome("skill.install", name, folder.put(name, in));
        }
    }

    /** Goes back to the last good version, or to a version.
     * @param skill its id
     * @param words nothing, or one of the versions that weft:deployed shows, also as {@code --to VERSION}
     * @return what runs now
     * @throws InterruptedException if the session is closed meanwhile */
    @Descriptor("goes back to the last good version of a skill, or to VERSION: SKILL [VERSION]")
    public String rollback(String skill, String... words) throws InterruptedException {
        Deployments folder = deployments;
        if (CommandTable.isBeyond("rollback", Words.all(skill, words), "--to")) {
            return program.ask("rollback", Words.all(skill, words));
        }
        List<String> to = List.of(words);
        if (to.size() == 2 && to.get(0).equals("--to")) {
            to = to.subList(1, 2);
        }
        if (to.size() > 1) {
            throw new IllegalArgumentException("usage: weft:rollback SKILL [VERSION]");
        }
        return folder == null
                ? Words.missing("the deploy room")
                : outcome(
                        "skill.rollback",
                        skill,
                        folder.rollback(skill, to.isEmpty() ? "" : to.get(0)));
    }

    /** Tries a refused file again.
     * @param skill its id, or the name of the file
     * @return what became of it
     * @throws InterruptedException if the session is closed meanwhile */
    @Descriptor("tries a refused or quarantined file once more: SKILL or FILE")
    public String retry(String skill) throws InterruptedException {
        Deployments folder = deployments;
        return folder == null
                ? Words.missing("the deploy room")
                : outcome("skill.retry", skill, folder.retry(skill));
    }

    /** Takes a skill away.
     * @param skill its id
     * @return that it is gone
     * @throws IOException if its file cannot be deleted */
    @Descriptor("takes a skill out of the deploy folder: SKILL")
    public String uninstall(String skill) throws IOException {
        Deployments folder = deployments;
        if (folder == null) {
            return Words.missing("the deploy room");
        }
        if (!folder.remove(skill)) {
            throw new NoSuchElementException(
                    "no file of the deploy folder offers \"" + skill + "\"; see weft:deployed");
        }
        ShellAudit.record(log, "skill.remove", skill);
        return skill + " is taken out of the deploy folder";
    }

    /** The newest records of the audit log.
     * @return a table
     * @throws IOException if it cannot be read */
    @Descriptor("the newest records of the audit log")
    public String audit() throws IOException {
        Audit records = log;
        if (records == null) {
            return Words.missing("the audit log");
        }
        Table table = new Table("SEQ", "AT", "WHO", "WHAT", "TARGET", "OUTCOME");
        for (Audit.Record each : records.latest(LISTED)) {
            table.row(
                    each.seq(), each.at(), each.who(), each.what(), each.target(), each.outcome());
        }
        return table.isEmpty() ? "no records" : table.toString();
    }

    /** Checks the audit log, or shows it in another form.
     * @param words {@code verify}, or options of the command line
     * @return that it is whole
     * @throws IOException if it cannot be read */
    @Descriptor(
            "audit verify checks that no record was changed, removed or inserted; --limit N shows as many, --json as JSON")
    public String audit(String... words) throws IOException {
        Audit records = log;
        if (words.length == 0) {
            return audit();
        }
        if (CommandTable.isBeyond("audit", words)) {
            return program.ask("audit", words);
        }
        if (words.length > 1 || !words[0].equals("verify")) {
            throw new IllegalArgumentException("usage: weft:audit [verify | --limit N] [--json]");
        }
        if (records == null) {
            return Words.missing("the audit log");
        }
        Audit.Verification found = records.verify();
        if (!found.ok()) {
            throw new IllegalStateException(
                    "the audit log is broken at record "
                            + found.broken()
                            + " ("
                            + found.reason()
                            + ")");
        }
        return String.format(
                Locale.ROOT,
                "the chain is whole: %d records, %d to %d",
                found.records(),
                found.first(),
                found.last());
    }

    private String outcome(String what, String skill, CompletableFuture<Deployment> change)
            throws InterruptedException {
        try {
            Deployment now = change.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            ShellAudit.record(log, what, skill);
            return String.format(
                    Locale.ROOT,
                    "%s %s is %s%s",
                    now.file(),
                    now.version(),
                    now.state().wireName(),
                    now.reason().isEmpty() ? "" : ": " + Table.printable(now.reason()));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "no outcome within " + PATIENCE_SECONDS + " s; weft:deployed shows it later",
                    e);
        }
    }
}
