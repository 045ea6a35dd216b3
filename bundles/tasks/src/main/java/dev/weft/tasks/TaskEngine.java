package dev.weft.tasks;

import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskAnswer;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskStep;
import dev.weft.api.task.Tasks;
import dev.weft.api.task.Trace;
import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The task engine as a component: gets what it needs from the framework, and leaves the work to {@link Engine}. */
@Component(
        service = {Tasks.class, TaskEngine.class},
        immediate = true,
        configurationPid = "dev.weft.tasks")
@Designate(ocd = TaskEngine.Config.class)
public final class TaskEngine implements Tasks {
    /** Configuration. */
    @ObjectClassDefinition(name = "Weft tasks", description = "The task engine")
    public @interface Config {
        /** Bound on running tasks.
         * @return tasks that this host runs at once, without those that other tasks wait for */
        @AttributeDefinition(
                description =
                        "Tasks that this host runs at once, without those that other tasks wait for")
        int max_running() default 128;

        /** Bound on the history by number.
         * @return finished tasks that are kept */
        @AttributeDefinition(description = "Finished tasks that are kept")
        int history() default 2000;

        /** Bound on the history by size.
         * @return MiB that finished tasks may take */
        @AttributeDefinition(
                description =
                        "MiB of memory that the inputs and results of finished tasks may take")
        int history_mib() default 16;

        /** Bound on waiting tasks.
         * @return tasks that wait for their turn at once */
        @AttributeDefinition(description = "Tasks that wait for their turn at once")
        int max_waiting() default 4096;

        /** Bound on waiting tasks by size.
         * @return MiB that their arguments may take */
        @AttributeDefinition(description = "MiB that the arguments of waiting tasks may take")
        int max_waiting_mib() default 64;

        /** Bound for one peer.
         * @return tasks of one agent that run here at once */
        @AttributeDefinition(description = "Tasks of one agent that run here at once")
        int max_per_source() default 96;

        /** Bounds for skills.
         * @return each {@code skill=n}: so many tasks of the skill run here at once */
        @AttributeDefinition(description = "Tasks of a skill that run here at once: skill=n")
        String[] max_per_skill() default {};

        /** Bound on calls that wait for people.
         * @return running calls, each with its thread */
        @AttributeDefinition(description = "Running calls that wait for a person's answer at once")
        int max_asking() default 32;

        /** How long a durable task waits for its skill after a start.
         * @return seconds from the start of the host */
        @AttributeDefinition(
                description = "Seconds after the start in which skills may still come up")
        int skills_wait() default 30;

        /** Who may call what.
         * @return each {@code skill[.tool]=agent,agent}; see the README */
        @AttributeDefinition(description = "Who may call what: SKILL[.TOOL]=AGENT,AGENT")
        String[] permissions() default {};

        /** Bound on outcomes on disk by number.
         * @return outcomes of durable tasks that are kept for when a task comes again */
        @AttributeDefinition(description = "Outcomes of durable tasks that are kept")
        int outcomes() default 20000;

        /** Bound on outcomes on disk by size.
         * @return MiB that they may take */
        @AttributeDefinition(description = "MiB that the outcomes of durable tasks may take")
        int outcomes_mib() default 32;
    }

    private final LazyService<Mesh> mesh;
    private final LazyService<AgentDirectory> directory;
    private final Engine engine;
    private final People people;
    private final LocalHost here;
    private final TraceBook traces;

