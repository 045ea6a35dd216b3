package dev.weft.skill.runtime;

import dev.weft.protocol.SkillCard;
import dev.weft.skill.SkillService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.osgi.framework.ServiceReference;

/** Which bundle's skill answers to which id. Readers see one immutable picture and never wait. Thread-safe. */
final class SkillTable {
    private static final int MAX_REMEMBERED = 10_000;

    private final Map<ServiceReference<SkillService>, Installed> all = new HashMap<>();
    private final Set<Long> held = new HashSet<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Predicate<String> isOn;
    private volatile Picture picture = new Picture(Map.of(), List.of(), List.of());

    private record Picture(
            Map<String, Installed> byId, List<SkillCard> cards, List<SkillCard> off) {}

    /** @param isOn whether a skill may be called; asked when the picture is drawn */
    SkillTable(Predicate<String> isOn) {
        this.isOn = isOn;
    }

    synchronized void put(Installed skill) {
        all.put(skill.reference(), skill);
        redraw();
    }

    /** Takes a service out.
     * @return what it was, or null if it was never taken in */
    synchronized Installed remove(ServiceReference<SkillService> reference) {
        Installed gone = all.remove(reference);
        redraw();
        return gone;
    }

    /** What one bundle offers, also what takes no new calls. */
    synchronized List<Installed> of(long bundle) {
        return all.values().stream().filter(skill -> skill.bundle() == bundle).toList();
    }

    synchronized List<Installed> all() {
        return List.copyOf(all.values());
    }

    /** Keeps a bundle's skills out of the picture until it is let in. */
    synchronized void hold(long bundle) {
        held.add(bundle);
        redraw();
    }

    /** Draws one picture in which some bundles are and others are not.
     * @return one for each skill of {@code out}, done when its calls have ended */
    synchronized List<CompletableFuture<Void>> swap(Set<Long> in, Set<Long> out) {
        held.removeAll(in);
        List<CompletableFuture<Void>> running =
                out.stream().flatMap(id -> of(id).stream()).map(s -> s.lease().close()).toList();
        redraw();
        return running;
    }

    /** Draws the picture again: after a change of what is there, or of its health. */
    synchronized void redraw() {
        Map<String, Installed> byId = new TreeMap<>();
        Stream<Installed> open =
                all.values().stream()
                        .filter(skill -> !skill.lease().isClosed())
                        .filter(skill -> !held.contains(skill.bundle()));
        open.forEach(
                skill ->
                        byId.merge(
                                skill.card().id(),
                                skill,
                                (one, other) -> one.compareTo(other) > 0 ? one : other));
        if (seen.size() < MAX_REMEMBERED) {
            seen.addAll(byId.keySet());
        }
        List<SkillCard> off =
                byId.entrySet().stream()
                        .filter(one -> !isOn.test(one.getKey()))
                        .map(one -> one.getValue().card())
                        .toList();
        off.forEach(card -> byId.remove(card.id()));
        picture = new Picture(byId, byId.values().stream().map(Installed::card).toList(), off);
    }

    /** Whether a skill was ever in the picture. */
    boolean wasHere(String id) {
        return seen.contains(id);
    }

    /** Finds the skill that answers to an id.
     * @return null if there is none */
    Installed find(String id) {
        return picture.byId().get(id);
    }

    /** Everything that can be called.
     * @return ordered by id */
    List<SkillCard> cards() {
        return picture.cards();
    }

    /** Everything that could be called, but is switched off.
     * @return ordered by id */
    List<SkillCard> off() {
        return picture.off();
    }
}
