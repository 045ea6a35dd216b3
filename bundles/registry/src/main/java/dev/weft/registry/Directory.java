package dev.weft.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.cluster.Cluster;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.AgentRecord.Health;
import dev.weft.api.registry.Registry;
import dev.weft.api.registry.RouteRequest;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The agents of the mesh. Answered from memory, so a heartbeat costs no database call most of the time; {@link AgentKeeper} writes it
 * down, and {@link Replica} keeps it the same at every host of this registry.
 */
@Component(
        service = {Registry.class, Directory.class, HealthCheck.class},
        configurationPid = "dev.weft.registry")
public final class Directory implements Registry, Sweep, HealthCheck {
    private static final int MAX_AGENTS = 20_000;
    private final Members members;
    private final Announcer announcer;
    private final InstantSource clock;
    private final Duration retention;
    private final HealthTimes times;
    private final AgentIndex agents = new AgentIndex();
    private final Set<AgentId> connected = ConcurrentHashMap.newKeySet();
    private final ReentrantLock changing = new ReentrantLock();
    private final AgentKeeper keeper;
    private final Replica replica;
    private final Names names;

    /** Loads the directory.
     * @param database where it is kept
     * @param members who belongs to the mesh
     * @param announcer tells of changes
     * @param cluster the other hosts of this registry
     * @param config when agents are stale and offline, and how long they are remembered */
    @Activate
    public Directory(
            @Reference RegistryDatabase database,
            @Reference Members members,
            @Reference Announcer announcer,
            @Reference Cluster cluster,
            RegistryConfig config) {
        this(
                database,
                members,
                announcer,
                cluster,
                Duration.ofHours(Math.max(1, config.agent__retention__hours())),
                HealthTimes.of(config),
                InstantSource.system());
    }

    Directory(
            RegistryDatabase database,
            Members members,
            Announcer announcer,
            Cluster cluster,
            Duration retention,
            HealthTimes times,
            InstantSource clock) {
        this.members = members;
        this.announcer = announcer;
        this.retention = retention;
        this.times = times;
        this.clock = clock;
        this.names =
                new Names(
                        agents::named,
                        members,
                        agent -> times.health(agent.age(now())) == Health.OFFLINE);
        AgentTable table = new AgentTable(database);
        this.keeper = new AgentKeeper(table, agents);
        Instant now = now();
        table.load().forEach(agent -> agents.put(agent.told(now, times)));
        this.replica = new Replica(this, table, cluster);
    }

