package dev.weft.skill.runtime;

import dev.weft.protocol.SkillCard;
import dev.weft.skill.SkillService;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/**
 * A skill as one bundle offers it. Several bundles may offer one id: the greatest is called.
 *
 * @param reference its service
 * @param bundle id of its bundle
 * @param version version of its bundle
 * @param offer card and tools
 * @param lease counts its calls
 * @param pulse how it feels
 */
record Installed(
        ServiceReference<SkillService> reference,
        long bundle,
        Version version,
        SkillReader.Offer offer,
        Lease lease,
        Pulse pulse)
        implements Comparable<Installed> {

    static Installed of(ServiceReference<SkillService> reference, SkillService service)
            throws SkillRefused {
        Bundle bundle = reference.getBundle();
        if (bundle == null) {
            throw new SkillRefused("its bundle is gone");
        }
        SkillReader.Offer offer = SkillReader.read(service, bundle.getVersion().toString());
        return new Installed(
                reference,
                bundle.getBundleId(),
                bundle.getVersion(),
                offer,
                new Lease(),
                new Pulse(service));
    }

    SkillCard card() {
        return offer.card().withProblem(pulse.problem());
    }

    /** Orders by version, then by service ranking. */
    @Override
    public int compareTo(Installed other) {
        int byVersion = version.compareTo(other.version);
        return byVersion != 0 ? byVersion : reference.compareTo(other.reference);
    }
}
