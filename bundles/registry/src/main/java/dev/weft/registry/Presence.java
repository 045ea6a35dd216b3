package dev.weft.registry;

import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.AgentRecord.Health;
import dev.weft.protocol.AgentCard;
import java.time.Duration;
import java.time.Instant;

/**
 * An agent in memory.
 *
 * @param card what it says of itself
 * @param registeredAt first registration
 * @param lastHeartbeat last sign of life
 * @param connected whether its socket is open
 * @param told what listeners last heard
 * @param savedAt when the database last got it
 * @param changedAt when the card last changed; of two hosts' cards the newer one counts
 */
record Presence(
        AgentCard card,
        Instant registeredAt,
        Instant lastHeartbeat,
        boolean connected,
        Told told,
        Instant savedAt,
        Instant changedAt) {
    private static final Duration SAVE = Duration.ofSeconds(60);
    private static final double LOAD_STEP = 0.1;

    /** What listeners last heard of an agent; load counts in steps, or every heartbeat would be news. */
    record Told(AgentCard card, Health health, boolean connected) {}

    Duration age(Instant now) {
        return Duration.between(lastHeartbeat, now);
    }

    AgentRecord record(Instant now, HealthTimes times) {
        return new AgentRecord(
                card,
                times.health(age(now)),
                connected,
                registeredAt.toString(),
                lastHeartbeat.toString());
    }

    Presence seen(AgentCard newCard, Instant now) {
        return new Presence(
                newCard,
                registeredAt,
                now,
                connected,
                told,
                savedAt,
                newCard.equals(card) ? changedAt : now);
    }

    /** What two hosts know of one agent: the newer card, the later sign of life. */
    Presence merged(Presence other) {
        boolean newer = other.changedAt.isAfter(changedAt);
        return new Presence(
                newer ? other.card : card,
                other.registeredAt.isBefore(registeredAt) ? other.registeredAt : registeredAt,
                other.lastHeartbeat.isAfter(lastHeartbeat) ? other.lastHeartbeat : lastHeartbeat,
                connected,
                told,
                savedAt,
                newer ? other.changedAt : changedAt);
    }

    /** Another host heard of it. */
    Presence heard(Instant when) {
        return when.isAfter(lastHeartbeat)
                ? new Presence(card, registeredAt, when, connected, told, savedAt, changedAt)
                : this;
    }

    Presence connected(boolean open) {
        return new Presence(card, registeredAt, lastHeartbeat, open, told, savedAt, changedAt);
    }

    Presence told(Instant now, HealthTimes times) {
        return new Presence(
                card,
                registeredAt,
                lastHeartbeat,
                connected,
                new Told(card, times.health(age(now)), connected),
                savedAt,
                changedAt);
    }

    Presence saved(Instant now) {
        return new Presence(card, registeredAt, lastHeartbeat, connected, told, now, changedAt);
    }

    /** Whether listeners should hear of it. */
    boolean isNews(Instant now, HealthTimes times) {
        return told == null
                || told.health() != times.health(age(now))
                || told.connected() != connected
                || Math.abs(told.card().load() - card.load()) >= LOAD_STEP
                || differs(told.card(), card);
    }

    /** Whether the database's copy is too old. */
    boolean wantsSaving(AgentCard before, Instant now) {
        return before == null
                || differs(before, card)
                || Duration.between(savedAt, now).compareTo(SAVE) >= 0;
    }

    /** Compares all but the load. */
    private static boolean differs(AgentCard one, AgentCard other) {
        return one != other && !one.equals(other) && !unloaded(one).equals(unloaded(other));
    }

    private static AgentCard unloaded(AgentCard card) {
        return new AgentCard(
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
                card.publicKey(),
                0);
    }
}