    /** Writes down what is not in the database yet. Who still registers meanwhile is remembered no more. */
    @Deactivate
    public void close() {
        replica.close();
        keeper.close();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public AgentRecord register(AgentCard card) {
        return touch(card.agentId(), before -> card);
    }

    @Override
    public AgentRecord heartbeat(AgentId id, JsonNode changes) {
        return touch(id, before -> CardChanges.apply(id, before, changes));
    }

    private AgentRecord touch(AgentId id, UnaryOperator<AgentCard> change) {
        Instant now = now();
        Presence next;
        boolean save;
        changing.lock();
        try {
            members.refuseRevoked(id);
            Presence before = agents.get(id);
            AgentCard card = members.vouch(change.apply(before == null ? null : before.card()));
            if (before == null || !card.equals(before.card())) {
                admit(card, before == null);
            }
            next =
                    before == null
                            ? new Presence(card, now, now, connected.contains(id), null, now, now)
                            : before.seen(card, now);
            save = next.wantsSaving(before == null ? null : before.card(), now);
            next = save ? next.saved(now) : next;
            boolean news = before == null || next.isNews(now, times);
            next = store(next, now, before == null);
            if (save) {
                keeper.due(id);
            }
            if (news) {
                replica.changed(next);
            } else {
                replica.heard(id, now);
            }
        } finally {
            changing.unlock();
        }
        announcer.tell();
        if (save) {
            keeper.save(id);
        }
        return next.record(now, times);
    }

    private Presence store(Presence agent, Instant now, boolean isNew) {
        boolean news = agent.isNews(now, times);
        Presence next = news ? agent.told(now, times) : agent;
        agents.put(next);
        if (isNew) {
            announcer.joined(next.record(now, times));
        } else if (news) {
            announcer.changed(next.record(now, times));
        }
        return next;
    }

    private void admit(AgentCard card, boolean isNew) {
        CardChanges.checkSize(card);
        names.check(card);
        takeName(names.rivals(card.name(), card.agentId()));
        if (isNew && agents.size() >= MAX_AGENTS) {
            throw new ProtocolException(
                    "registry_full",
                    "this registry lists "
                            + MAX_AGENTS
                            + " agents already; remove some that are offline");
        }
    }

    private void takeName(List<Presence> rivals) {
        rivals.forEach(rival -> forget(rival.card().agentId(), "its name was taken over"));
    }

    /** Whose names are. */
    Names names() {
        return names;
    }

    @Override
    public boolean remove(AgentId id) {
        return forget(id, "removed");
    }

    /** Forgets an agent.
     * @param id who
     * @param reason a few words
     * @return false if it was unknown */
    boolean forget(AgentId id, String reason) {
        Presence gone;
        changing.lock();
        try {
            gone = agents.remove(id);
            if (gone != null) {
                keeper.due(id);
                announcer.left(id, gone.card().name(), reason);
                replica.gone(id, now(), reason);
            }
        } finally {
            changing.unlock();
        }
        if (gone != null) {
            tellUnlessChanging();
            keeper.save(id);
        }
        return gone != null;
    }

    /** Takes over what another host of this registry, or the database, knows of an agent. */
    void adopt(Presence theirs) {
        Instant now = now();
        AgentId id = theirs.card().agentId();
        changing.lock();
        try {
            Presence mine = agents.get(id);
            if (mine == null) {
                List<Presence> rivals = names.rivals(theirs.card().name(), id);
                if (!names.wins(theirs, rivals)) {
                    return;
                }
                takeName(rivals);
            }
            Presence next =
                    mine == null ? theirs.connected(connected.contains(id)) : mine.merged(theirs);
            store(next, now, mine == null);
        } finally {
            changing.unlock();
        }
        announcer.tell();
    }

    /** Another host heard of an agent. */
    void heard(AgentId id, Instant when) {
        changing.lock();
        try {
            Presence agent = agents.get(id);
            if (agent != null) {
                store(agent.heard(when), now(), false);
            }
        } finally {
            changing.unlock();
        }
    }

    /** Another host forgot an agent, and took it out of the database. */
    void drop(AgentId id, String reason) {
        changing.lock();
        try {
            Presence gone = agents.remove(id);
            if (gone != null) {
                announcer.left(id, gone.card().name(), reason);
            }
        } finally {
            changing.unlock();
        }
        tellUnlessChanging();
    }

    /** An agent as this host knows it; null if it does not. */
    Presence presence(AgentId id) {
        return agents.get(id);
    }

    /** All agents as this host knows them. */
    Collection<Presence> presences() {
        return agents.values();
    }

    /** Whether an agent that is not in the database is of the past: it is neither about to be written nor active. */
    boolean isPast(Presence agent) {
        return !keeper.isUnsaved(agent.card().agentId())
                && times.health(agent.age(now())) != Health.ACTIVE;
    }

    private void tellUnlessChanging() {
        if (!changing.isHeldByCurrentThread()) {
            announcer.tell(); // else the caller tells, once it has let go of the lock
        }
    }

    @Override
    public List<AgentRecord> list() {
        Instant now = now();
        return agents.values().stream()
                .map(agent -> agent.record(now, times))
                .sorted(Comparator.comparing(agent -> agent.card().name()))
                .toList();
    }

    @Override
    public Optional<AgentRecord> find(AgentId id) {
        return Optional.ofNullable(agents.get(id)).map(agent -> agent.record(now(), times));
    }

    /** The agent that has a name; of several, which only those of the reference can be, the one heard of last. */
    Optional<AgentId> called(String name) {
        Instant now = now();
        return agents.named(name)
                .min(Comparator.comparing(agent -> agent.age(now)))
                .map(agent -> agent.card().agentId());
    }

    @Override
    public Optional<AgentRecord> route(String skill, AgentId caller) {
        Instant now = now();
        RouteRequest request = new RouteRequest(skill, Map.of(), Optional.ofNullable(caller), 0);
        return Routing.best(able(request, now)).map(agent -> agent.record(now, times));
    }

    @Override
    public Optional<AgentRecord> route(RouteRequest request) {
        Routing.checkHops(request);
        Instant now = now();
        List<Presence> able = able(request, now);
        return Routing.free(able, request).map(agent -> agent.record(now, times));
    }

    private List<Presence> able(RouteRequest request, Instant now) {
        return agents.offering(request.skill())
                .filter(agent -> request.fits(agent.card()))
                .filter(agent -> times.health(agent.age(now)) == Health.ACTIVE)
                .filter(agent -> members.isApproved(agent.card().agentId()))
                .toList();
    }

    /** Whether an agent's card lists a skill, or the skill of a tool. */
    boolean offers(AgentId id, String skill) {
        Presence agent = agents.get(id);
        return agent != null
                && new RouteRequest(skill, Map.of(), Optional.empty(), 0).fits(agent.card());
    }

    @Override
    public void connected(AgentId id, boolean open) {
        boolean changed = open ? connected.add(id) : connected.remove(id);
        if (changed) {
            retell(id);
        }
    }

    private void retell(AgentId id) {
        changing.lock();
        try {
            Presence agent = agents.get(id);
            if (agent != null) {
                store(agent.connected(connected.contains(id)), now(), false);
            }
        } finally {
            changing.unlock();
        }
        announcer.tell();
    }

    @Override
    public void sweep() {
        Instant now = now();
        for (Presence agent : agents.values()) {
            if (agent.age(now).compareTo(retention) > 0 && !agent.connected()) {
                forget(
                        agent.card().agentId(),
                        "not heard of for " + retention.toHours() + " hours");
            } else if (agent.isNews(now, times)) {
                retell(agent.card().agentId());
            }
        }
        keeper.retry();
        replica.sweep(now);
    }

    @Override
    public String name() {
        return "registry";
    }

    @Override
    public Status check() {
        return keeper.check();
    }
}
