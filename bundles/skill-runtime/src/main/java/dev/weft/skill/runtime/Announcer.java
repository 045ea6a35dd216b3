package dev.weft.skill.runtime;

import dev.weft.api.event.Events;
import dev.weft.api.skill.SkillsListener;
import dev.weft.protocol.SkillCard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners and the journal what changed. News is told by one thread at a time and without a lock held: whoever comes while
 * another tells leaves the telling to that one, so nobody waits and nobody hears an old state after a new one.
 */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
    private final Supplier<List<SkillCard>> now;
    private final Events events;
    private final Map<SkillsListener, List<SkillCard>> told = new ConcurrentHashMap<>();
    private final AtomicInteger news = new AtomicInteger();
    private List<SkillCard> published = List.of();

    Announcer(Supplier<List<SkillCard>> now, Events events) {
        this.now = now;
        this.events = events;
    }

    void add(SkillsListener listener) {
        told.put(listener, List.of());
        announce();
    }

    void remove(SkillsListener listener) {
        told.remove(listener);
    }

    /** Something may have changed. */
    void announce() {
        if (news.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            tell(now.get());
            seen = news.addAndGet(-seen);
        } while (seen > 0);
    }

    private void tell(List<SkillCard> cards) {
        publish(cards);
        for (SkillsListener listener : told.keySet()) {
            // A listener that left meanwhile stays gone: computing an absent key does nothing.
            List<SkillCard> before = told.get(listener);
            if (before != null && !before.equals(cards) && told.replace(listener, cards) != null) {
                try {
                    listener.changed(cards);
                } catch (RuntimeException | LinkageError e) {
                    LOG.warn("A listener of the installed skills failed: {}", e.toString(), e);
                }
            }
        }
    }

    private void publish(List<SkillCard> cards) {
        Map<String, SkillCard> before = new HashMap<>();
        published.forEach(card -> before.put(card.id(), card));
        for (SkillCard card : cards) {
            SkillCard old = before.remove(card.id());
            if (old != null && card.equals(old.withProblem(card.problem()))) {
                if (!card.equals(old)) {
                    health(card);
                }
            } else {
                event("skill.installed", card);
            }
        }
        before.values().forEach(card -> event("skill.removed", card));
        published = cards;
    }

    private void health(SkillCard card) {
        LOG.info(
                "Skill {} is {}",
                card.id(),
                card.problem().isEmpty() ? "well again" : "unwell: " + card.problem());
        events.publish("skill.health", Map.of("id", card.id(), "problem", card.problem()));
    }

    private void event(String type, SkillCard card) {
        LOG.info(
                "Skill {} {} ({}) {}",
                card.id(),
                card.version(),
                card.title(),
                type.equals("skill.installed") ? "is here" : "is gone");
        events.publish(
                type, Map.of("id", card.id(), "version", card.version(), "title", card.title()));
    }
}
