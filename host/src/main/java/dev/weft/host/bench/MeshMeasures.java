package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.weft.api.mesh.Mesh;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** What the asking process measures. Lines that it says: {@code F name|value|unit|baseline}. */
final class MeshMeasures {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int IN_FLIGHT = 1000;
    private static final String TEXT = "x".repeat(200);
    private final Mesh mesh;
    private final double scale;
    private final Consumer<String> say;
    private final LinkedBlockingQueue<byte[]> rawAnswers = new LinkedBlockingQueue<>();
    private final AtomicLong rawBytes = new AtomicLong();
    private final Semaphore rawRoom = new Semaphore(IN_FLIGHT);
    private final ProcessState state = new ProcessState();
    private volatile boolean rawMany;
    private double rawMade;

    MeshMeasures(Mesh mesh, double scale, Consumer<String> say) {
        this.mesh = mesh;
        this.scale = scale;
        this.say = say;
    }

    private int scaled(int full) {
        return scaled(full, 10);
    }

    private int scaled(int full, int least) {
        return Math.max(least, (int) (full * scale));
    }

    private void figure(String name, double value, String unit, double baseline) {
        say.accept("F " + name + "|" + value + "|" + unit + "|" + baseline);
    }

    private CompletableFuture<MeshMessage> ask(String type, JsonNode payload) {
        return mesh.request(MeshPeer.ANSWERS, type, payload, TIMEOUT, null);
    }

    private JsonNode answer(String type, JsonNode payload) throws Exception {
        return ask(type, payload).get(90, TimeUnit.SECONDS).payload();
    }

    /** @param profile whether the costs of many tasks are named */
    void run(boolean profile) throws Exception {
        MeshCold cold = new MeshCold(mesh, say);
        cold.first();
        RawChannel raw = raw();
        cold.run(scale, rawMade);
        echo(raw);
        many(raw);
        if (profile) {
            profile();
        }
        bulk(raw);
        raw.close();
    }

    /** Raw channels one after the other, of which the last is kept for the other baselines. */
    private RawChannel raw() throws Exception {
        PeerConnectionFactory factory = MeshPeer.factory();
        int count = scaled(30, 2);
        Samples samples = new Samples(count);
        RawChannel raw = null;
        for (int i = -count / 5; i < count; i++) {
            if (raw != null) {
                raw.close();
            }
            long start = System.nanoTime();
            raw = new RawChannel(factory, this::rawArrived);
            String offer = raw.offer();
            raw.accept(answer("bench_raw", Wire.object().put("sdp", offer)).path("sdp").asText());
            if (i >= 0) {
                samples.add(System.nanoTime() - start);
            }
        }
        rawMade = samples.millis(0.5);
        return raw;
    }

    private void rawArrived(byte[] message) {
        rawBytes.addAndGet(message.length);
        if (rawMany) {
            rawRoom.release();
        } else if (message.length < 1000) {
            rawAnswers.add(message);
        }
    }

