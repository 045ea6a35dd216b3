package dev.weft.shell;

import dev.weft.api.health.BundleDiagnosis;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Readiness;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.Peer;
import java.time.Instant;
import java.util.Locale;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** What the operator of a small box asks: who works, why does a bundle not, how good are the links, how full is the heap. */
@Component(
        service = Diagnosis.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=top",
            "osgi.command.function=health",
            "osgi.command.function=why",
            "osgi.command.function=links",
            "osgi.command.function=gc"
        })
public final class Diagnosis {
    private static final double MOST_SECONDS = 60;
    private static final String NO_HEALTH =
            "the health room (dev.weft.health) is not running; felix:lb and scr:list show what is";

    private final BundleContext context;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile BundleDiagnosis bundles;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Mesh mesh;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Readiness readiness;

    /** Looks at nothing yet.
     * @param context knows all bundles */
    @Activate
    public Diagnosis(BundleContext context) {
        this.context = context;
    }

    /** Watches the threads for one second.
     * @return a table
     * @throws InterruptedException if the session is closed meanwhile */
    @Descriptor("threads and CPU of each bundle, watched for one second")
    public String top() throws InterruptedException {
        return top(1);
    }

    /** Watches the threads.
     * @param seconds for how long, 0.1 to 60
     * @return a table
     * @throws InterruptedException if the session is closed meanwhile */
    @Descriptor("threads and CPU of each bundle, watched for so many seconds (0.1 to 60)")
    public String top(double seconds) throws InterruptedException {
        if (!(seconds >= 0.1 && seconds <= MOST_SECONDS)) {
            throw new IllegalArgumentException(
                    "weft:top watches for 0.1 to 60 seconds, got " + seconds);
        }
        return new ThreadSample(context).watch(seconds);
    }

    /** All checks of the host.
     * @return a table, and below it what to do about each that fails */
    @Descriptor("whether this host works, check by check, and what to do about what does not")
    public String health() {
        Readiness all = readiness;
        if (all == null) {
            return NO_HEALTH;
        }
        Table table = new Table("CHECK", "STATE");
        StringBuilder details = new StringBuilder();
        all.checks()
                .forEach(
                        (name, status) -> {
                            table.row(name, state(status));
                            if (!status.ok()) {
                                details.append('\n').append(name).append(": ");
                                details.append(status.detail());
                            }
                        });
        return table.toString() + details;
    }

    private static String state(HealthCheck.Status status) {
        return status.ok() ? "ok" : status.blocking() ? "NOT READY" : "warning";
    }

    /** Why a bundle is not active.
     * @param bundle id or name
     * @return words */
    @Descriptor("why a bundle does not work, in words: BUNDLE is its id or name, e.g. mesh")
    public String why(String bundle) {
        BundleDiagnosis known = bundles;
        return known == null ? NO_HEALTH : known.why(bundle);
    }

    /** The links that are up.
     * @return a table */
    @Descriptor("the links that are up, as measured: path, ends, round trip, bytes")
    public String links() {
        Mesh up = mesh;
        if (up == null) {
            return Words.missing("the mesh");
        }
        Table table = new Table("PEER", "PATH", "ENDS", "RTT", "SENT", "RECEIVED", "SINCE");
        for (Peer peer : up.peers()) {
            table.row(
                    peer.name(),
                    peer.path().wireName(),
                    peer.candidatePair(),
                    peer.rttMillis() < 0
                            ? ""
                            : String.format(Locale.ROOT, "%.1f ms", peer.rttMillis()),
                    Words.bytes(peer.bytesSent()),
                    Words.bytes(peer.bytesReceived()),
                    Words.age(Instant.ofEpochSecond((long) peer.since())));
        }
        return table.isEmpty()
                ? "no link is up; one is made when a peer is called"
                : table.toString();
    }

    /** Collects garbage.
     * @return the heap before and after */
    @Descriptor("collects garbage and says what the heap held before and after")
    public String gc() {
        Runtime runtime = Runtime.getRuntime();
        long before = runtime.totalMemory() - runtime.freeMemory();
        long start = System.nanoTime();
        runtime.gc();
        long millis = (System.nanoTime() - start) / 1_000_000;
        return String.format(
                Locale.ROOT,
                "heap %d MB used before, %d MB after; %d MB taken of %d MB allowed; took %d ms",
                before >> 20,
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                runtime.totalMemory() >> 20,
                runtime.maxMemory() >> 20,
                millis);
    }
}
