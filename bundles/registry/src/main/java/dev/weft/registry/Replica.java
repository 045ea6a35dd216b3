package dev.weft.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the directories of the hosts that are one registry alike. A changed card goes out at once, mere signs of life together at
 * every sweep; the newer card and the later sign of life win. Every half minute, and after a broken connection, the database is read
 * for what was missed.
 */
final class Replica implements ClusterListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
    private static final String TOPIC = "registry.agent";
    private static final Duration RESYNC = Duration.ofSeconds(30);
    private static final Duration BURIED = Duration.ofMinutes(2);
    private static final int LINES = 5_000;

    private final Directory directory;
    private final AgentTable table;
    private final Cluster cluster;
    private final Map<AgentId, Instant> beats = new ConcurrentHashMap<>();
    private final Map<AgentId, Instant> graves = new ConcurrentHashMap<>();
    private final Cluster.Subscription subscription;
    private Instant due = Instant.MIN; // used by the sweep only

    Replica(Directory directory, AgentTable table, Cluster cluster) {
        this.directory = directory;
        this.table = table;
        this.cluster = cluster;
        this.subscription = cluster.subscribe(TOPIC, this);
    }

    @Override
    public void close() {
        tellBeats();
        subscription.close();
    }

    private boolean isAlone() {
        return cluster.others().isEmpty();
    }

    /** An agent registered or changed here. Called while the directory holds still, so that news leave in order. */
    void changed(Presence agent) {
        if (!isAlone()) {
            beats.remove(agent.card().agentId());
            var news =
                    Wire.object()
                            .put("registered", agent.registeredAt().toEpochMilli())
                            .put("heartbeat", agent.lastHeartbeat().toEpochMilli())
                            .put("changed", agent.changedAt().toEpochMilli());
            news.set("card", Wire.node(agent.card()));
            cluster.publish(TOPIC, "card " + Wire.write((Object) news));
        }
    }

    /** An agent gave a sign of life here. */
    void heard(AgentId id, Instant when) {
        if (cluster.isShared()) {
            beats.put(id, when);
        }
    }

    /** An agent was forgotten here. */
    void gone(AgentId id, Instant when, String reason) {
        if (cluster.isShared()) {
            beats.remove(id);
            graves.put(id, when);
            cluster.publish(TOPIC, "gone " + id + " " + when.toEpochMilli() + " " + reason);
        }
    }

    /** Tells what gathered, and reads the database now and then. */
    void sweep(Instant now) {
        if (!cluster.isShared()) {
            return;
        }
        tellBeats();
        graves.values().removeIf(when -> when.plus(BURIED).isBefore(now));
        if (!now.isBefore(due)) {
            due = now.plus(RESYNC);
            resync();
        }
    }

    private void tellBeats() {
        StringBuilder lines = new StringBuilder();
        int count = 0;
        for (Iterator<Map.Entry<AgentId, Instant>> each = beats.entrySet().iterator();
                each.hasNext(); ) {
            Map.Entry<AgentId, Instant> beat = each.next();
            each.remove();
            line(lines, beat.getKey(), beat.getValue());
            if (++count % LINES == 0 || !each.hasNext()) {
                cluster.publish(TOPIC, "beat" + lines);
                lines.setLength(0);
            }
        }
    }

    private static void line(StringBuilder lines, AgentId id, Instant when) {
        lines.append('\n').append(id).append(' ').append(when.toEpochMilli());
    }

    @Override
    public void received(String from, String text) {
        try {
            if (text.startsWith("card ")) {
                card(Wire.tree(text.substring(5)));
            } else if (text.startsWith("beat\n")) {
                text.substring(5).lines().forEach(this::beat);
            } else if (text.startsWith("gone ")) {
                leave(text.split(" ", 4));
            }
        } catch (ProtocolException | IllegalArgumentException e) {
            LOG.warn("news of an agent from host {} cannot be read: {}", from, e.getMessage());
        }
    }

    private void card(JsonNode news) {
        AgentCard card = Wire.as(news.path("card"), AgentCard.class);
        Instant heartbeat = Instant.ofEpochMilli(news.path("heartbeat").asLong());
        Instant buried = graves.get(card.agentId());
        if (buried == null || heartbeat.isAfter(buried)) {
            directory.adopt(
                    new Presence(
                            card,
                            Instant.ofEpochMilli(news.path("registered").asLong()),
                            heartbeat,
                            false,
                            null,
                            heartbeat,
                            Instant.ofEpochMilli(news.path("changed").asLong())));
        }
    }

    private void beat(String line) {
        int space = line.indexOf(' ');
        directory.heard(
                new AgentId(line.substring(0, space)),
                Instant.ofEpochMilli(Long.parseLong(line.substring(space + 1))));
    }

    /** It may have come back here while the news were on their way. */
    private void leave(String[] words) {
        AgentId id = new AgentId(words[1]);
        Instant when = Instant.ofEpochMilli(Long.parseLong(words[2]));
        Presence known = directory.presence(id);
        if (known != null && !known.lastHeartbeat().isAfter(when)) {
            graves.put(id, when);
            directory.drop(id, words[3]);
        }
    }

    /** The newcomer has the cards from the database; signs of life are written there once a minute only. */
    @Override
    public void joined(String host) {
        StringBuilder lines = new StringBuilder();
        int count = 0;
        for (Presence agent : directory.presences()) {
            line(lines, agent.card().agentId(), agent.lastHeartbeat());
            if (++count % LINES == 0) {
                cluster.send(host, TOPIC, "beat" + lines);
                lines.setLength(0);
            }
        }
        if (!lines.isEmpty()) {
            cluster.send(host, TOPIC, "beat" + lines);
        }
    }

    @Override
    public void resync() {
        Set<AgentId> stored = new HashSet<>();
        for (AgentTable.Stamp stamp : table.stamps()) {
            stored.add(stamp.id());
            Presence known = directory.presence(stamp.id());
            if (known == null || stamp.changedAt() > known.changedAt().toEpochMilli()) {
                table.load(stamp.id())
                        .filter(agent -> !isBuried(agent))
                        .ifPresent(directory::adopt);
            } else if (stamp.lastHeartbeat() > known.lastHeartbeat().toEpochMilli()) {
                directory.heard(stamp.id(), Instant.ofEpochMilli(stamp.lastHeartbeat()));
            }
        }
        directory.presences().stream()
                .filter(agent -> !stored.contains(agent.card().agentId()))
                .filter(directory::isPast)
                .forEach(agent -> directory.drop(agent.card().agentId(), "removed"));
    }

    private boolean isBuried(Presence agent) {
        Instant buried = graves.get(agent.card().agentId());
        return buried != null && !agent.lastHeartbeat().isAfter(buried);
    }
}
