package dev.weft.host.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Many agents at a registry: they are paired, register with a card of an ordinary host, beat, connect, and ask for routes. */
final class BenchAgents implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final int SKILLS = 100;
    private static final long QUIET_NANOS = 1_500_000_000L;
    private static final String CARD =
            "{\"agent_id\":\"%1$s\",\"name\":\"%4$s\",\"hostname\":\"edge-%1$s.example.org\",\"status\":\"running\",\"mode\":\"all\",\"version\":\"0.1.0\",\"platform\":\"linux-aarch64\","
                    + "\"labels\":{\"site\":\"site-%3$d\",\"rack\":\"r%2$d\"},\"skills\":["
                    + "{\"id\":\"skill-%3$d\",\"title\":\"Disk space\",\"description\":\"Free and used space of this machine's file systems\",\"tools\":[{\"name\":\"usage\",\"description\":\"Free and used bytes of the file system that holds a path\",\"schema\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\",\"description\":\"an absolute path\"}},\"required\":[\"path\"]}}]},"
                    + "{\"id\":\"text\",\"title\":\"Text\",\"description\":\"Counts and shortens text\",\"tools\":[{\"name\":\"statistics\",\"description\":\"Counts words and lines of a text\",\"schema\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"]}}]}]}";
    private final BenchHost host;
    private final int count;
    private final BenchAgent[] agents;
    private final AtomicLong told = new AtomicLong(System.nanoTime());
    private final ExecutorService renewals = Executors.newSingleThreadExecutor();

    /** @param count of them all
     * @param members how many of them are members, the first */
    BenchAgents(BenchHost host, int count, int members) {
        this.host = host;
        this.count = count;
        this.agents = new BenchAgent[members];
    }

    int count() {
        return count;
    }

    int members() {
        return agents.length;
    }

    String id(int number) {
        return number < agents.length ? agents[number].id() : name(number);
    }

    private static String name(int number) {
        return String.format("bench-%06d", number);
    }

    BenchAgent get(int number) {
        return agents[number];
    }

    /** Some become members, as hosts do: with a code, a key of their own, an approval and a device token.
     * @param from the first
     * @param to after the last
     * @return agents a second */
    double pair(int from, int to) throws Exception {
        return each(
                to - from, (http, i) -> agents[from + i] = BenchAgent.pair(http, name(from + i)));
    }

    /** Some register.
     * @param from the first
     * @param to after the last
     * @return registrations a second */
    double register(int from, int to) throws Exception {
        return each(
                to - from,
                (http, i) -> {
                    int agent = from + i;
                    http.call(
                            "POST",
                            "/api/registry/agents",
                            String.format(
                                    CARD, id(agent), agent % 40, agent % SKILLS, name(agent)));
                });
    }

    /** The first so many beat once.
     * @return heartbeats a second */
    double beatAll(int many) throws Exception {
        return each(
                many,
                (http, i) ->
                        http.call(
                                "POST",
                                "/api/hub/heartbeat",
                                "{\"agent_id\":\"" + id(i) + "\",\"load\":0." + i % 9 + "}"));
    }

    /** Asks again and again which agent to take. */
    Samples route(int times) throws IOException {
        Samples samples = new Samples(times);
        int skills = Math.min(SKILLS, agents.length); // those that members offer
        try (PlainHttp http = new PlainHttp(host.port(), host.key())) {
            for (int i = -times / 4; i < times; i++) {
                long start = System.nanoTime();
                http.call("GET", "/api/registry/route?skill=skill-" + Math.abs(i) % skills, null);
                if (i >= 0) {
                    samples.add(System.nanoTime() - start);
                }
            }
        }
        return samples;
    }

    /** Opens sockets, and waits until each was let in.
     * @return seconds that it took */
    double connect(int sockets, RelayLoad relay, TaskLoad tasks, BenchSockets wires)
            throws Exception {
        AtomicInteger welcomed = new AtomicInteger();
        BenchSocket[] opened = new BenchSocket[sockets];
        long start = System.nanoTime();
        each(
                sockets,
                (http, i) -> {
                    opened[i] =
                            new BenchSocket(
                                    host.port(),
                                    agents[i].token(host.port()),
                                    (bytes, from, length) -> {
                                        relay.text(bytes, from, length);
                                        tasks.text(bytes, from, length);
                                        if (starts(bytes, from, "{\"type\":\"peer_list\"")) {
                                            welcomed.incrementAndGet();
                                        } else if (starts(bytes, from, "{\"type\":\"peer")) {
                                            told.set(System.nanoTime());
                                        } else if (starts(bytes, from, "{\"type\":\"renew\"")) {
                                            renewals.execute(() -> renew(opened[i], i));
                                        }
                                    });
                    wires.add(opened[i]);
                    opened[i].send(
                            BenchSocket.frame(
                                    "{\"type\":\"register\",\"peer_id\":\"" + id(i) + "\"}"));
                });
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (welcomed.get() < sockets) {
            wires.check();
            if (System.nanoTime() > end) {
                throw new IOException(sockets - welcomed.get() + " sockets were not let in");
            }
            LockSupport.parkNanos(1_000_000);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        for (int i = 0; i < sockets; i += 2) {
            relay.pair(opened[i], id(i), id(i + 1));
        }
        return seconds;
    }

    /** Waits until the sockets are told nothing more of each other.
     * @return seconds from now to the last news, 0 if there were none */
    double settle(BenchSockets wires) throws IOException {
        long start = System.nanoTime();
        long end = start + TimeUnit.MINUTES.toNanos(5);
        while (System.nanoTime() - Math.max(start, told.get()) < QUIET_NANOS) {
            wires.check();
            if (System.nanoTime() > end) {
                throw new IOException("news of agents that connected do not end");
            }
            LockSupport.parkNanos(10_000_000);
        }
        return Math.max(0, told.get() - start) / 1e9;
    }

    /** A socket that is open for long needs a fresh token now and then. */
    private void renew(BenchSocket socket, int agent) {
        try {
            socket.send(
                    BenchSocket.frame(
                            "{\"type\":\"renew\",\"peer_id\":\""
                                    + id(agent)
                                    + "\",\"payload\":{\"token\":\""
                                    + agents[agent].token(host.port())
                                    + "\"}}"));
        } catch (IOException broken) {
            // whoever reads the socket says so, and the registry asks again
        }
    }

    @Override
    public void close() {
        renewals.shutdownNow();
    }

    static boolean starts(byte[] bytes, int from, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (from + i >= bytes.length || bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** What is done for each agent. */
    private interface Step {
        void take(PlainHttp http, int agent) throws Exception;
    }

    private double each(int many, Step step) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            AtomicInteger next = new AtomicInteger();
            List<Future<?>> ends = new ArrayList<>();
            long start = System.nanoTime();
            Callable<Void> work =
                    () -> {
                        try (PlainHttp http = new PlainHttp(host.port(), host.key())) {
                            for (int i = next.getAndIncrement();
                                    i < many;
                                    i = next.getAndIncrement()) {
                                step.take(http, i);
                            }
                        }
                        return null;
                    };
            for (int i = 0; i < CONNECTIONS; i++) {
                ends.add(pool.submit(work));
            }
            for (Future<?> end : ends) {
                end.get(10, TimeUnit.MINUTES);
            }
            return many / ((System.nanoTime() - start) / 1e9);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            pool.shutdownNow();
        }
    }
}
