package dev.weft.deploy;

import java.util.Collection;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Lets a skill bundle wire to the host and to the bundles of its own file, and nothing wire to it from outside: so a release can go at
 * any time without a refresh of what stays, also while its successor, with the same packages, is here already. Stateless; the file that
 * a bundle belongs to shows in its location. Thread-safe.
 */
final class Isolation implements ResolverHookFactory, ResolverHook {
    /** Where a skill bundle's location begins; the release follows, then {@code /} and the bundle. */
    static final String LOCATION = "weft-skill:";

    static boolean isSkill(Bundle bundle) {
        return bundle.getLocation().startsWith(LOCATION);
    }

    /** Tells which bundles belong together.
     * @return "" for a bundle of the host */
    static String group(Bundle bundle) {
        String location = bundle.getLocation();
        return location.startsWith(LOCATION) ? location.substring(0, location.indexOf('/')) : "";
    }

    /** Tells whether one bundle may use what another offers. */
    static boolean sees(Bundle user, Bundle provider) {
        return !isSkill(provider) || group(provider).equals(group(user));
    }

    @Override
    public ResolverHook begin(Collection<BundleRevision> triggers) {
        return this;
    }

    @Override
    public void filterMatches(
            BundleRequirement requirement, Collection<BundleCapability> candidates) {
        Bundle user = requirement.getRevision().getBundle();
        candidates.removeIf(offer -> !sees(user, offer.getRevision().getBundle()));
    }

    @Override
    public void filterSingletonCollisions(
            BundleCapability singleton, Collection<BundleCapability> collisions) {
        // Skills are no singletons.
    }

    @Override
    public void filterResolvable(Collection<BundleRevision> candidates) {
        // Everything may be resolved; only who sees whom matters.
    }

    @Override
    public void end() {
        // No state.
    }
}
