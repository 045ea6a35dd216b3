package dev.weft.deploy;

import dev.weft.deploy.DesiredState.Good;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts what a file held when it last worked, if what it holds now does not: a host that was stopped, or killed, in the middle of a bad
 * replacement comes back with the old version and not with none. Used on the loop only.
 */
final class Fallback {
    private static final Logger LOG = LoggerFactory.getLogger(Fallback.class);
    private static final Duration READ_LIMIT = Duration.ofSeconds(60);
    private final Ledger ledger;
    private final Releases releases;
    private final Crew readers;
    private final Installer installer;
    private final Set<String> tried = new HashSet<>();
    private int running;

    Fallback(Ledger ledger, Releases releases, Crew readers, Installer installer) {
        this.ledger = ledger;
        this.releases = releases;
        this.readers = readers;
        this.installer = installer;
    }

    /** Tells whether something is being started. */
    boolean isBusy() {
        return running > 0;
    }

    /** Starts what worked last, or what worked before that.
     * @param started gets a release that can be let in */
    void tryFor(Slot slot, BiConsumer<Release, List<Bundle>> started) {
        for (DesiredState.Item item : ledger.of(slot.file)) {
            Deque<Good> good = new ArrayDeque<>();
            item.good().forEach(good::addFirst);
            good.removeIf(one -> one.sha256().equals(slot.sha256) || !tried.add(one.sha256()));
            next(slot, good, started);
        }
    }

    private void next(Slot slot, Deque<Good> left, BiConsumer<Release, List<Bundle>> started) {
        Good good = left.poll();
        if (good == null) {
            return;
        }
        running++;
        readers.run("read " + slot.file, READ_LIMIT, () -> releases.kept(good.sha256()))
                .thenCompose(
                        release ->
                                installer
                                        .start(release, false)
                                        .thenAccept(
                                                bundles -> {
                                                    tried.remove(good.sha256());
                                                    started.accept(release, bundles);
                                                }))
                .whenComplete(
                        (done, failure) -> {
                            running--;
                            if (failure != null) {
                                LOG.warn(
                                        "{}: version {}, which it held before, does not run either: {}",
                                        slot.file,
                                        good.version(),
                                        Installer.unwrap(failure).getMessage());
                                next(slot, left, started);
                            } else {
                                left.forEach(one -> tried.remove(one.sha256()));
                            }
                        });
    }
}
