package dev.weft.signaling.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listeners that come and go, each got at its first call; one that fails does not keep the others from hearing.
 * @param <T> the listener */
final class Listeners<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private final List<Late<T>> all = new CopyOnWriteArrayList<>();

    Late<T> add(ComponentServiceObjects<T> objects) {
        Late<T> late = new Late<>(objects);
        all.add(late);
        return late;
    }

    void remove(ServiceReference<T> reference) {
        all.removeIf(late -> late.holds(reference));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    void each(Consumer<T> call) {
        all.forEach(late -> one(late, call));
    }

    /** All that are here, whether they can be called now or not. */
    List<Late<T>> all() {
        return all;
    }

    void one(Late<T> late, Consumer<T> call) {
        T listener = late.get();
        if (listener == null) {
            return;
        }
        try {
            call.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("{} failed on news from the registry", listener.getClass().getName(), e);
        }
    }
}
