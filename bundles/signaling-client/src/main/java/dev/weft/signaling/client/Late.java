package dev.weft.signaling.client;

import org.osgi.service.component.ComponentServiceObjects;

/** A service that is got when it is first used, not when it is bound: it may need the component that holds this to come up.
 * @param <T> the service */
final class Late<T> {
    private final ComponentServiceObjects<T> objects;
    private volatile T service;

    Late(ComponentServiceObjects<T> objects) {
        this.objects = objects;
    }

    /** Gets the service.
     * @return null if it is gone or cannot come up now */
    T get() {
        T known = service;
        if (known == null) {
            try {
                known = objects.getService();
            } catch (IllegalStateException gone) {
                return null;
            }
            service = known;
        }
        return known;
    }

    boolean holds(ComponentServiceObjects<T> other) {
        return objects.getServiceReference().equals(other.getServiceReference());
    }
}