    /** Starts the engine.
     * @param context of this bundle
     * @param config bounds
     * @param identity who this host is
     * @param skills what can be done here
     * @param events where changes are told
     * @param executor runs skills
     * @param timer watches deadlines
     * @throws IOException if the journal of durable tasks cannot be opened
     * @throws IllegalArgumentException if a permission or a bound is malformed */
    @Activate
    public TaskEngine(
            BundleContext context,
            Config config,
            @Reference HostIdentity identity,
            @Reference Skills skills,
            @Reference Events events,
            @Reference(target = "(weft.executor=blocking)") ExecutorService executor,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer)
            throws IOException {
        mesh = new LazyService<>(context);
        directory = new LazyService<>(context);
        Clock clock = Clock.systemUTC();
        Chooser chooser = new Chooser(identity, skills, directory::get, mesh::get);
        here =
                new LocalHost(
                        skills,
                        new Access(config.permissions()),
                        chooser::name,
                        new Room(bounds(config)),
                        Math.max(1, config.max_asking()),
                        Duration.ofSeconds(Math.max(0, config.skills_wait())),
                        executor,
                        timer);
        TaskTable table =
                new TaskTable(
                        Math.max(1, config.history()), Math.max(1L, config.history_mib()) << 20);
        Ledger ledger =
                new Ledger(
                        Path.of(context.getProperty("weft.data"), "tasks", "journal.log"),
                        executor,
                        timer,
                        clock,
                        Math.max(1, config.outcomes()),
                        Math.max(1L, config.outcomes_mib()) << 20);
        Runs runs =
                new Runs(identity, table, ledger, new EventTeller(events), executor, timer, clock);
        RemoteHost there = new RemoteHost(mesh::get, executor, timer);
        engine = new Engine(identity, chooser, here, there, runs);
        people = new People(runs, here, there);
        traces = new TraceBook(identity.agentId(), table, mesh::get, executor, clock);
        engine.recover(ledger.unfinished());
    }

    private static Room.Bounds bounds(Config config) {
        Map<String, Integer> perSkill = new HashMap<>();
        for (String line : config.max_per_skill()) {
            int equals = line.indexOf('=');
            if (equals < 1 || !line.substring(equals + 1).matches("[1-9][0-9]{0,5}")) {
                throw new IllegalArgumentException(
                        "max.per.skill: \"" + line + "\" is not SKILL=NUMBER");
            }
            perSkill.put(line.substring(0, equals), Integer.valueOf(line.substring(equals + 1)));
        }
        return new Room.Bounds(
                Math.max(1, config.max_running()),
                Math.max(1, config.max_per_source()),
                Map.copyOf(perSkill),
                Math.max(0, config.max_waiting()),
                Math.max(1L, config.max_waiting_mib()) << 20);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setMesh(ServiceReference<Mesh> reference) {
        mesh.set(reference);
    }

    void unsetMesh(ServiceReference<Mesh> reference) {
        mesh.unset(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setDirectory(ServiceReference<AgentDirectory> reference) {
        directory.set(reference);
    }

    void unsetDirectory(ServiceReference<AgentDirectory> reference) {
        directory.unset(reference);
    }

    /** Cancels what is still on its way. */
    @Deactivate
    public void stop() {
        engine.stop();
    }

    Engine engine() {
        return engine;
    }

    @Override
    public TaskHandle submit(TaskRequest request) {
        return engine.submit(request);
    }

    @Override
    public Task call(TaskRequest request, Consumer<TaskHandle> accepted) {
        return engine.call(request, accepted);
    }

    @Override
    public Optional<Task> find(String id) {
        return engine.runs().find(id);
    }

    @Override
    public List<Task> list(int limit) {
        return engine.runs().table().newest(limit);
    }

    @Override
    public Optional<TaskHandle> running(String id) {
        return engine.runs().table().running(id).map(TaskHandle.class::cast);
    }

    @Override
    public boolean cancel(String id) {
        return engine.cancel(id, "canceled by request");
    }

    @Override
    public Task answer(String id, TaskAnswer answer) {
        return people.answer(id, answer);
    }

    @Override
    public List<TaskStep> trace(String id) {
        return engine.runs().table().timeline(id).map(Timeline::steps).orElse(List.of());
    }

    @Override
    public Trace.Part part(String traceparent, AgentId peer, boolean given) {
        return traces.part(traceparent, peer, given);
    }

    @Override
    public CompletableFuture<Trace> gather(String trace, Duration patience) {
        return traces.gather(trace, patience);
    }

    TraceBook traces() {
        return traces;
    }

    Room room() {
        return here.room();
    }

    @Override
    public double load() {
        return engine.load();
    }
}
