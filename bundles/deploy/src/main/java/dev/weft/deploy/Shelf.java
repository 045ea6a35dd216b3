package dev.weft.deploy;

import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.deploy.DesiredState.Good;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs: one release a name, each from one file. A new one is started beside the old, and only when its skills can be called does
 * the old one leave. Used on the loop only.
 */
final class Shelf {
    private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);
    private static final int DEATHS = 2;
    private final Installer installer;
    private final Removal removal;
    private final Reports reports;
    private final Ledger ledger;
    private final Attempts attempts;
    private final Fallback fallback;
    private final Predicate<String> isThere;
    private final Runnable changed;
    private final Map<String, Running> running = new LinkedHashMap<>();
    private final Map<String, Slot> owners = new HashMap<>();
    private final Map<String, Slot> claims = new HashMap<>();

    /** Begins with nothing.
     * @param isThere tells the files that the folder holds
     * @param changed runs after each change */
    Shelf(
            Installer installer,
            Removal removal,
            Reports reports,
            Ledger ledger,
            Attempts attempts,
            Fallback fallback,
            Predicate<String> isThere,
            Runnable changed) {
        this.installer = installer;
        this.removal = removal;
        this.reports = reports;
        this.ledger = ledger;
        this.attempts = attempts;
        this.fallback = fallback;
        this.isThere = isThere;
        this.changed = changed;
    }

    /** A file is on its way. */
    void pending() {
        changed.run();
    }

    /** Takes what a whole file holds.
     * @throws Refusal if it cannot be beside what runs; nothing else is touched then */
    void accept(Slot slot, Release release) throws Refusal {
        if (release.sha256().equals(slot.sha256)
                && (slot.state == State.PENDING || slot.state == State.ACTIVE)) {
            return;
        }
        overlap(slot, release);
        slot.release = release;
        slot.sha256 = release.sha256();
        slot.replacedBy = "";
        int turn = ++slot.turn;
        Running same = running.get(release.name());
        if (same != null && same.release().sha256().equals(release.sha256())) {
            active(slot, same.from(slot.file));
            return;
        }
        String owner = ledger.yieldedTo(slot.file, slot.sha256);
        if (!owner.isEmpty() && isThere.test(owner)) {
            giveWay(slot, owner);
            changed.run();
            return;
        }
        Optional<String> held = ledger.quarantined(slot.sha256, slot.file, slot.modified());
        if (held.isPresent()) {
            refused(slot, State.QUARANTINED, held.get());
            return;
        }
        boolean isNew = !ledger.isGood(slot.sha256);
        if (isNew && attempts.deaths(slot.sha256) >= DEATHS) {
            attempts.end(slot.sha256);
            refuse(
                    slot,
                    Refusal.crash(
                            "was starting both times when the host ended without being told to",
                            null));
            return;
        }
        claim(slot, release.name());
        slot.state = State.PENDING;
        slot.reason = "";
        changed.run();
        if (isNew) {
            attempts.begin(release.sha256());
        }
        installer
                .start(release, same != null)
                .whenComplete((bundles, failure) -> ended(slot, release, turn, bundles, failure));
    }

    private void overlap(Slot slot, Release release) throws Refusal {
        for (Running other : running.values()) {
            boolean rival = !other.file().equals(slot.file) && !other.name().equals(release.name());
            if (rival && !Collections.disjoint(names(other.name()), names(release.name()))) {
                throw new Refusal(
                        "holds "
                                + release.name()
                                + " while "
                                + other.file()
                                + " holds "
                                + other.name()
                                + "; a skill bundle can come from one file only, delete one of the two");
            }
        }
    }

    private static List<String> names(String release) {
        return List.of(release.split("\\+"));
    }

    /** Of two files that start the same bundle at once, the later one wins. */
    private void claim(Slot slot, String name) {
        Slot before = claims.put(name, slot);
        if (before != null
                && before != slot
                && before.state == State.PENDING
                && before.release != null
                && before.release.name().equals(name)) {
            before.turn++;
            giveWay(before, slot.file);
        }
    }

    private void ended(
            Slot slot, Release release, int turn, List<Bundle> bundles, Throwable failure) {
        attempts.end(release.sha256());
        claims.remove(release.name(), slot);
        if (slot.turn != turn) {
            if (bundles != null) {
                LOG.info("{} changed or went while {} was starting", slot.file, release.name());
                removal.remove(bundles);
            }
        } else if (failure == null) {
            active(slot, new Running(release, bundles, slot.file));
        } else if (Installer.unwrap(failure) instanceof Refusal refusal) {
            refuse(slot, refusal);
        } else {
            LOG.error("{} could not be started", slot.file, failure);
            refuse(slot, new Refusal("could not be started: " + Installer.unwrap(failure)));
        }
    }

    private void active(Slot slot, Running now) {
        String name = now.name();
        Running old = take(slot, now);
        slot.state = State.ACTIVE;
        slot.reason = "";
        reports.clear(slot.file);
        ledger.good(now.release(), slot.file);
        if (old == null) {
            LOG.info(
                    "{}: {} {} runs, skills {}",
                    slot.file,
                    name,
                    now.release().version(),
                    now.release().skills());
        } else if (!old.bundles().equals(now.bundles())) {
            LOG.info(
                    "{}: {} {} runs in place of {}",
                    slot.file,
                    name,
                    now.release().version(),
                    old.release().version());
        }
        // A file whose content was another release before stands for this one only.
        of(slot.file).stream().filter(other -> other != now).forEach(this::drop);
        changed.run();
    }

    /** Lets calls reach a release, and takes out the one that it replaces.
     * @return that one; may be null */
    private Running take(Slot slot, Running now) {
        Running old = running.remove(now.name());
        running.put(now.name(), now);
        Slot before = owners.put(now.name(), slot);
        if (before != null && before != slot) {
            giveWay(before, slot.file);
        }
        if (old == null || !old.bundles().equals(now.bundles())) {
            removal.swap(now.bundles(), old == null ? List.of() : old.bundles());
        }
        return old;
    }

    private void giveWay(Slot slot, String to) {
        slot.state = State.REFUSED;
        slot.replacedBy = to;
        slot.reason =
                "gave way to "
                        + to
                        + ", which holds the same bundle "
                        + slot.release.name()
                        + "; delete one of the two files";
        reports.note(slot.file, slot.reason);
    }

    /** Says why a file is not taken. What ran from it before runs on, or runs again. */
    void refuse(Slot slot, Refusal refusal) {
        if (refusal.isCrash()) {
            ledger.quarantine(slot.sha256, slot.file, slot.modified(), refusal.getMessage());
            refused(slot, State.QUARANTINED, refusal.getMessage());
        } else {
            refused(slot, State.REFUSED, refusal.getMessage());
        }
    }

    private void refused(Slot slot, State state, String reason) {
        List<Running> before = of(slot.file);
        slot.state = state;
        slot.reason =
                before.isEmpty()
                        ? reason
                        : reason
                                + "; version "
                                + before.get(0).release().version()
                                + ", which it held before, keeps running";
        reports.refused(slot.file, slot.reason);
        if (before.isEmpty()) {
            fallback.tryFor(slot, (release, bundles) -> fallenBack(slot, release, bundles));
        }
        changed.run();
    }

    private void fallenBack(Slot slot, Release release, List<Bundle> bundles) {
        boolean wanted = isThere.test(slot.file) && !running.containsKey(release.name());
        if (!wanted) {
            removal.remove(bundles);
            return;
        }
        take(slot, new Running(release, bundles, slot.file));
        if (slot.state == State.REFUSED || slot.state == State.QUARANTINED) {
            slot.reason += "; version " + release.version() + ", which it held before, runs";
            reports.note(slot.file, slot.reason);
        }
        LOG.info("{}: {} {} runs again", slot.file, release.name(), release.version());
        changed.run();
    }

    /** A file is gone, and what it held goes with it, unless another file holds it too.
     * @param heirs files that gave way to it */
    void gone(Slot slot, List<Slot> heirs) {
        reports.clear(slot.file);
        heirs.forEach(
                heir -> {
                    heir.done = null;
                    heir.replacedBy = "";
                });
        for (Running release : of(slot.file)) {
            String name = release.name();
            Optional<Slot> heir =
                    heirs.stream()
                            .filter(o -> o.release != null && o.release.name().equals(name))
                            .findFirst();
            if (heir.isEmpty()) {
                LOG.info(
                        "{} is gone, and {} {} with it",
                        slot.file,
                        name,
                        release.release().version());
                drop(release);
            } else {
                running.put(name, release.from(heir.get().file));
                owners.put(name, heir.get());
            }
        }
        changed.run();
    }

    private void drop(Running release) {
        running.remove(release.name());
        owners.remove(release.name());
        ledger.forget(release.name());
        removal.remove(release.bundles());
    }

    private List<Running> of(String file) {
        return new ArrayList<>(running.values())
                .stream().filter(release -> release.file().equals(file)).toList();
    }

    /** Finds what offers a skill. */
    Optional<Running> offering(String skill) {
        return running.values().stream()
                .filter(release -> release.release().skills().contains(skill))
                .findFirst();
    }

    Deployment view(Slot slot) {
        List<String> previous =
                of(slot.file).stream()
                        .flatMap(release -> ledger.earlier(release.name()).stream())
                        .map(Good::version)
                        .toList();
        String runs =
                of(slot.file).stream()
                        .map(release -> release.release().sha256())
                        .findFirst()
                        .orElse("");
        return slot.view(previous, runs);
    }

    /** Digests of what runs. */
    Set<String> digests() {
        return running.values().stream()
                .map(release -> release.release().sha256())
                .collect(Collectors.toSet());
    }

    /** Ids of the bundles that run. */
    Set<Long> bundles() {
        return running.values().stream()
                .flatMap(release -> Running.ids(release.bundles()).stream())
                .collect(Collectors.toSet());
    }
}
