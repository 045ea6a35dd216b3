package dev.weft.tasks;

import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Histogram;
import dev.weft.api.health.Measures;
import java.util.Collection;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Says whether durable tasks can be kept, and how many there are. */
@Component(service = {HealthCheck.class, Measures.class})
public final class TaskHealth implements HealthCheck, Measures {
    private final TaskEngine engine;

    /** Starts.
     * @param engine of this host */
    @Activate
    public TaskHealth(@Reference TaskEngine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "tasks";
    }

    @Override
    public Status check() {
        String failure = engine.engine().runs().ledger().failure();
        return failure.isEmpty() ? Status.OK : Status.warning(failure);
    }

    @Override
    public Collection<Histogram> histograms() {
        return engine.engine().runs().times().all();
    }

    @Override
    public Collection<Measure> measure() {
        return List.of(
                Measure.gauge("weft_tasks_running", "Tasks that run here", engine.room().running()),
                Measure.gauge(
                        "weft_tasks_waiting",
                        "Tasks that wait for their turn here",
                        engine.room().waiting()),
                Measure.gauge(
                        "weft_tasks_durable",
                        "Durable tasks of this host that are not final",
                        engine.engine().runs().ledger().open()));
    }
}
