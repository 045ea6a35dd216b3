package dev.weft.http.api;

import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Measures;
import dev.weft.api.health.Measures.Measure;
import dev.weft.api.health.Readiness;
import dev.weft.api.identity.Role;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.Registry;
import dev.weft.api.task.Tasks;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /metrics}: this host in numbers, for Prometheus. */
final class MetricsResource implements Resource {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsResource.class);
    private static final int MOST = 1000;
    private final Rooms rooms;
    private final RequestMetrics requests;
    private final EventResource events;
    private final String version;

    MetricsResource(Rooms rooms, RequestMetrics requests, EventResource events, String version) {
        this.rooms = rooms;
        this.requests = requests;
        this.events = events;
        this.version = version;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/metrics",
                        "This host in numbers, in the Prometheus text format",
                        Route.roles(Role.ADMIN, Role.OPERATOR, Role.VIEWER),
                        this::metrics));
    }

    private CompletionStage<Reply> metrics(Call call) {
        Exposition out = new Exposition();
        out.add(
                new Measure(
                        "weft_build_info",
                        "The host's version.",
                        false,
                        Map.of("version", version),
                        1));
        agents(out);
        tasks(out);
        requests.write(out);
        out.add(Measure.gauge("weft_event_streams", "Event streams that are open.", events.open()));
        for (Measures source : rooms.measures) {
            try {
                source.measure().forEach(out::add);
                source.histograms().forEach(out::add);
            } catch (RuntimeException failure) {
                LOG.warn("{} offers no numbers now: {}", source.getClass(), failure.toString());
            }
        }
        health(out);
        jvm(out);
        return CompletableFuture.completedFuture(Reply.text(Exposition.TYPE, out.toString()));
    }

    private void agents(Exposition out) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        List.of("active", "stale", "offline").forEach(health -> counts.put(health, 0));
        Registry registry = rooms.registry;
        AgentDirectory directory = rooms.directory;
        if (registry != null) {
            for (AgentRecord agent : registry.list()) {
                counts.merge(agent.health().name().toLowerCase(Locale.ROOT), 1, Integer::sum);
            }
        } else if (directory != null) {
            directory.agents().forEach(agent -> counts.merge(agent.health(), 1, Integer::sum));
        } else {
            return;
        }
        family(out, "weft_agents", "Agents that are known, by health.", "health", counts);
    }

    private void tasks(Exposition out) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Tasks tasks = rooms.tasks;
        Inbox inbox = rooms.inbox;
        if (tasks != null) {
            tasks.list(MOST)
                    .forEach(task -> counts.merge(task.state().wireName(), 1, Integer::sum));
            family(
                    out,
                    "weft_tasks",
                    "The newest " + MOST + " tasks of this host, by state.",
                    "state",
                    counts);
        }
        if (inbox != null) {
            Map<String, Integer> waiting = new LinkedHashMap<>();
            inbox.list(MOST).forEach(task -> waiting.merge(task.state(), 1, Integer::sum));
            family(
                    out,
                    "weft_inbox_tasks",
                    "The newest " + MOST + " tasks of the registry's inbox, by state.",
                    "state",
                    waiting);
        }
    }

    private static void family(
            Exposition out, String name, String help, String label, Map<String, Integer> counts) {
        counts.forEach(
                (value, count) ->
                        out.add(new Measure(name, help, false, Map.of(label, value), count)));
    }

    private void health(Exposition out) {
        Readiness readiness = rooms.readiness;
        if (readiness != null) {
            Map<String, HealthCheck.Status> checks = readiness.checks();
            checks.forEach(
                    (check, status) ->
                            out.add(
                                    new Measure(
                                            "weft_health",
                                            "Whether a check of the host is well.",
                                            false,
                                            Map.of("check", check),
                                            status.ok() ? 1 : 0)));
        }
    }

    private static void jvm(Exposition out) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        out.add(Measure.gauge("jvm_memory_heap_used_bytes", "Heap in use.", heap.getUsed()));
        out.add(Measure.gauge("jvm_memory_heap_max_bytes", "Largest heap.", heap.getMax()));
        out.add(
                Measure.gauge(
                        "jvm_threads",
                        "Threads that live.",
                        ManagementFactory.getThreadMXBean().getThreadCount()));
        ManagementFactory.getGarbageCollectorMXBeans()
                .forEach(
                        gc ->
                                out.add(
                                        new Measure(
                                                "jvm_gc_seconds_total",
                                                "Time spent collecting garbage.",
                                                true,
                                                Map.of("gc", gc.getName()),
                                                Math.max(0, gc.getCollectionTime()) / 1000.0)));
        out.add(
                Measure.gauge(
                        "process_uptime_seconds",
                        "Time since the host started.",
                        ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0));
    }
}
