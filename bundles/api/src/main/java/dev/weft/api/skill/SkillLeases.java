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

    /** Sends no new calls to the skills of a bundle.
     * @param bundle the id of the bundle
     * @return done when the calls that are running have ended; at once if there are none */
    CompletableFuture<Void> retire(long bundle);
}
