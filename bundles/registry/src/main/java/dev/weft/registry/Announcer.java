package dev.weft.registry;

import dev.weft.api.event.Events;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.RegistryListener;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the journal and the listeners of changes, in the order in which they were made. Changes are queued under the caller's
 * lock and told by {@link #tell()} outside of it, so that a listener may call the registry.
 */
@Component(service = Announcer.class)
public final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
    private final Events events;
    private final BundleContext context;
    private final Map<Object, Supplier<RegistryListener>> listeners = new ConcurrentHashMap<>();
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean telling = new AtomicBoolean();

    /** Starts without listeners.
     * @param events the journal of this host
     * @param context gets the listeners when they are first needed */
    @Activate
    public Announcer(@Reference Events events, BundleContext context) {
        this.events = events;
        this.context = context;
    }

    /** A listener came. Only its reference is bound: listeners need the registry themselves, and getting them here would be a circle.
     * @param reference the listener */
    @Reference(
            service = RegistryListener.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addListener(ServiceReference<RegistryListener> reference) {
        listeners.put(reference, new Lazy(() -> context.getService(reference)));
    }

    /** A listener went.
     * @param reference the listener */
    public void removeListener(ServiceReference<RegistryListener> reference) {
        if (listeners.remove(reference) instanceof Lazy lazy && lazy.listener != null) {
            context.ungetService(reference);
        }
    }

    /** Adds a listener that is at hand.
     * @param listener the listener */
    void add(RegistryListener listener) {
        listeners.put(listener, () -> listener);
    }

    /** Queues: an agent came.
     * @param agent its record */
    void joined(AgentRecord agent) {
        queue("agent.joined", agent, listener -> listener.changed(agent));
    }

    /** Queues: an agent changed.
     * @param agent its record now */
    void changed(AgentRecord agent) {
        queue("agent.changed", agent, listener -> listener.changed(agent));
    }

    /** Queues: an agent left.
     * @param id who
     * @param name its label
     * @param reason a few words */
    void left(AgentId id, String name, String reason) {
        Object data =
                Wire.object().put("agent_id", id.value()).put("name", name).put("reason", reason);
        queue("agent.left", data, listener -> listener.left(id, reason));
    }

    /** Queues: a membership was revoked.
     * @param id who */
    void revoked(AgentId id) {
        news.add(() -> listeners(listener -> listener.revoked(id)));
    }

    /** Queues an event that listeners do not hear of.
     * @param type type of the event
     * @param data its data */
    void event(String type, Object data) {
        news.add(() -> events.publish(type, data));
    }

    private void queue(String type, Object data, Consumer<RegistryListener> call) {
        news.add(
                () -> {
                    events.publish(type, data);
                    listeners(call);
                });
    }

    private void listeners(Consumer<RegistryListener> call) {
        for (Supplier<RegistryListener> supplier : listeners.values()) {
            try {
                RegistryListener listener = supplier.get();
                if (listener != null) {
                    call.accept(listener);
                }
            } catch (RuntimeException e) {
                LOG.warn("a listener of the registry failed", e);
            }
        }
    }

    /** Tells what is queued, one after the other; returns at once if another thread is telling. */
    void tell() {
        while (!news.isEmpty() && telling.compareAndSet(false, true)) {
            try {
                for (Runnable next = news.poll(); next != null; next = news.poll()) {
                    next.run();
                }
            } catch (RuntimeException e) {
                LOG.warn("an event of the registry was lost", e);
            } finally {
                telling.set(false);
            }
        }
    }

    /** Gets a service once, at its first use. */
    private static final class Lazy implements Supplier<RegistryListener> {
        private final Supplier<RegistryListener> source;
        private volatile RegistryListener listener;

        Lazy(Supplier<RegistryListener> source) {
            this.source = source;
        }

        @Override
        public RegistryListener get() {
            if (listener == null) {
                listener = source.get();
            }
            return listener;
        }
    }
}
