package dev.weft.deploy;

import java.time.Duration;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads and verifies the classes of a release that takes the place of another, before calls reach it: else every call that comes just
 * after the swap waits while the first of them loads what all need. Stateless.
 */
final class Preload {
    private static final Logger LOG = LoggerFactory.getLogger(Preload.class);
    private static final Duration LIMIT = Duration.ofMillis(250);
    private static final String CLASS = ".class";

    private Preload() {}

    /** Loads what fits in the limit; nothing is initialised, so no code of theirs runs. */
    static void classes(List<Bundle> bundles) {
        long begun = System.nanoTime();
        for (Bundle bundle : bundles) {
            BundleWiring wiring = bundle.adapt(BundleWiring.class);
            int scope = BundleWiring.LISTRESOURCES_RECURSE | BundleWiring.LISTRESOURCES_LOCAL;
            for (String path : wiring.listResources("/", "*" + CLASS, scope)) {
                if (System.nanoTime() - begun > LIMIT.toNanos()) {
                    LOG.debug("{} has more classes than can be loaded ahead", bundle);
                    return;
                }
                load(wiring.getClassLoader(), path);
            }
        }
    }

    private static void load(ClassLoader loader, String path) {
        String name = path.substring(0, path.length() - CLASS.length()).replace('/', '.');
        try {
            // Asking for its constructors has the JVM verify it.
            Class.forName(name, false, loader).getDeclaredConstructors();
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.debug("{} cannot be loaded ahead: {}", name, e.toString());
        }
    }
}
