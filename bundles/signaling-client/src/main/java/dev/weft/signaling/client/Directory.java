package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.mesh.DirectoryListener;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agents that this host knows, in memory. Changes are told in the order in which they are made. As long as no registry has told who is there,
 * agents that were known before this start are found too: a task for them can be kept meanwhile.
 */
@Component(service = {AgentDirectory.class, Directory.class})
public final class Directory implements AgentDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(Directory.class);
    private static final int MOST = 50_000;
    private static final Set<String> HEALTHS = Set.of("active", "stale", "offline");
    private final Map<AgentId, Entry> known = new ConcurrentHashMap<>();
    private final Listeners<DirectoryListener> listeners = new Listeners<>();
    private final AgentId self;
    private final CardSource cards;
    private final Events events;
    private final boolean publishes;
    private final KnownKeys keys;
    private volatile boolean listed;

    /** Starts with this host's own agent alone.
     * @param context tells the role: where the registry runs, it publishes the events itself
     * @param identity who this host is
     * @param cards this host's own card
     * @param events the journal */
    @Activate
    public Directory(
            BundleContext context,
            @Reference HostIdentity identity,
            @Reference CardSource cards,
            @Reference Events events) {
        this(
                identity.agentId(),
                cards,
                events,
                "agent".equals(context.getProperty("weft.role")),
                context.getProperty("weft.data") == null
                        ? null
                        : Path.of(context.getProperty("weft.data"), "keys", "peers"));
    }

    Directory(AgentId self, CardSource cards, Events events, boolean publishes, Path keys) {
        this.self = self;
        this.cards = cards;
        this.events = events;
        this.publishes = publishes;
        this.keys = new KnownKeys(keys);
    }

    /** A listener came.
     * @param listener got at its first call */
    @Reference(
            service = DirectoryListener.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addListener(ComponentServiceObjects<DirectoryListener> listener) {
        listeners.add(listener);
    }

    /** A listener went.
     * @param reference the one */
    public void removeListener(ServiceReference<DirectoryListener> reference) {
        listeners.remove(reference);
    }

    private KnownAgent own() {
        return new KnownAgent(cards.card(), "active", true);
    }

    @Override
    public Collection<KnownAgent> agents() {
        return Stream.concat(Stream.of(own()), known.values().stream().map(Entry::agent))
                .sorted(
                        Comparator.comparing((KnownAgent agent) -> agent.card().name())
                                .thenComparing(agent -> agent.card().agentId()))
                .toList();
    }

    @Override
    public Optional<KnownAgent> find(String idOrName) {
        if (self.value().equals(idOrName)) {
            return Optional.of(own());
        }
        Entry byId = AgentId.isValid(idOrName) ? known.get(new AgentId(idOrName)) : null;
        return byId != null
                ? Optional.of(byId.agent())
                : agents().stream()
                        .filter(agent -> agent.card().name().equals(idOrName))
                        .findFirst()
                        .or(() -> listed ? Optional.empty() : before(idOrName));
    }

    private Optional<KnownAgent> before(String idOrName) {
        return keys.find(idOrName)
                .map(
                        seen ->
                                new KnownAgent(
                                        Wire.as(
                                                Wire.object()
                                                        .put("agent_id", seen.id().value())
                                                        .put("name", seen.name())
                                                        .put("public_key", seen.key()),
                                                AgentCard.class),
                                        "offline",
                                        false));
    }

    @Override
    public void learned(AgentId id, AgentCard card) {
        if (card.agentId().equals(id)) {
            put(card, "active");
        } else {
            LOG.warn("{} sent the card of {}; ignored", id, card.agentId());
        }
    }

    /** The registry told of an agent. */
    void joined(JsonNode entry) {
        if (!entry.isObject()) {
            LOG.warn("the registry sent an agent that is no JSON object");
            return;
        }
        try {
            put(Wire.as(entry, AgentCard.class), health(entry));
        } catch (ProtocolException e) {
            LOG.warn("the registry sent an agent that cannot be read: {}", e.getMessage());
        }
    }

    private static String health(JsonNode entry) {
        String health = entry.path("health").asText("active");
        return HEALTHS.contains(health) ? health : "stale";
    }

    private synchronized void put(AgentCard told, String health) {
        AgentCard card = withKey(told, keys.of(told.agentId(), told.publicKey(), told.name()));
        if (card.agentId().equals(self)
                || (known.size() >= MOST && !known.containsKey(card.agentId()))) {
            return;
        }
        KnownAgent agent = new KnownAgent(card, health, false);
        Entry before = known.put(card.agentId(), new Entry(agent, System.nanoTime()));
        if (before == null || !before.agent().equals(agent)) {
            publish(before == null ? "agent.joined" : "agent.changed", agent);
            listeners.each(listener -> listener.changed(agent));
        }
    }

    private static AgentCard withKey(AgentCard card, String key) {
        return key.equals(card.publicKey())
                ? card
                : new AgentCard(
                        card.agentId(),
                        card.hostname(),
                        card.ip(),
                        card.port(),
                        card.sidecarPeerId(),
                        card.capabilities(),
                        card.status(),
                        card.mode(),
                        card.name(),
                        card.skills(),
                        card.labels(),
                        card.version(),
                        card.platform(),
                        key,
                        card.load());
    }

    /** This host's own card changed. */
    synchronized void ownChanged() {
        KnownAgent agent = own();
        publish("agent.changed", agent);
        listeners.each(listener -> listener.changed(agent));
    }

    private void publish(String type, KnownAgent agent) {
        if (publishes) {
            events.publish(
                    type, ((ObjectNode) Wire.node(agent.card())).put("health", agent.health()));
        }
    }

    /** The registry told that an agent is gone, or only its socket. */
    synchronized void left(AgentId id, String reason) {
        Entry before = known.get(id);
        if (before != null && "disconnected".equals(reason)) {
            put(
                    before.agent().card(),
                    "active".equals(before.agent().health()) ? "stale" : before.agent().health());
        } else if (before != null) {
            known.remove(id);
            if (publishes) {
                events.publish(
                        "agent.left",
                        Wire.object()
                                .put("agent_id", id.value())
                                .put("name", before.agent().card().name())
                                .put("reason", reason));
            }
            listeners.each(listener -> listener.removed(id));
        }
    }

    /** Takes the registry's whole list. What was heard after it was asked for is newer than the list.
     * @param asked {@link System#nanoTime()} of the question */
    synchronized void replace(List<JsonNode> entries, long asked) {
        Set<String> told = new HashSet<>();
        listed = true;
        for (JsonNode entry : entries) {
            String id = entry.path("agent_id").asText("");
            told.add(id);
            Entry before = AgentId.isValid(id) ? known.get(new AgentId(id)) : null;
            if (before == null || before.at() - asked < 0) {
                joined(entry);
            }
        }
        known.forEach(
                (id, entry) -> {
                    if (!told.contains(id.value()) && entry.at() - asked < 0) {
                        left(id, "forgotten");
                    }
                });
    }

    /** An agent and when it was heard of last. */
    private record Entry(KnownAgent agent, long at) {}
}
