package dev.weft.shell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The shell's commands of scope {@code weft}. The rooms they ask are optional, since a shell is wanted most when something
 * is missing: what is not there is said in words.
 */
@Component(
        service = Commands.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=skills",
            "osgi.command.function=call",
            "osgi.command.function=tasks"
        })
public final class Commands {
    private static final int LISTED = 20;
    private static final Duration LONGEST = Duration.ofMinutes(65);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final TaskRequest.Options LATER =
            new TaskRequest.Options(true, "", true, TaskRequest.Priority.NORMAL, "");

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile AgentDirectory directory;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Skills skills;

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

    /** Some skills, or in another form.
     * @param words options of the command line
     * @return what it prints */
    @Descriptor(
            "the skills that have QUERY in id, title or host, or those of the repositories, as the command line has them: [QUERY] [--catalog] [--json]")
    public String skills(String... words) {
        return program.ask("skills", words);
    }

    /** One task with its trace, or all in another form.
     * @param words options of the command line
     * @return what it prints */
    @Descriptor("one task and all of its trace on all hosts, or the tasks as JSON: [ID] [--json]")
    public String tasks(String... words) {
        return program.ask("tasks", words);
    }

    /** The skills of this host and, as far as they are known, of the others.
     * @return a table */
    @Descriptor("the skills of this host and of its peers, with their tools")
    public String skills() {
        Skills local = skills;
        AgentDirectory known = directory;
        if (local == null && known == null) {
            return Words.missing("the skill runtime");
        }
        Table table = new Table("SKILL", "VERSION", "HOST", "TOOLS", "TITLE");
        if (local != null) {
            local.installed().forEach(skill -> row(table, skill, "here"));
        }
        for (KnownAgent agent : known == null ? List.<KnownAgent>of() : known.agents()) {
            if (!agent.local() || local == null) {
                agent.card()
                        .skills()
                        .forEach(
                                skill ->
                                        row(
                                                table,
                                                skill,
                                                agent.local() ? "here" : agent.card().name()));
            }
        }
        return table.isEmpty() ? "no skills" : table.toString();
    }

    private static void row(Table table, SkillCard skill, String host) {
        table.row(
                skill.id(),
                skill.version(),
                host,
                skill.tools().stream()
                        .map(SkillCard.ToolCard::name)
                        .collect(Collectors.joining(" ")),
                skill.title());
    }

    /** The newest tasks of this host.
     * @return a table */
    @Descriptor("the newest tasks of this host")
    public String tasks() {
        Tasks engine = tasks;
        if (engine == null) {
            return Words.missing("the task engine");
        }
        Table table = new Table("ID", "SKILL", "TARGET", "STATE", "PATH", "AGE", "ERROR");
        for (Task task : engine.list(LISTED)) {
            String call =
                    task.tool() == null || task.tool().isEmpty()
                            ? task.skill()
                            : task.skill() + "." + task.tool();
            table.row(
                    task.id(),
                    call,
                    task.target() == null ? "" : task.target().value(),
                    task.state().wireName(),
                    task.path() == null ? "" : task.path(),
                    task.created() == null ? "" : Words.age(task.created()),
                    task.error() == null ? "" : task.error().code());
        }
        return table.isEmpty() ? "no tasks" : table.toString();
    }

    /** Runs one skill as a task and waits for its end; with {@code --later} it is kept on disk until then, and nobody waits.
     * @param session where pieces of the result are shown as they come
     * @param words see {@link CallLine}
     * @return the result, or why there is none */
    @Descriptor(
            "runs one skill: SKILL[.TOOL] [key=value... | 'JSON object'] [--agent A] [--timeout SECONDS] [--later]; as the command line with --input JSON, --once KEY, --priority P, --stream or --json")
    public String call(CommandSession session, String... words) {
        Tasks engine = tasks;
        HostIdentity host = identity;
        if (engine == null || host == null) {
            return Words.missing(engine == null ? "the task engine" : "the identity");
        }
        if (CommandTable.isBeyond("call", words, "--agent", "--timeout", "--later")) {
            program.follow(session.getConsole(), LONGEST, "call", List.of(words));
            return "";
        }
        CallLine line = CallLine.parse(List.of(words));
        TaskHandle handle =
                engine.submit(
                        new TaskRequest(
                                line.skill(),
                                line.input(schema(line)),
                                line.agent(),
                                host.agentId(),
                                line.timeout(),
                                0,
                                line.later() ? LATER : TaskRequest.Options.IN_MEMORY));
        if (line.later()) {
            Task task = handle.task();
            return task.state().isFinal()
                    ? describe(task)
                    : "task " + task.id() + " is accepted; weft:task " + task.id() + " shows it";
        }
        handle.onChunk(
                text -> {
                    session.getConsole().print(text);
                    session.getConsole().flush();
                });
        try {
            return describe(
                    handle.done()
                            .get(line.timeout().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            engine.cancel(handle.task().id());
            Thread.currentThread().interrupt();
            return "interrupted; the task is canceled";
        } catch (ExecutionException | TimeoutException e) {
            engine.cancel(handle.task().id());
            return "no end within " + line.timeout().toSeconds() + " s; the task is canceled";
        }
    }

    private JsonNode schema(CallLine line) {
        int dot = line.skill().lastIndexOf('.');
        Skills local = skills;
        AgentDirectory known = directory;
        return Stream.concat(
                        local == null ? Stream.empty() : local.installed().stream(),
                        known == null
                                ? Stream.empty()
                                : known.agents().stream()
                                        .flatMap(agent -> agent.card().skills().stream()))
                .flatMap(
                        skill ->
                                skill.id().equals(line.skill()) && skill.tools().size() == 1
                                        ? skill.tools().stream()
                                        : dot > 0
                                                        && skill.id()
                                                                .equals(
                                                                        line.skill()
                                                                                .substring(0, dot))
                                                ? skill
                                                        .tool(line.skill().substring(dot + 1))
                                                        .stream()
                                                : Stream.empty())
                .map(SkillCard.ToolCard::schema)
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    static String describe(Task task) {
        if (task.state() == TaskState.COMPLETED) {
            JsonNode result = task.result();
            return result == null
                    ? "done"
                    : result.isTextual() ? result.asText() : Wire.write((Object) result);
        }
        return task.state().wireName()
                + (task.error() == null
                        ? ""
                        : " (" + task.error().code() + "): " + task.error().message());
    }
}
