package dev.weft.registry;

import dev.weft.api.health.HealthCheck;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every few seconds at what ages: silent agents, expired tasks, old codes. */
@Component(service = HealthCheck.class, immediate = true, configurationPid = "dev.weft.registry")
@Designate(ocd = RegistryConfig.class)
public final class Sweeper implements HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private final List<Sweep> sweeps;
    private final ExecutorService blocking;
    private final Future<?> tick;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile String failure = "";

    /** Starts sweeping.
     * @param directory looked at for silent agents
     * @param pairing looked at for old codes
     * @param inbox looked at for expired tasks
     * @param blocking runs the sweeps
     * @param timer says when
     * @param config says how often */
    @Activate
    public Sweeper(
            @Reference Directory directory,
            @Reference PairingDesk pairing,
            @Reference TaskInbox inbox,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            RegistryConfig config) {
        this(
                List.of(directory, pairing, inbox),
                blocking,
                timer,
                TimeUnit.SECONDS.toMillis(Math.max(1, config.sweep__seconds())));
    }

    Sweeper(
            List<Sweep> sweeps,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            long millis) {
        this.sweeps = sweeps;
        this.blocking = blocking;
        this.tick =
                timer.scheduleWithFixedDelay(this::handOver, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Stops sweeping. */
    @Deactivate
    public void stop() {
        tick.cancel(false);
    }

    private void handOver() {
        if (!running.compareAndSet(false, true)) {
            return; // the last one is still at it: the database is slow
        }
        try {
            blocking.execute(this::sweep);
        } catch (RejectedExecutionException e) {
            running.set(false);
            failed("the host is too busy to sweep the registry");
        }
    }

    private void sweep() {
        try {
            String worst = "";
            for (Sweep each : sweeps) {
                try {
                    each.sweep();
                } catch (RuntimeException e) {
                    worst = "sweep of the registry failed: " + e.getMessage();
                    LOG.debug("sweep failed", e);
                }
            }
            failed(worst);
        } finally {
            running.set(false);
        }
    }

    private void failed(String why) {
        if (!why.isEmpty() && failure.isEmpty()) {
            LOG.warn("{}; tried again at the next sweep", why);
        }
        failure = why;
    }

    @Override
    public String name() {
        return "registry-sweep";
    }

    @Override
    public Status check() {
        String why = failure;
        return why.isEmpty() ? Status.OK : Status.warning(why);
    }
}
