package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.InboxListener;
import dev.weft.api.registry.RegistryReports;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the tasks that waited for this host at its registry, and reports how they went. */
@Component(service = InboxListener.class, immediate = true)
public final class InboxTasks implements InboxListener {
    private static final Logger LOG = LoggerFactory.getLogger(InboxTasks.class);

    /** A registry hands out again what it does not hear of for 90 s, unless it is told otherwise. */
    private static final long RENEW_SECONDS = 20;

    /** So long after its start, a host may not have all of its skills yet; well below the 90 s of the registry's lease. */
    private static final Duration STARTING = Duration.ofSeconds(30);

    private static final long LOOK_AGAIN_MILLIS = 200;

    private final TaskEngine engine;
    private final Skills skills;
    private final HostIdentity self;
    private final ScheduledExecutorService timer;
    private final LazyService<RegistryReports> reports;
    private final long started;

    /** The registry's ids of the tasks that wait for their skill to be loaded. */
    private final Set<String> early = ConcurrentHashMap.newKeySet();

    /** The registry's ids of the tasks whose end is to be reported. */
    private final Set<String> followed = ConcurrentHashMap.newKeySet();

    /** Takes the engine of this host.
     * @param context of this bundle
     * @param engine does the tasks
     * @param skills knows the parameters of tools
     * @param self stands in for a source that is no agent
     * @param timer says when to tell the registry that a task is worked on */
    @Activate
    public InboxTasks(
            BundleContext context,
            @Reference TaskEngine engine,
            @Reference Skills skills,
            @Reference HostIdentity self,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this(context, engine, skills, self, timer, System.nanoTime());
    }

    InboxTasks(
            BundleContext context,
            TaskEngine engine,
            Skills skills,
            HostIdentity self,
            ScheduledExecutorService timer,
            long started) {
        this.started = started;
        this.engine = engine;
        this.skills = skills;
        this.self = self;
        this.timer = timer;
        this.reports = new LazyService<>(context);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setReports(ServiceReference<RegistryReports> reference) {
        reports.set(reference);
    }

    void unsetReports(ServiceReference<RegistryReports> reference) {
        reports.unset(reference);
    }

    @Override
    public void received(List<Inbox.Entry> tasks) {
        tasks.forEach(this::receiveOrWait);
    }

    /** A task may come back to a host that has just restarted before the skill for it is there: that is no reason to fail it. */
    private void receiveOrWait(Inbox.Entry entry) {
        if (isHere(entry.skill()) || System.nanoTime() - started > STARTING.toNanos()) {
            early.remove(entry.id());
            receive(entry);
        } else if (early.add(entry.id())) {
            lookAgain(entry);
        }
    }

    private boolean isHere(String skill) {
        List<SkillRef> readings = SkillRef.readings(skill);
        return readings.isEmpty()
                || readings.stream().anyMatch(one -> skills.find(one.skill()).isPresent());
    }

    private void lookAgain(Inbox.Entry entry) {
        try {
            timer.schedule(
                    () -> {
                        early.remove(entry.id());
                        receiveOrWait(entry);
                    },
                    LOOK_AGAIN_MILLIS,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("task {} of the inbox stays there: this host stops", entry.id());
        }
    }

    private void receive(Inbox.Entry entry) {
        String key = "inbox/" + entry.id();
        engine.engine()
                .once(
                        key,
                        () -> incoming(entry, key),
                        found -> {
                            if (found.run() == null) {
                                report(entry.id(), found.task());
                            } else if (followed.add(entry.id())) {
                                if (!entry.requestId().isEmpty()) {
                                    found.run().step("inbox", "request " + entry.requestId());
                                }
                                follow(entry.id(), found.run());
                            }
                        });
    }

    private Incoming incoming(Inbox.Entry entry, String key) {
        double age = Math.max(0, System.currentTimeMillis() / 1000.0 - entry.createdAt());
        Duration left = Duration.ofMillis(Math.max(1, (long) ((entry.ttl() - age) * 1000)));
        boolean known = AgentId.isValid(entry.source());
        return new Incoming(
                entry.id().matches("[A-Za-z0-9._-]{1,64}") ? entry.id() : "",
                entry.skill(),
                input(entry),
                known ? new AgentId(entry.source()) : self.agentId(),
                known ? entry.source() : "",
                Spec.Origin.INBOX,
                left,
                0,
                key,
                new TaskRequest.Options(
                        true, "", false, TaskRequest.Priority.NORMAL, entry.traceparent()));
    }

    /** Keeps the registry's lease on a task that takes long, and reports its end. */
    private void follow(String id, Run run) {
        Future<?> renewal =
                timer.scheduleWithFixedDelay(
                        () ->
                                reports.get()
                                        .ifPresent(
                                                registry ->
                                                        registry.report(id, "assigned", "", "")),
                        RENEW_SECONDS,
                        RENEW_SECONDS,
                        TimeUnit.SECONDS);
        run.done()
                .whenComplete(
                        (task, failure) -> {
                            renewal.cancel(false);
                            followed.remove(id);
                            if (task != null) {
                                report(id, task);
                            }
                        });
    }

    /** Submitters that know the tool send its arguments; agents of the reference send one text. */
    private JsonNode input(Inbox.Entry entry) {
        JsonNode payload = entry.payload();
        JsonNode message = payload.path("message");
        boolean oneText =
                payload.isTextual()
                        || message.isTextual()
                                && !Arguments.takes(entry.skill(), "message", skills);
        return oneText
                ? Arguments.of(
                        payload.isTextual() ? payload.textValue() : message.textValue(),
                        entry.skill(),
                        skills)
                : payload;
    }

    private void report(String id, Task task) {
        boolean completed = task.state() == TaskState.COMPLETED;
        String result =
                !completed
                        ? ""
                        : task.result().isTextual()
                                ? task.result().textValue()
                                : task.result().toString();
        String error = completed ? "" : task.error().message();
        reports.get()
                .ifPresentOrElse(
                        registry ->
                                registry.report(
                                                id,
                                                completed ? "completed" : "failed",
                                                result,
                                                error)
                                        .whenComplete(
                                                (done, failure) -> {
                                                    if (failure != null) {
                                                        LOG.warn(
                                                                "Task {} of the inbox is {}, but the registry could not be told: {}",
                                                                id,
                                                                task.state().wireName(),
                                                                failure.getMessage());
                                                    }
                                                }),
                        () ->
                                LOG.warn(
                                        "Task {} of the inbox is {}, but there is no registry to tell",
                                        id,
                                        task.state().wireName()));
    }
}
