package dev.weft.registry;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.Sockets;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks that wait, in the database; memory only knows how many, so that a heartbeat with no work waiting asks no database. */
@Component(
        service = {Inbox.class, TaskInbox.class},
        configurationPid = "dev.weft.registry")
public final class TaskInbox implements Inbox, Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(TaskInbox.class);
    private static final String TOPIC = "registry.inbox";
    private static final Set<String> STATES =
            Set.of(TaskTable.PENDING, TaskTable.ASSIGNED, TaskTable.COMPLETED, TaskTable.FAILED);
    private final TaskTable table;
    private final Directory directory;
    private final InstantSource clock;
    private final long retention;
    private final int capacity;
    private final long lease;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger assigned = new AtomicInteger();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong stored = new AtomicLong();
    private final Cluster cluster;
    private final InboxTimes times;
    private final Cluster.Subscription waiting;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Sockets sockets;

    /** Opens the inbox.
     * @param database where tasks are kept
     * @param directory knows who could take a task
     * @param cluster the other hosts of this registry
     * @param times hears how long tasks take
     * @param config retention, capacity and lease */
    @Activate
    public TaskInbox(
            @Reference RegistryDatabase database,
            @Reference Directory directory,
            @Reference Cluster cluster,
            @Reference InboxTimes times,
            RegistryConfig config) {
        this(
                database,
                directory,
                cluster,
                times,
                Duration.ofHours(Math.max(1, config.task__retention__hours())),
                config.max__tasks(),
                Duration.ofSeconds(Math.max(1, config.lease__seconds())),
                InstantSource.system());
    }

    TaskInbox(
            RegistryDatabase database,
            Directory directory,
            Cluster cluster,
            InboxTimes times,
            Duration retention,
            int capacity,
            Duration lease,
            InstantSource clock) {
        this.table = new TaskTable(database);
        this.directory = directory;
        this.retention = retention.toMillis();
        this.capacity = capacity;
        this.lease = lease.toMillis();
        this.clock = clock;
        this.cluster = cluster;
        this.times = times;
        count();
        this.waiting = cluster.subscribe(TOPIC, (from, id) -> counted());
    }

    /** Stops listening to the other hosts. */
    @Deactivate
    public void close() {
        waiting.close();
    }

    /** A task waits that another host stored: whoever asks here for work must find it. */
    private void counted() {
        begun.incrementAndGet();
        pending.incrementAndGet();
        stored.incrementAndGet();
    }

    /** Counts anew, unless a task is just being stored: the count might miss it, and then nobody would fetch it. */
    private void count() {
        long before = begun.get();
        int waiting = table.count(TaskTable.PENDING);
        assigned.set(table.count(TaskTable.ASSIGNED));
        if (stored.get() == before && begun.get() == before) {
            pending.set(waiting);
        }
    }

    @Override
    public Entry submit(Submission submission) {
        String skill = text(submission.skill());
        String target = addressee(text(submission.target()));
        String source = SubmissionRules.storable(text(submission.source()));
        SubmissionRules.check(skill, target, source, submission.ttl());
        String payload =
                SubmissionRules.storable(
                        Wire.write(
                                submission.payload() == null
                                        ? Wire.object()
                                        : submission.payload()));
        SubmissionRules.bounded("payload", payload);
        if (pending.get() + assigned.get() >= capacity) {
            throw new ProtocolException(
                    "inbox_full",
                    "the inbox holds " + capacity + " unfinished tasks already; try again later");
        }
        long begin = System.nanoTime();
        long now = clock.millis();
        Entry task =
                new Entry(
                        Secrets.hex(12),
                        skill,
                        target,
                        source,
                        "",
                        Wire.tree(payload),
                        TaskTable.PENDING,
                        "",
                        "",
                        now / 1000.0,
                        now / 1000.0,
                        submission.ttl(),
                        SubmissionRules.traceparent(submission.traceparent()),
                        SubmissionRules.requestId(submission.requestId()));
        begun.incrementAndGet();
        pending.incrementAndGet();
        try {
            table.insert(task, payload, now);
        } finally {
            stored.incrementAndGet();
        }
        if (wake(task)) {
            times.pushed((System.nanoTime() - begin) / 1e9);
        }
        return task;
    }

    /** People name agents by their names, which are one agent's each; who is not known, or called like another's id, is left as it is. */
    private String addressee(String target) {
        return AgentId.isValid(target) && directory.find(new AgentId(target)).isEmpty()
                ? directory.called(target).map(AgentId::value).orElse(target)
                : target;
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    /** Tells whoever may take the task that it is here; without it, the next heartbeat finds it.
     * @return whether somebody was told */
    private boolean wake(Entry task) {
        cluster.publish(TOPIC, task.id());
        Sockets open = sockets;
        if (open == null) {
            return false;
        }
        Optional<AgentId> who =
                task.target().isEmpty() ? someone(task) : Optional.of(new AgentId(task.target()));
        return who.filter(id -> open.send(id, news(task, id))).isPresent();
    }

    private static SignalMessage news(Entry task, AgentId to) {
        var payload = Wire.object();
        payload.putArray("tasks").add(task.id());
        return new SignalMessage(
                SignalMessage.TASKS_WAITING, SignalMessage.REGISTRY, to.value(), payload);
    }

    private Optional<AgentId> someone(Entry task) {
        AgentId caller =
                AgentId.isValid(task.source())
                        ? new AgentId(task.source())
                        : null; // nobody is left out
        return directory.route(task.skill(), caller).map(agent -> agent.card().agentId());
    }

    @Override
    public Optional<Entry> find(String id) {
        return SubmissionRules.isTask(id) ? table.find(id, clock.millis()) : Optional.empty();
    }

    @Override
    public List<Entry> list(int limit) {
        return table.newest(Math.max(0, Math.min(limit, 10_000)), clock.millis());
    }

    @Override
    public List<Entry> take(AgentId agent, Collection<String> skills) {
        if (pending.get() <= 0) {
            return List.of();
        }
        long now = clock.millis();
        Set<String> ids = skills.stream().filter(SkillCard::isId).collect(Collectors.toSet());
        List<Entry> taken =
                table.waiting(agent, ids).stream()
                        .filter(id -> table.assign(id, agent, now, now + lease))
                        .flatMap(id -> table.find(id, now).stream())
                        .toList();
        pending.addAndGet(-taken.size());
        assigned.addAndGet(taken.size());
        taken.forEach(task -> times.taken(age(task, now)));
        return taken;
    }

    private static double age(Entry task, long now) {
        return now / 1000.0 - task.createdAt();
    }

    @Override
    public Optional<Entry> update(
            String id, AgentId by, String state, String result, String error) {
        if (!STATES.contains(text(state))) {
            throw new ProtocolException(
                    "bad_state",
                    "state must be assigned, completed or failed, got " + Wire.quote(state));
        }
        SubmissionRules.bounded("result", text(result));
        SubmissionRules.bounded("error", text(error));
        String storedResult = SubmissionRules.storable(text(result));
        String storedError = SubmissionRules.storable(text(error));
        long now = clock.millis();
        Optional<Entry> before = find(id);
        before.ifPresent(task -> apply(task, by, state, storedResult, storedError, now));
        return before.isEmpty() ? before : find(id);
    }

    private void apply(
            Entry task, AgentId by, String state, String result, String error, long now) {
        String owner = task.assigned().isEmpty() ? task.target() : task.assigned();
        if (!owner.isEmpty() && !owner.equals(by.value())) {
            throw new ProtocolException(
                    "not_yours", "task " + task.id() + " belongs to agent " + owner);
        }
        if (owner.isEmpty() && !table.held(task.id(), by) && !directory.offers(by, task.skill())) {
            throw new ProtocolException(
                    "not_yours",
                    "task "
                            + task.id()
                            + " is for agents that offer "
                            + Wire.quote(task.skill())
                            + ", which agent "
                            + by
                            + " does not");
        }
        if (!state.equals(TaskTable.ASSIGNED)
                && task.state().equals(state)
                && task.assigned().equals(by.value())
                && task.result().equals(result)
                && task.error().equals(error)) {
            return; // the answer to the first report was lost
        }
        boolean changed =
                switch (state) {
                    case TaskTable.ASSIGNED ->
                            table.renew(task.id(), by, now, now + lease)
                                    || table.assign(task.id(), by, now, now + lease);
                    case TaskTable.COMPLETED, TaskTable.FAILED ->
                            table.finish(task.id(), by, state, result, error, now);
                    default -> false;
                };
        if (!changed) {
            String why = task.error().equals(TaskTable.EXPIRED) ? "past its ttl" : task.state();
            throw new ProtocolException(
                    "illegal_state",
                    "task " + task.id() + " is " + why + " and cannot become " + state);
        }
        if (!state.equals(TaskTable.ASSIGNED)) {
            times.finished(state, age(task, now));
        }
    }

    @Override
    public void sweep() {
        long now = clock.millis();
        int expired = table.expire(now);
        if (expired > 0) {
            LOG.info("{} tasks of the inbox expired", expired);
        }
        List<Entry> lapsed = table.lapse(now);
        if (!lapsed.isEmpty()) {
            LOG.info("{} tasks were taken and not reported on; they wait again", lapsed.size());
        }
        table.deleteFinished(now - retention);
        count();
        lapsed.forEach(this::wake);
    }
}
