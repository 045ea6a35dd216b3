package dev.weft.signaling;

import dev.weft.api.health.Measures.Measure;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How many sockets there are, and what became of them. Thread-safe. */
final class SocketCounts {
    private final LongAdder opened = new LongAdder();
    private final LongAdder renewed = new LongAdder();

    void opened() {
        opened.increment();
    }

    void renewed() {
        renewed.increment();
    }

    /** All of it, for {@code /metrics}.
     * @param open that are open now
     * @param limit that may be open */
    List<Measure> measure(int open, int limit) {
        return List.of(
                Measure.gauge("weft_signaling_sockets", "Signaling sockets that are open.", open),
                Measure.total(
                        "weft_signaling_sockets_opened_total",
                        "Signaling sockets that were let in.",
                        opened.sum()),
                Measure.total(
                        "weft_signaling_renewals_total",
                        "Signaling sockets that got a fresh token in time.",
                        renewed.sum()),
                Measure.gauge(
                        "weft_signaling_sockets_limit",
                        "Signaling sockets that may be open.",
                        limit));
    }
}
