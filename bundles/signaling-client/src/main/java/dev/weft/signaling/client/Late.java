package dev.weft.signaling.client;

import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

/** A service that is got when it is first used, not when it is bound: it may need the component that holds this to come up.
 * @param <T> the service */
final class Late<T> {
    private final ComponentServiceObjects<T> objects;
    private final ServiceReference<T> reference;
    private volatile T service;

    Late(ComponentServiceObjects<T> objects) {
        this.objects = objects;
        reference = objects.getServiceReference(); // later, when the service goes, it may not tell
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

    /** Whether it is the service of a reference. */
    boolean holds(ServiceReference<T> other) {
        return reference.equals(other);
    }
}
