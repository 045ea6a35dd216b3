package dev.weft.host.bench;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * The registry with many agents: what one costs, how fast signaling passes, how fast a task gets from its submission to its agent, and
 * whether finished tasks leave anything behind.
 */
final class RegistryBenchmark implements Benchmark {
    private static final int AGENTS = 10_000;
    private static final int SOCKETS = 2_000;
    private static final int TASKS = 5_000;
    private static final double RELAYED = 10_000;
    private static final int FIRST = 10;
    private static final String CONFIGURATION =
            "{\"dev.weft.registry\":{\"stale_seconds\":3600,\"offline_seconds\":7200},"
                    + "\"dev.weft.http.api\":{\"strangers_per_second\":100000}}"; // all agents call

    // from one
    // address

    @Override
    public String name() {
        return "registry";
    }

    @Override
    public void run(Figures figures, double scale) throws Exception {
        int agents = Math.max(40, (int) (AGENTS * scale));
        int sockets = Math.max(20, (int) (SOCKETS * scale)) / 2 * 2;
        figures.step("starting a registry");
        try (BenchHost host = new BenchHost("bench", CONFIGURATION, "--role", "registry");
                Echo echo = new Echo();
                BenchAgents all = new BenchAgents(host, agents, sockets + 1);
                BenchSockets wires = new BenchSockets()) {
            run(figures, scale, host, echo, all, sockets, wires);
        }
    }

    private static void run(
            Figures figures,
            double scale,
            BenchHost host,
            Echo echo,
            BenchAgents agents,
            int sockets,
            BenchSockets wires)
            throws Exception {
        figures.step("pairing " + agents.members() + " agents");
        agents.pair(0, FIRST); // so that code which is loaded at first use counts for nobody
        agents.register(0, FIRST);
        OptionalLong empty = host.liveBytes();
        int members = agents.members() - FIRST;
        figures.add("agents paired", agents.pair(FIRST, agents.members()), "1/s");
        agents.register(FIRST, agents.members());
        heap(figures, "heap of an idle agent", empty, host.liveBytes(), members);
        figures.step("registering " + agents.count() + " agents");
        double registered = agents.register(agents.members(), agents.count());
        figures.add("agents registered", agents.count(), "agents");
        figures.add("registrations", registered, "1/s");
        figures.add("heartbeats", agents.beatAll(agents.count()), "1/s");

        figures.step("opening " + sockets + " sockets");
        OptionalLong closed = host.liveBytes();
        RelayLoad relay = new RelayLoad();
        TaskLoad tasks = new TaskLoad(host, agents);
        double seconds = agents.connect(sockets, relay, tasks, wires);
        figures.add("sockets open", sockets, "sockets");
        figures.add("sockets opened", sockets / seconds, "1/s");
        figures.add("news of the last sockets", agents.settle(wires), "s");
        heap(figures, "heap of a socket", closed, host.liveBytes(), sockets);

        figures.step("relaying");
        relay(figures, scale, relay, wires, echo, host, sockets);
        figures.step("routing");
        Samples loop = loopback(echo, count(2000, scale));
        Samples routes = agents.route(count(2000, scale));
        figures.add("route p50", routes.millis(0.5), "ms", loop.millis(0.5));
        figures.add("route p99", routes.millis(0.99), "ms", loop.millis(0.99));
        figures.step("submitting tasks");
        Samples pushed = tasks.pushed(count(1000, scale));
        figures.add("task submitted to pushed p50", pushed.millis(0.5), "ms", loop.millis(0.5));
        figures.add("task submitted to pushed p99", pushed.millis(0.99), "ms", loop.millis(0.99));
        finished(figures, scale, host, tasks, agents);
    }

    private static void relay(
            Figures figures,
            double scale,
            RelayLoad relay,
            BenchSockets wires,
            Echo echo,
            BenchHost host,
            int sockets)
            throws IOException {
        double time = Math.max(1, 10 * scale);
        RelayLoad bare = new RelayLoad();
        for (int i = 0; i < sockets; i += 2) {
            BenchSocket socket = new BenchSocket(echo.port(), null, bare);
            wires.add(socket);
            bare.pair(socket, "bench-" + i, "bench-" + (i + 1));
        }
        relay.throughput(time / 2, wires);
        bare.throughput(time / 2, wires);
        figures.add(
                "signaling relayed",
                relay.throughput(time, wires),
                "1/s",
                bare.throughput(time, wires));
        double rate = RELAYED * Math.min(1, scale * 2);
        double before = host.cpuMillis();
        Samples ours = relay.latency(rate, time, wires);
        double used = host.cpuMillis() - before;
        Samples theirs = bare.latency(rate, time, wires);
        String at = " at " + (int) rate + "/s";
        figures.add("signaling p50" + at, ours.millis(0.5), "ms", theirs.millis(0.5));
        figures.add("signaling p99" + at, ours.millis(0.99), "ms", theirs.millis(0.99));
        figures.add(
                "of that, late by the load itself p99",
                relay.lateness().millis(0.99),
                "ms",
                bare.lateness().millis(0.99));
        figures.add("CPU of the registry for 1000 messages" + at, used / rate / time * 1000, "ms");
    }

    private static void finished(
            Figures figures, double scale, BenchHost host, TaskLoad tasks, BenchAgents agents)
            throws IOException {
        int count = count(TASKS, scale);
        figures.step("finishing " + 2 * count + " tasks");
        tasks.finish(count); // fills what is bounded, the database's cache above all
        OptionalLong before = host.liveBytes();
        double rate = tasks.finish(count);
        figures.add("tasks finished", rate, "1/s");
        heap(figures, "heap that a finished task leaves", before, host.liveBytes(), count);
        Samples routes = agents.route(count(2000, scale));
        figures.add("route p99 after " + 2 * count + " tasks", routes.millis(0.99), "ms");
        Samples pushed = tasks.pushed(count(1000, scale));
        figures.add(
                "task submitted to pushed p50 after " + 2 * count + " tasks",
                pushed.millis(0.5),
                "ms");
    }

    private static int count(int full, double scale) {
        return Math.max(50, (int) (full * scale));
    }

    private static void heap(
            Figures figures, String name, OptionalLong before, OptionalLong after, int count) {
        if (before.isPresent() && after.isPresent()) {
            double bytes = Math.max(0, after.getAsLong() - before.getAsLong());
            figures.add(name, bytes / 1024 / count, "KiB");
        }
    }

    /** The same connection and the same bytes, with nothing in between. */
    private static Samples loopback(Echo echo, int count) throws IOException {
        Samples samples = new Samples(count);
        byte[] bytes = new byte[300];
        try (java.net.Socket socket =
                new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), echo.port())) {
            socket.setTcpNoDelay(true);
            for (int i = -count / 4; i < count; i++) {
                long start = System.nanoTime();
                socket.getOutputStream().write(bytes);
                socket.getInputStream().readNBytes(bytes.length);
                if (i >= 0) {
                    samples.add(System.nanoTime() - start);
                }
            }
        }
        return samples;
    }
}