    /** One in flight. */
    private void echo(RawChannel raw) throws Exception {
        int count = scaled(10_000);
        JsonNode payload = Wire.object().put("text", TEXT);
        byte[] bytes = new byte[200];
        Samples ours = null;
        Samples theirs = null;
        Samples tcp = null;
        for (int round = 0; round < 3; round++) { // the last round counts: by then the code is warm
            ours = new Samples(count);
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                answer("bench_echo", payload);
                ours.add(System.nanoTime() - start);
            }
            theirs = new Samples(count);
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                raw.send(bytes);
                if (rawAnswers.poll(20, TimeUnit.SECONDS) == null) {
                    throw new IllegalStateException("the raw channel is silent");
                }
                theirs.add(System.nanoTime() - start);
            }
            tcp = tcp(count);
        }
        figure("echo p50 (baseline: raw DataChannel)", ours.millis(0.5), "ms", theirs.millis(0.5));
        figure(
                "echo p99 (baseline: raw DataChannel)",
                ours.millis(0.99),
                "ms",
                theirs.millis(0.99));
        figure("echo p50 (baseline: loopback TCP)", ours.millis(0.5), "ms", tcp.millis(0.5));
    }

    private Samples tcp(int count) throws Exception {
        int port = answer("bench_tcp", Wire.object()).path("port").asInt();
        Samples samples = new Samples(count);
        byte[] bytes = new byte[200];
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                out.write(bytes);
                in.readNBytes(bytes, 0, bytes.length);
                samples.add(System.nanoTime() - start);
            }
        }
        return samples;
    }

    /** Many in flight. */
    private void many(RawChannel raw) throws Exception {
        int count = scaled(100_000);
        double ours = 0;
        State before = null;
        State after = null;
        for (int round = 0; round < 2; round++) {
            before = state(false);
            ours = manyAsks(count);
            after = state(false);
        }
        rawMany = true;
        int rawCount = scaled(30_000);
        byte[] bytes = new byte[300];
        long start = System.nanoTime();
        for (int i = 0; i < rawCount; i++) {
            acquire(rawRoom, 1);
            raw.send(bytes);
        }
        acquire(rawRoom, IN_FLIGHT);
        rawMany = false;
        double theirs = rawCount / ((System.nanoTime() - start) / 1e9);
        figure(
                "200-byte tasks a second, 1000 in flight (baseline: raw DataChannel, one frame each)",
                ours,
                "1/s",
                theirs);
        figure(
                "CPU of both processes for 1000 tasks",
                (after.cpuMillis - before.cpuMillis) * 1000.0 / count,
                "ms",
                0);
        figure(
                "allocated by both processes for a task",
                (double) (after.allocated - before.allocated) / count,
                "B",
                0);
    }

    /** Both processes together. */
    private record State(long cpuMillis, long allocated, long resident, long most, long heap) {}

    private State state(boolean watched) throws Exception {
        JsonNode here = state.json(watched);
        JsonNode there = answer("bench_state", Wire.object().put("watch", watched));
        return new State(
                sum(here, there, "cpu_ms"),
                sum(here, there, "allocated"),
                sum(here, there, "resident"),
                sum(here, there, "most"),
                sum(here, there, "heap"));
    }

    private static long sum(JsonNode one, JsonNode other, String name) {
        return one.path(name).asLong() + other.path(name).asLong();
    }

    /** What many tasks cost most, at both ends. */
    private void profile() throws Exception {
        try (Profile here = new Profile()) {
            answer("bench_profile", Wire.object().put("on", true));
            manyAsks(scaled(200_000));
            tell("asking", here.top());
            tell("answering", answer("bench_profile", Wire.object()).path("top"));
        }
    }

    private void tell(String side, JsonNode top) {
        for (JsonNode cost : top) {
            String name =
                    side + ", " + cost.path("kind").asText() + ": " + cost.path("what").asText();
            figure(name.replace('|', '/'), cost.path("percent").asDouble(), "%", 0);
        }
    }

    private double manyAsks(int count) throws Exception {
        JsonNode payload = Wire.object().put("text", TEXT);
        Semaphore room = new Semaphore(IN_FLIGHT);
        AtomicLong failed = new AtomicLong();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            acquire(room, 1);
            ask("bench_echo", payload)
                    .whenComplete(
                            (answer, failure) -> {
                                if (failure != null) {
                                    failed.incrementAndGet();
                                }
                                room.release();
                            });
        }
        acquire(room, IN_FLIGHT);
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " of " + count + " tasks failed");
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static void acquire(Semaphore room, int permits) throws InterruptedException {
        if (!room.tryAcquire(permits, 60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("answers do not come");
        }
    }

    /** Results of 16 MiB, two in flight, so that one is read while the next one travels. */
    private void bulk(RawChannel raw) throws Exception {
        int count = scaled(20, 2);
        double ours = 0;
        State calm = null;
        for (int round = 0; round < 2; round++) {
            calm = state(true);
            long start = System.nanoTime();
            CompletableFuture<MeshMessage> before = ask("bench_bulk", Wire.object());
            for (int i = 1; i < count; i++) {
                CompletableFuture<MeshMessage> next = ask("bench_bulk", Wire.object());
                before.get(90, TimeUnit.SECONDS);
                before = next;
            }
            before.get(90, TimeUnit.SECONDS);
            ours = (double) count * MeshPeer.BULK / 1e6 / ((System.nanoTime() - start) / 1e9);
        }
        State busy = state(true);
        double grown = (busy.most - calm.resident) / 1048576.0;
        double heap = (busy.heap - calm.heap) / 1048576.0;
        rawBytes.set(0);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            raw.send(new byte[1]);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (rawBytes.get() < (long) count * MeshPeer.BULK) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the raw channel is silent");
            }
            LockSupport.parkNanos(200_000);
        }
        double theirs = rawBytes.get() / 1e6 / ((System.nanoTime() - start) / 1e9);
        figure("16 MiB results (baseline: raw DataChannel)", ours, "MB/s", theirs);
        figure("resident memory of both processes, growth during that", grown, "MiB", 0);
        figure("of it outside the Java heap", grown - heap, "MiB", 0);
    }
}
