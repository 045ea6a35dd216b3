package dev.weft.health;

import dev.weft.api.health.Readiness;
import java.util.List;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What keeps the host from being ready, for the launcher: a service of JDK types, since it lives outside the framework's classes. */
@Component(service = Supplier.class, property = "weft.launcher=problems")
public final class Problems implements Supplier<List<String>> {
    private final Readiness readiness;

    /** Looks at nothing yet.
     * @param readiness all checks */
    @Activate
    public Problems(@Reference Readiness readiness) {
        this.readiness = readiness;
    }

    /** Runs the checks.
     * @return {@code name: detail} of each blocking check that fails; empty if the host is ready */
    @Override
    public List<String> get() {
        return readiness.checks().entrySet().stream()
                .filter(check -> !check.getValue().ok() && check.getValue().blocking())
                .map(check -> check.getKey() + ": " + check.getValue().detail())
                .toList();
    }
}
