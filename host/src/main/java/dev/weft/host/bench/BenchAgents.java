package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
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
import java.util.concurrent.locks.LockSupport;

/** Many agents at a registry: they register with a card of an ordinary host, beat, connect, and ask for routes. */
final class BenchAgents {
    private static final int CONNECTIONS = 4;
    private static final int SKILLS = 100;
    private static final String CARD =
            "{\"agent_id\":\"%1$s\",\"name\":\"%1$s\",\"hostname\":\"edge-%1$s.example.org\",\"status\":\"running\",\"mode\":\"all\",\"version\":\"0.1.0\",\"platform\":\"linux-aarch64\","
                    + "\"labels\":{\"site\":\"site-%3$d\",\"rack\":\"r%2$d\"},\"skills\":["
                    + "{\"id\":\"skill-%3$d\",\"title\":\"Disk space\",\"description\":\"Free and used space of this machine's file systems\",\"tools\":[{\"name\":\"usage\",\"description\":\"Free and used bytes of the file system that holds a path\",\"schema\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\",\"description\":\"an absolute path\"}},\"required\":[\"path\"]}}]},"
                    + "{\"id\":\"text\",\"title\":\"Text\",\"description\":\"Counts and shortens text\",\"tools\":[{\"name\":\"statistics\",\"description\":\"Counts words and lines of a text\",\"schema\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"]}}]}]}";
    private final BenchHost host;
    private final int count;

    BenchAgents(BenchHost host, int count) {
        this.host = host;
        this.count = count;
    }

    int count() {
        return count;
    }

    static String id(int number) {
        return String.format("bench-%06d", number);
    }

    static String key(int number) {
        return String.format("ak_bench_%016d", number);
    }

    /** A key for each agent, of which it is the peer. */
    static String keyFile(int count) {
        StringBuilder file = new StringBuilder("{\"keys\":{");
        for (int i = 0; i < count; i++) {
            file.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(key(i))
                    .append("\":{\"peer_id\":\"")
                    .append(id(i))
                    .append("\",\"role\":\"agent\"}");
        }
        return file.append("}}").toString();
    }

    /** All register.
     * @return registrations a second */
    double registerAll() throws Exception {
        return each(
                count,
                (http, i) ->
                        http.call(
                                "POST",
                                "/api/registry/agents",
                                String.format(CARD, id(i), i % 40, i % SKILLS)));
    }

    /** The first so many beat once.
     * @return heartbeats a second */
    double beatAll(int agents) throws Exception {
        return each(
                agents,
                (http, i) ->
                        http.call(
                                "POST",
                                "/api/hub/heartbeat",
                                "{\"agent_id\":\"" + id(i) + "\",\"load\":0." + i % 9 + "}"));
    }

    /** Asks again and again which agent to take. */
    Samples route(int times) throws IOException {
        Samples samples = new Samples(times);
        try (PlainHttp http = new PlainHttp(host.port(), host.key())) {
            for (int i = -times / 4; i < times; i++) {
                long start = System.nanoTime();
                http.call("GET", "/api/registry/route?skill=skill-" + Math.abs(i) % SKILLS, null);
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
                    JsonNode token;
                    try (PlainHttp own = new PlainHttp(host.port(), key(i))) {
                        token = Wire.tree(own.call("POST", "/api/token", null));
                    }
                    opened[i] =
                            new BenchSocket(
                                    host.port(),
                                    token.path("token").asText(),
                                    (bytes, from, length) -> {
                                        relay.text(bytes, from, length);
                                        tasks.text(bytes, from, length);
                                        if (starts(bytes, from, "{\"type\":\"peer_list\"")) {
                                            welcomed.incrementAndGet();
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

    private double each(int agents, Step step) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            AtomicInteger next = new AtomicInteger();
            List<Future<?>> ends = new ArrayList<>();
            long start = System.nanoTime();
            Callable<Void> work =
                    () -> {
                        try (PlainHttp http = new PlainHttp(host.port(), host.key())) {
                            for (int i = next.getAndIncrement();
                                    i < agents;
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
            return agents / ((System.nanoTime() - start) / 1e9);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            pool.shutdownNow();
        }
    }
}
