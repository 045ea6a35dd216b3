package dev.weft.tasks;

import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.Tasks;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
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
    }

    private final LazyService<Mesh> mesh;
    private final LazyService<AgentDirectory> directory;
    private final Engine engine;

    /** Starts the engine.
     * @param context of this bundle
     * @param config bounds
     * @param identity who this host is
     * @param skills what can be done here
     * @param events where changes are told
     * @param executor runs skills
     * @param timer watches deadlines */
    @Activate
    public TaskEngine(
            BundleContext context,
            Config config,
            @Reference HostIdentity identity,
            @Reference Skills skills,
            @Reference Events events,
            @Reference(target = "(weft.executor=blocking)") ExecutorService executor,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        mesh = new LazyService<>(context);
        directory = new LazyService<>(context);
        Clock clock = Clock.systemUTC();
        LocalHost here = new LocalHost(skills, executor, clock, Math.max(1, config.max_running()));
        TaskTable table =
                new TaskTable(
                        Math.max(1, config.history()), Math.max(1L, config.history_mib()) << 20);
        engine =
                new Engine(
                        identity,
                        new Chooser(identity, skills, directory::get, mesh::get),
                        here,
                        mesh::get,
                        table,
                        events,
                        executor,
                        timer,
                        clock);
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
    public Optional<Task> find(String id) {
        return engine.table().find(id);
    }

    @Override
    public List<Task> list(int limit) {
        return engine.table().newest(limit);
    }

    @Override
    public Optional<TaskHandle> running(String id) {
        return engine.table().running(id).map(TaskHandle.class::cast);
    }

    @Override
    public boolean cancel(String id) {
        return engine.cancel(id, "canceled by request");
    }

    @Override
    public double load() {
        return engine.load();
    }
}
