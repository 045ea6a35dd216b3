package dev.weft.identity;

import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Role;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The first admin key of a new host, for the launcher to print: a service of JDK types, since the launcher lives outside
 * the framework's classes. The key is made when it is asked for, so none is stored that nobody has seen; it is never logged.
 */
@Component(service = Supplier.class, property = "weft.launcher=first-key")
public final class FirstKey implements Supplier<String> {
    private final AccessKeys keys;
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Makes nothing yet.
     * @param keys where the key is kept */
    @Activate
    public FirstKey(@Reference AccessKeys keys) {
        this.keys = keys;
    }

    /** The key of a host that has none yet, once.
     * @return null from the second time on, or if the host has keys */
    @Override
    public String get() {
        return asked.compareAndSet(false, true) && keys.list().isEmpty()
                ? keys.create(Role.ADMIN, "first").key()
                : null;
    }
}
