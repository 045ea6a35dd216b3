package dev.weft.api.skill;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** What whoever installs and removes skill bundles needs to know about their calls. Thread-safe; nothing here blocks. */
@ProviderType
public interface SkillLeases {
    /** Waits for the skills of a bundle to be callable.
     * @param bundle the id of the bundle
     * @param skills the skill ids that it must offer
     * @return done when all of them are there; fails with an {@link IllegalStateException} that says why if one of the bundle's
     *     skills is refused. It waits for good: give it a time limit, and cancel it when it no longer matters */
    CompletableFuture<Void> offered(long bundle, Set<String> skills);

    /** Lets the skills of a bundle wait: {@link #offered} sees them, calls do not reach them until {@link #swap} lets them in.
     * @param bundle the id of the bundle, not started yet */
    void hold(long bundle);

    /** In one step, so that no call falls between: the skills of some bundles take calls, those of others take no new ones.
     * @param in ids of bundles
     * @param out ids of bundles
     * @return done when the running calls of {@code out} have ended; at once if there are none */
    CompletableFuture<Void> swap(Set<Long> in, Set<Long> out);

    /** Sends no new calls to the skills of a bundle.
     * @param bundle the id of the bundle
     * @return done when the calls that are running have ended; at once if there are none */
    default CompletableFuture<Void> retire(long bundle) {
        return swap(Set.of(), Set.of(bundle));
    }
}
