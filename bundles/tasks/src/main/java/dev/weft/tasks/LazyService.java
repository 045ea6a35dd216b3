package dev.weft.tasks;

import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * A service that comes and goes, fetched when it is first used: the mesh and the directory ask for the handlers and the load of
 * this room while they start, so fetching them at our own start would run in a circle. Thread-safe.
 */
final class LazyService<T> {
    private final BundleContext context;
    private ServiceReference<T> reference;
    private T service;

    LazyService(BundleContext context) {
        this.context = context;
    }

    synchronized void set(ServiceReference<T> found) {
        reference = found;
        service = null;
    }

    /** Forgets the service, unless another one has taken its place. */
    synchronized void unset(ServiceReference<T> gone) {
        if (gone.equals(reference)) {
            set(null);
        }
    }

    Optional<T> get() {
        ServiceReference<T> wanted;
        synchronized (this) {
            if (service != null || reference == null) {
                return Optional.ofNullable(service);
            }
            wanted = reference;
        }
        T fetched = context.getService(wanted);
        synchronized (this) {
            if (wanted.equals(reference)) {
                service = fetched;
            }
        }
        return Optional.ofNullable(fetched);
    }
}
