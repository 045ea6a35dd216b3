package dev.weft.health;

import dev.weft.api.health.HealthCheck.Status;
import dev.weft.api.health.Readiness;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each problem once, and when it is gone. A problem must be there at two looks in a row: while a host starts, much is
 * missing for a moment. It has a thread of its own, since the host's executors may be what is missing.
 */
@Component(
        service = {},
        configurationPid = "dev.weft.health")
@Designate(ocd = HealthWatch.Config.class)
public final class HealthWatch {
    /** How often it looks. */
    @ObjectClassDefinition(name = "Weft health")
    public @interface Config {
        /** Time between two looks.
         * @return milliseconds, at least 10 */
        @AttributeDefinition(
                name = "interval.ms",
                description = "milliseconds between two looks at the checks")
        long interval_ms() default 5000;
    }

    private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);

    private final Readiness readiness;
    private final ScheduledThreadPoolExecutor thread;
    private final Map<String, Status> logged = new TreeMap<>(); // used by the one thread
    private Map<String, Status> last = Map.of(); // used by the one thread

    /** Begins to look.
     * @param readiness all checks
     * @param config how often */
    @Activate
    public HealthWatch(@Reference Readiness readiness, Config config) {
        this.readiness = readiness;
        thread =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread made = new Thread(null, task, "weft-health", 0, false);
                            made.setDaemon(true);
                            made.setContextClassLoader(HealthWatch.class.getClassLoader());
                            return made;
                        });
        long interval = Math.max(10, config.interval_ms());
        thread.scheduleWithFixedDelay(this::look, interval, interval, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Map<String, Status> now = readiness.checks();
            now.forEach(this::compare);
            logged.keySet()
                    .removeIf(
                            name -> {
                                boolean gone = !now.containsKey(name) || now.get(name).ok();
                                if (gone) {
                                    LOG.info("{}: well again", name);
                                }
                                return gone;
                            });
            last = now;
        } catch (RuntimeException | LinkageError e) {
            LOG.error("the checks cannot be run: {}", e, e);
        }
    }

    private void compare(String name, Status status) {
        if (status.ok() || !status.equals(last.get(name)) || status.equals(logged.get(name))) {
            return;
        }
        logged.put(name, status);
        if (status.blocking()) {
            LOG.error("not ready, {}: {}", name, status.detail());
        } else {
            LOG.warn("{}: {}", name, status.detail());
        }
    }

    /** Looks no more. */
    @Deactivate
    public void close() {
        thread.shutdownNow();
    }
}
