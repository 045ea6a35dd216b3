package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.AgentId;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Closes direct links that nobody needs: idle ones, and the least recently used where there are too many. */
final class SpareLinks {
    private final Links links;
    private final DialPolicy policy;
    private final Redial redial;
    private final Predicate<AgentId> busy;
    private final BiConsumer<Link, String> release;

    /** Starts.
     * @param busy whether an answer of a peer is awaited, or the peer awaits one
     * @param release says goodbye and closes */
    SpareLinks(
            Links links,
            DialPolicy policy,
            Redial redial,
            Predicate<AgentId> busy,
            BiConsumer<Link, String> release) {
        this.links = links;
        this.policy = policy;
        this.redial = redial;
        this.busy = busy;
        this.release = release;
    }

    /** Closes what was not used for long, unless the policy wants it. */
    void closeIdle() {
        if (policy.idleNanos() > 0) {
            long now = System.nanoTime();
            for (Links.Wired wired : links.direct()) {
                if (now - wired.usedAt > policy.idleNanos()
                        && !busy.test(wired.link.peer())
                        && !redial.wants(wired.link.peer())) {
                    release.accept(
                            wired.link,
                            "not used for " + (now - wired.usedAt) / 1_000_000_000 + " s");
                }
            }
        }
    }

    /** Makes room: the new link stays, the least recently used of the others goes, as far as nobody awaits an answer over it. */
    void closeSurplus(Link newest) {
        List<Links.Wired> direct = links.direct();
        direct.stream()
                .filter(wired -> wired.link != newest && !busy.test(wired.link.peer()))
                .sorted(Comparator.comparingLong(wired -> wired.usedAt))
                .limit(Math.max(0, direct.size() - policy.maxLinks()))
                .forEach(
                        wired ->
                                release.accept(
                                        wired.link,
                                        "this host keeps "
                                                + policy.maxLinks()
                                                + " links, and others were used more recently"));
    }
}
