package dev.weft.host.bench;

import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** How long it takes from no link to the first result, which leaves by relay, and to a direct link. */
final class MeshCold {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long IDLE_NANOS = 4_000_000_000L;
    private static final long SETTLED_NANOS = 200_000_000L;
    private final Mesh mesh;
    private final Consumer<String> say;

    MeshCold(Mesh mesh, Consumer<String> say) {
        this.mesh = mesh;
        this.say = say;
    }

    /** How many peers are needed.
     * @param scale part of the full size */
    static int peers(double scale) {
        return Math.max(4, (int) (40 * scale));
    }

    /** Asks the first peer of all, once this process has been idle for a while, as a host is before its first peer comes. */
    void first() throws Exception {
        LockSupport.parkNanos(IDLE_NANOS);
        Samples first = new Samples(1);
        Samples direct = new Samples(1);
        ask(MeshPeer.ANSWERS, first, direct);
        say.accept("F first result ever of a process, by relay|" + first.millis(0.5) + "|ms|0");
        say.accept("F first direct link ever of a process|" + direct.millis(0.5) + "|ms|0");
    }

    /** Asks peers that were never asked, one after the other.
     * @param raw milliseconds that a raw DataChannel takes */
    void run(double scale, double raw) throws Exception {
        int count = peers(scale);
        Samples first = new Samples(count);
        Samples direct = new Samples(count);
        for (int i = 0; i < count; i++) {
            LockSupport.parkNanos(
                    SETTLED_NANOS); // the link before is greeted on and measured by then
            boolean counts = i >= count / 4; // by then classes are loaded and the code is warm
            ask(
                    MeshPeer.cold(i),
                    counts ? first : new Samples(1),
                    counts ? direct : new Samples(1));
        }
        say.accept("F first result of a new peer, by relay, p50|" + first.millis(0.5) + "|ms|0");
        say.accept("F first result of a new peer, by relay, p95|" + first.millis(0.95) + "|ms|0");
        say.accept(
                "F direct link to a new peer, p50 (baseline: raw DataChannel)|"
                        + direct.millis(0.5)
                        + "|ms|"
                        + raw);
        say.accept("F direct link to a new peer, p95|" + direct.millis(0.95) + "|ms|0");
    }

    private void ask(AgentId peer, Samples first, Samples direct) throws Exception {
        long start = System.nanoTime();
        mesh.request(peer, "bench_echo", Wire.object(), TIMEOUT, null).get(90, TimeUnit.SECONDS);
        first.add(System.nanoTime() - start);
        awaitDirect(mesh, peer);
        direct.add(System.nanoTime() - start);
    }

    static void awaitDirect(Mesh mesh, AgentId peer) {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (mesh.peer(peer).filter(known -> known.path() == Path.P2P).isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no direct link to " + peer + " came up");
            }
            LockSupport.parkNanos(200_000);
        }
    }
}
