package dev.weft.health;

import org.osgi.framework.Bundle;

/** Which bundles belong to the host, and what people call them. */
final class HostBundles {
    private static final String SKILL = "weft-skill:";

    private HostBundles() {}

    /** Skills have their own states and errors in the deploy folder: a bad one does not make the host unready. */
    static boolean isSkill(String location) {
        return location != null && location.startsWith(SKILL);
    }

    static String name(Bundle bundle) {
        return bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName();
    }
}
