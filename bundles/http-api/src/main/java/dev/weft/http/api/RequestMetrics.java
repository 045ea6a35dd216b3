package dev.weft.http.api;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests by route and status, and how long they took. As many series as there are routes and statuses, whatever strangers ask for. */
final class RequestMetrics implements Exchange.Observer {
    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private record Key(String method, String route, int status) {}

    private record Place(String method, String route) {}

    /** Times of one route. */
    private static final class Times {
        private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
        private final DoubleAdder sum = new DoubleAdder();

        Times() {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }

        void add(double seconds) {
            int i = 0;
            while (i < BOUNDS.length && seconds > BOUNDS[i]) {
                i++;
            }
            buckets[i].increment();
            sum.add(seconds);
        }
    }

    private final ConcurrentMap<Key, LongAdder> counts = new ConcurrentHashMap<>();
    private final ConcurrentMap<Place, Times> times = new ConcurrentHashMap<>();
    private final LongAdder limited = new LongAdder();

    @Override
    public void answered(Exchange exchange, int status, String code) {
        Route route = exchange.route();
        Place place =
                route == null
                        ? new Place("other", "none")
                        : new Place(route.method(), route.template());
        counts.computeIfAbsent(
                        new Key(place.method(), place.route(), status), any -> new LongAdder())
                .increment();
        times.computeIfAbsent(place, any -> new Times()).add(exchange.seconds());
        if (status == 429) {
            limited.increment();
        }
    }

    void write(Exposition out) {
        counts.forEach(
                (key, count) ->
                        out.add(
                                "weft_http_requests_total",
                                "HTTP requests answered.",
                                "counter",
                                "weft_http_requests_total",
                                Map.of(
                                        "method",
                                        key.method(),
                                        "route",
                                        key.route(),
                                        "status",
                                        String.valueOf(key.status())),
                                count.sum()));
        times.forEach((place, one) -> write(out, place, one));
        out.add(
                "weft_http_rate_limited_total",
                "HTTP requests refused because a limit was reached.",
                "counter",
                "weft_http_rate_limited_total",
                Map.of(),
                limited.sum());
    }

    private static void write(Exposition out, Place place, Times one) {
        String name = "weft_http_request_seconds";
        String help = "Time until HTTP requests were answered, or their streams began.";
        long count = 0;
        for (int i = 0; i <= BOUNDS.length; i++) {
            count += one.buckets[i].sum();
            String bound = i == BOUNDS.length ? "+Inf" : Exposition.number(BOUNDS[i]);
            out.add(
                    name,
                    help,
                    "histogram",
                    name + "_bucket",
                    Map.of("method", place.method(), "route", place.route(), "le", bound),
                    count);
        }
        Map<String, String> labels = Map.of("method", place.method(), "route", place.route());
        out.add(name, help, "histogram", name + "_sum", labels, one.sum.sum());
        out.add(name, help, "histogram", name + "_count", labels, count);
    }
}
