package dev.weft.deploy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;

/**
 * A release that works.
 *
 * @param release what it is
 * @param bundles in the framework
 * @param file the file of the deploy folder that it came from
 */
record Running(Release release, List<Bundle> bundles, String file) {
    Running from(String other) {
        return new Running(release, bundles, other);
    }

    String name() {
        return release.name();
    }

    static Set<Long> ids(List<Bundle> bundles) {
        return bundles.stream().map(Bundle::getBundleId).collect(Collectors.toSet());
    }
}
