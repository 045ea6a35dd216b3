package dev.weft.deploy;

import dev.weft.api.deploy.Deployments.State;
import dev.weft.deploy.Audit.Facts;
import dev.weft.deploy.Staging.Staged;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs: one bundle a symbolic name, each from one file. A new one is started beside the old, and only when its skills can be
 * called does the old one leave. Used on the loop only.
 */
final class Shelf {
    private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);
    private final Installer installer;
    private final Reports reports;
    private final Set<String> audited;
    private final Runnable changed;
    private final Map<String, Running> running = new LinkedHashMap<>();
    private final Map<String, Slot> owners = new HashMap<>();

    /** Begins with nothing.
     * @param audited digests that were audited in an earlier run
     * @param changed runs after each change */
    Shelf(Installer installer, Reports reports, Set<String> audited, Runnable changed) {
        this.installer = installer;
        this.reports = reports;
        this.audited = audited;
        this.changed = changed;
    }

    /** A file is on its way. */
    void pending() {
        changed.run();
    }

    /** Takes a whole file.
     * @throws Refusal if the audit finds something; nothing else is touched then */
    void accept(Slot slot, Staged staged) throws Refusal {
        if (staged.sha256().equals(slot.sha256) && slot.state != State.REFUSED) {
            return;
        }
        if (!audited.contains(staged.sha256())) {
            Audit.entries(staged.path());
        }
        Facts facts = Audit.manifest(staged.path(), installer::ofHost);
        slot.facts = facts;
        slot.sha256 = staged.sha256();
        slot.replacedBy = "";
        int turn = ++slot.turn;
        Running same = running.get(facts.bundle());
        if (same != null && same.sha256().equals(staged.sha256())) {
            active(slot, same.from(slot.file));
            return;
        }
        slot.state = State.PENDING;
        slot.reason = "";
        changed.run();
        installer
                .start(facts, staged)
                .whenComplete((bundle, failure) -> ended(slot, turn, bundle, failure));
    }

    private void ended(Slot slot, int turn, Bundle bundle, Throwable failure) {
        if (slot.turn != turn) {
            if (bundle != null) {
                LOG.info(
                        "{} changed or went while {} was starting",
                        slot.file,
                        bundle.getSymbolicName());
                installer.remove(bundle);
            }
        } else if (failure == null) {
            active(slot, new Running(slot.facts, slot.sha256, bundle, slot.file));
        } else {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
            if (!(cause instanceof Refusal)) {
                LOG.error("{} could not be started", slot.file, cause);
            }
            refuse(
                    slot,
                    cause instanceof Refusal
                            ? cause.getMessage()
                            : "could not be started: " + cause);
        }
    }

    private void active(Slot slot, Running now) {
        String name = now.facts().bundle();
        Running old = running.remove(name);
        running.put(name, now);
        Slot before = owners.put(name, slot);
        slot.state = State.ACTIVE;
        slot.reason = "";
        reports.clear(slot.file);
        if (before != null && before != slot) {
            giveWay(before, slot.file);
        }
        if (old == null) {
            LOG.info(
                    "{}: {} {} runs, skills {}",
                    slot.file,
                    name,
                    now.facts().version(),
                    now.facts().skills());
        } else if (old.bundle() != now.bundle()) {
            LOG.info(
                    "{}: {} {} runs in place of {}",
                    slot.file,
                    name,
                    now.facts().version(),
                    old.facts().version());
            installer.remove(old.bundle());
        }
        // A file whose content was another bundle before stands for this one only.
        of(slot.file).stream().filter(other -> other != now).forEach(this::drop);
        changed.run();
    }

    private void giveWay(Slot slot, String to) {
        slot.state = State.REFUSED;
        slot.replacedBy = to;
        slot.reason =
                "gave way to "
                        + to
                        + ", which holds the same bundle "
                        + slot.facts.bundle()
                        + "; delete one of the two files";
        reports.note(slot.file, slot.reason);
    }

    /** Says why a file is not taken. What ran from it before runs on. */
    void refuse(Slot slot, String reason) {
        List<Running> before = of(slot.file);
        slot.state = State.REFUSED;
        slot.reason =
                before.isEmpty()
                        ? reason
                        : reason
                                + "; version "
                                + before.get(0).facts().version()
                                + ", which it held before, keeps running";
        reports.refused(slot.file, slot.reason);
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
        for (Running bundle : of(slot.file)) {
            String name = bundle.facts().bundle();
            Slot heir =
                    heirs.stream()
                            .filter(
                                    other ->
                                            other.facts != null
                                                    && other.facts.bundle().equals(name))
                            .findFirst()
                            .orElse(null);
            if (heir == null) {
                LOG.info(
                        "{} is gone, and {} {} with it", slot.file, name, bundle.facts().version());
                drop(bundle);
            } else {
                running.put(name, bundle.from(heir.file));
                owners.put(name, heir);
            }
        }
        changed.run();
    }

    private void drop(Running bundle) {
        running.remove(bundle.facts().bundle());
        owners.remove(bundle.facts().bundle());
        installer.remove(bundle.bundle());
    }

    private List<Running> of(String file) {
        return new ArrayList<>(running.values())
                .stream().filter(bundle -> bundle.file().equals(file)).toList();
    }

    /** Ids of the bundles that run. */
    Set<Long> bundles() {
        return running.values().stream()
                .map(bundle -> bundle.bundle().getBundleId())
                .collect(Collectors.toSet());
    }

    /** What runs, in the order in which it began. */
    List<DesiredState.Item> items() {
        return running.values().stream()
                .map(
                        bundle ->
                                new DesiredState.Item(
                                        bundle.file(),
                                        bundle.sha256(),
                                        bundle.facts().bundle(),
                                        bundle.facts().version().toString(),
                                        bundle.facts().skills()))
                .toList();
    }
}
