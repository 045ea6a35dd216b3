package dev.weft.deploy;

import dev.weft.deploy.Audit.Facts;
import org.osgi.framework.Bundle;

/**
 * A skill bundle that works.
 *
 * @param facts what its manifest says
 * @param sha256 digest of its jar
 * @param bundle in the framework
 * @param file the file of the deploy folder that it came from
 */
record Running(Facts facts, String sha256, Bundle bundle, String file) {
    Running from(String other) {
        return new Running(facts, sha256, bundle, other);
    }
}
