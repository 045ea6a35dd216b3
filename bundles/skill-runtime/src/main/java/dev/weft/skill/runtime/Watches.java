package dev.weft.skill.runtime;

import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Who waits for the skills of a bundle, and which services were refused and why. Thread-safe. */
final class Watches {
    private record Watch(long bundle, Set<String> skills, CompletableFuture<Void> done) {}

    private final SkillTable table;
    private final Queue<Watch> watches = new ConcurrentLinkedQueue<>();
    private final Map<Long, String> refusals = new ConcurrentHashMap<>();

    Watches(SkillTable table) {
        this.table = table;
    }

    CompletableFuture<Void> add(long bundle, Set<String> skills) {
        Watch watch = new Watch(bundle, Set.copyOf(skills), new CompletableFuture<>());
        watches.add(watch);
        watch.done().whenComplete((done, failure) -> watches.remove(watch));
        look(watch);
        return watch.done();
    }

    /** Remembers why a bundle's service was refused, until that bundle is forgotten. */
    void refused(long bundle, String reason) {
        refusals.put(bundle, reason);
        look();
    }

    void forget(long bundle) {
        refusals.remove(bundle);
    }

    /** Something changed: some may have waited for it. */
    void look() {
        watches.forEach(this::look);
    }

    private void look(Watch watch) {
        String refusal = refusals.get(watch.bundle());
        if (refusal != null) {
            watch.done().completeExceptionally(new IllegalStateException(refusal));
            return;
        }
        Set<String> missing = new HashSet<>(watch.skills());
        table.of(watch.bundle()).forEach(skill -> missing.remove(skill.card().id()));
        if (missing.isEmpty()) {
            watch.done().complete(null);
        }
    }
}
