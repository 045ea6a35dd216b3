package dev.weft.shell;

import dev.weft.api.audit.Audit;
import dev.weft.api.registry.Pairing;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskAnswer;
import dev.weft.api.task.TaskStep;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.Wire;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** What a person decides: hosts that want to join, tasks that ask. Each decision is audited, as by {@code shell}. */
@Component(
        service = Approvals.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=task",
            "osgi.command.function=cancel",
            "osgi.command.function=answer",
            "osgi.command.function=approvals",
            "osgi.command.function=code",
            "osgi.command.function=pairings",
            "osgi.command.function=approve",
            "osgi.command.function=reject",
            "osgi.command.function=revoke"
        })
public final class Approvals {
    private static final String BY = ShellAudit.WHO;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Tasks tasks;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Pairing pairing;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit audit;

    @Reference CommandLine program;

    /** All that waits for a person.
     * @param words as {@code weft approvals} has them
     * @return a table */
    @Descriptor(
            "all that waits for a person: hosts, calls, questions, budgets, publishers, updates; weft:pairings and weft:tasks where the host has no HTTP")
    public String approvals(String... words) {
        return program.ask("approvals", words);
    }

    /** One task.
     * @param id of the task
     * @return what it asks, what became of it, and each step on the way */
    @Descriptor("one task: what it asks, its result, and what became of it step by step")
    public String task(String id) {
        Tasks engine = tasks;
        if (engine == null) {
            return Words.missing("the task engine");
        }
        Task task = engine.find(id).orElseThrow(() -> unknownTask(id));
        StringBuilder text = new StringBuilder(Commands.describe(task));
        if (task.question() != null) {
            text.append("\nasks: ")
                    .append(Table.printable(task.question().text()))
                    .append("\narguments: ")
                    .append(Wire.write((Object) task.question().arguments()))
                    .append("\nsay: weft:approve ID, weft:reject ID, or weft:answer ID TEXT");
        }
        Table steps = new Table("AT", "AGENT", "WHAT", "NOTE");
        for (TaskStep step : engine.trace(id)) {
            steps.row(step.at(), step.agent(), step.what(), step.note());
        }
        return steps.isEmpty() ? text.toString() : text.append('\n').append(steps).toString();
    }

    /** Stops a task.
     * @param id of the task
     * @return what became of it */
    @Descriptor("stops a task, here or on the peer that does it")
    public String cancel(String id) {
        Tasks engine = tasks;
        if (engine == null) {
            return Words.missing("the task engine");
        }
        if (!engine.cancel(id)) {
            throw unknownTask(id);
        }
        ShellAudit.record(audit, "task.cancel", id);
        return "task " + id + " is canceled";
    }

    /** Answers what a task asks.
     * @param id of the task
     * @param words the answer
     * @return how the task stands */
    @Descriptor("answers what a task asks: ID TEXT")
    public String answer(String id, String... words) {
        if (words.length == 0) {
            throw new IllegalArgumentException("usage: weft:answer ID TEXT");
        }
        return tell(id, new TaskAnswer(Optional.of(String.join(" ", words)), Optional.empty(), BY));
    }

    /** A pairing code.
     * @return the code */
    @Descriptor("makes a pairing code, good once and for five minutes")
    public String code() {
        Pairing door = pairing;
        if (door == null) {
            return noRegistry();
        }
        Pairing.Code code = door.generateCode(BY);
        ShellAudit.record(audit, "pairing.code", "");
        return code.code() + " (good for " + code.expiresIn() / 60 + " minutes)";
    }

    /** A pairing code, in another form.
     * @param words options of the command line
     * @return what it prints */
    @Descriptor("the same as the command line has it: --json")
    public String code(String... words) {
        return program.ask("code", words);
    }

    /** The hosts that asked to join.
     * @return a table */
    @Descriptor("the hosts that asked to join, and how they stand")
    public String pairings() {
        Pairing door = pairing;
        if (door == null) {
            return noRegistry();
        }
        Table table = new Table("ID", "NAME", "AGENT", "STATUS", "AGE");
        for (Pairing.Entry entry : door.list(false)) {
            table.row(
                    entry.id(),
                    entry.agentName(),
                    entry.peerId() == null ? "" : entry.peerId().value(),
                    entry.status(),
                    Words.age(Instant.ofEpochSecond((long) entry.createdAt())));
        }
        return table.isEmpty() ? "nobody asked; weft:code makes a pairing code" : table.toString();
    }

    /** Lets a host in or a task run, or whatever else waits as weft:approvals shows it.
     * @param id of the task or request, or the name of the host
     * @param words options of the command line
     * @return what became of it */
    @Descriptor(
            "lets a waiting host in, or a task run, or says yes to what else weft:approvals shows: ID or NAME [--fingerprint F]")
    public String approve(String id, String... words) {
        return CommandTable.isBeyond("approve", Words.all(id, words))
                ? program.ask("approve", Words.all(id, words))
                : decide(id, true, "pairing.approve", door -> door.approve(id));
    }

    /** Turns a host away, or a task.
     * @param id of the task or request, or the name of the host
     * @return what became of it */
    @Descriptor("turns a waiting host away, or a task: ID or NAME")
    public String reject(String id) {
        return decide(id, false, "pairing.reject", door -> door.reject(id));
    }

    /** Shuts a host out.
     * @param id of the request, or name or id of the agent
     * @return what became of it */
    @Descriptor("shuts a host out again, at once: ID or NAME")
    public String revoke(String id) {
        return decide(id, null, "pairing.revoke", door -> door.revoke(id));
    }

    private String decide(
            String id,
            Boolean task,
            String what,
            Function<Pairing, Optional<Pairing.Entry>> decision) {
        Tasks engine = tasks;
        if (task != null && engine != null && engine.find(id).isPresent()) {
            return tell(id, new TaskAnswer(Optional.empty(), Optional.of(task), BY));
        }
        Pairing door = pairing;
        Pairing.Entry entry = door == null ? null : decision.apply(door).orElse(null);
        if (entry == null && Boolean.TRUE.equals(task) && program.isServed()) {
            return program.ask("approve", id); // a budget, a publisher, an update
        }
        if (door == null) {
            return noRegistry();
        }
        if (entry == null) {
            throw new NoSuchElementException(
                    "\""
                            + id
                            + "\" is neither a task here nor a host this can be said of; see weft:pairings and weft:tasks");
        }
        ShellAudit.record(audit, what, entry.agentName());
        return Table.printable(entry.agentName()) + " is " + entry.status();
    }

    private String tell(String id, TaskAnswer answer) {
        Tasks engine = tasks;
        if (engine == null) {
            return Words.missing("the task engine");
        }
        Task task = engine.answer(id, answer);
        ShellAudit.record(audit, "task.input", id);
        return "task " + id + " is " + task.state().wireName();
    }

    private static NoSuchElementException unknownTask(String id) {
        return new NoSuchElementException(
                "no task \"" + id + "\" is known or runs here; weft:tasks lists the newest");
    }

    private static String noRegistry() {
        return "this host is no registry: decide about joining where the registry runs";
    }
}
