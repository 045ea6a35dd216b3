package dev.weft.api.deploy;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Knows bundles that are not on this host but could be, such as those of a repository. The deploy folder asks every registered source
 * when something is missing, to say who could provide it. Must answer from what is at hand: no network, no waiting.
 */
@ConsumerType
public interface BundleSource {
    /** Looks for bundles that offer something.
     * @param namespace of the requirement, such as {@code osgi.wiring.package}
     * @param filter LDAP filter on the capability's attributes; "" for any
     * @return the best first, at most a few; empty if there is none */
    List<Offer> offering(String namespace, String filter);

    /**
     * A bundle that could be had.
     *
     * @param bundle symbolic name
     * @param version bundle version
     * @param from where it is, in words, such as {@code repository main}
     */
    record Offer(String bundle, String version, String from) {}
}
