package dev.weft.http.api;

import dev.weft.api.health.Histogram;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests by route and status, and how long they took. As many series as there are routes and statuses, whatever strangers ask for. */
final class RequestMetrics implements Exchange.Observer {
    private record Key(String method, String route, int status) {}

    private record Place(String method, String route) {}

    private final ConcurrentMap<Key, LongAdder> counts = new ConcurrentHashMap<>();
    private final ConcurrentMap<Place, Histogram> times = new ConcurrentHashMap<>();
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
        times.computeIfAbsent(place, RequestMetrics::times).add(exchange.seconds());
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
        times.values().forEach(out::add);
        out.add(
                "weft_http_rate_limited_total",
                "HTTP requests refused because a limit was reached.",
                "counter",
                "weft_http_rate_limited_total",
                Map.of(),
                limited.sum());
    }

    private static Histogram times(Place place) {
        return new Histogram(
                "weft_http_request_seconds",
                "Time until HTTP requests were answered, or their streams began.",
                Map.of("method", place.method(), "route", place.route()));
    }
}
