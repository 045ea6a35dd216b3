package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What a repository of ten thousand skills costs a host: to read, to refresh, to search, to plan an install from, and in memory. */
final class CatalogBenchmark implements Benchmark {
    private static final List<String> QUERIES =
            List.of(
                    "weather",
                    "w",
                    "calendar of mail",
                    "sends machine",
                    "photo sync",
                    "nothing-of-this",
                    "reads%20writes&permission=net",
                    "&publisher=com.p7",
                    "radio&platform=linux/aarch64/17",
                    "");

    @Override
    public String name() {
        return "catalog";
    }

    @Override
    public void run(Figures figures, double scale) throws Exception {
        int publishers = Math.max(8, (int) (100 * scale));
        Path folder = Files.createTempDirectory("weft-bench-repository-");
        try {
            figures.step("making a repository");
            BenchRepository repository =
                    new BenchRepository(folder.resolve("repository"), publishers, 100);
            figures.add("skills", publishers * 100.0 + 1, "skills");
            figures.step("starting a host");
            try (BenchHost host = new BenchHost("bench-catalog", "");
                    PlainHttp http = new PlainHttp(host.port(), host.key())) {
                measure(figures, repository, folder, host, http, scale);
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
    }

    private static void measure(
            Figures figures,
            BenchRepository repository,
            Path folder,
            BenchHost host,
            PlainHttp http,
            double scale)
            throws IOException {
        OptionalLong before = settled(host);
        long start = System.nanoTime();
        JsonNode added =
                http.tryCall(
                        "POST",
                        "/api/catalog/repositories",
                        Wire.write(
                                Map.of(
                                        "address", folder.resolve("repository").toString(),
                                        "fingerprint", repository.fingerprint(),
                                        "policy", "signed-by-trusted",
                                        "trust", List.of("com.bench"))));
        if (added.has("error")) {
            throw new HostException(HostException.FAILED, "the repository is refused: " + added);
        }
        refresh(http);
        figures.add("first read", millis(start), "ms");

        int rounds = Math.max(3, (int) (10 * scale));
        Samples unchanged = new Samples(rounds);
        Samples changed = new Samples(rounds);
        for (int i = 0; i < rounds; i++) {
            start = System.nanoTime();
            refresh(http);
            unchanged.add(System.nanoTime() - start);
            repository.change(i % 8);
            start = System.nanoTime();
            refresh(http);
            changed.add(System.nanoTime() - start);
        }
        figures.add("refresh, nothing changed p50", unchanged.millis(0.5), "ms");
        figures.add("refresh, one publisher changed p50", changed.millis(0.5), "ms");

        figures.step("searching");
        int searches = Math.max(50, (int) (1000 * scale));
        Samples found = new Samples(searches);
        for (int i = -searches / 4; i < searches; i++) { // the first ones warm up
            String query =
                    "/api/catalog?limit=50&q=" + QUERIES.get(Math.floorMod(i, QUERIES.size()));
            start = System.nanoTime();
            http.call("GET", query.replace(" ", "%20"), null);
            if (i >= 0) {
                found.add(System.nanoTime() - start);
            }
        }
        figures.add("search over REST p50", found.millis(0.5), "ms");
        figures.add("search over REST p95", found.millis(0.95), "ms");

        figures.step("planning");
        start = System.nanoTime();
        plan(http);
        figures.add("plan of a skill and a library, first", millis(start), "ms");
        int plans = Math.max(3, (int) (20 * scale));
        Samples planned = new Samples(plans);
        for (int i = 0; i < plans; i++) {
            start = System.nanoTime();
            plan(http);
            planned.add(System.nanoTime() - start);
        }
        figures.add("plan of a skill and a library p50", planned.millis(0.5), "ms");
        figures.add("plan of a skill and a library p95", planned.millis(0.95), "ms");

        OptionalLong after = settled(host);
        if (before.isPresent() && after.isPresent()) {
            figures.add(
                    "live heap that it adds",
                    (after.getAsLong() - before.getAsLong()) / (double) (1 << 20),
                    "MiB");
        }
    }

    /** What a start or the last request still held is gone at the second or third look. */
    private static OptionalLong settled(BenchHost host) throws IOException {
        OptionalLong least = host.liveBytes();
        for (int i = 0; i < 2 && least.isPresent(); i++) {
            OptionalLong again = host.liveBytes();
            if (again.isPresent() && again.getAsLong() < least.getAsLong()) {
                least = again;
            }
        }
        return least;
    }

    private static void refresh(PlainHttp http) throws IOException {
        String answer = http.call("POST", "/api/catalog/refresh", "{}");
        for (JsonNode one : Wire.tree(answer).path("repositories")) {
            if (!one.path("problem").asText().isEmpty()) {
                throw new HostException(HostException.FAILED, "the refresh fails: " + one);
            }
        }
    }

    private static void plan(PlainHttp http) throws IOException {
        JsonNode plan =
                Wire.tree(
                        http.call(
                                "POST", "/api/catalog/plan", "{\"install\":[\"com.bench.text\"]}"));
        if (!plan.toString().contains("com.bench.lib")) {
            throw new HostException(HostException.FAILED, "the plan lacks the library: " + plan);
        }
    }

    private static double millis(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
