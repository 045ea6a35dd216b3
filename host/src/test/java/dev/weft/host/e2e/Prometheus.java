package dev.weft.host.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real Prometheus, and what is asked of it. */
final class Prometheus implements AutoCloseable {
    private static final Path SERVER = Path.of("/usr/bin/prometheus");
    private static final Path TOOL = Path.of("/usr/bin/promtool");
    private static final String HINT =
            "prometheus is not installed: the test of the dashboard and the alerts is skipped; to run it: apt-get install prometheus";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String address;
    private final Process process;

    /** Starts one.
     * @param folder for its data and its log
     * @param configuration its file */
    Prometheus(Path folder, Path configuration) throws IOException {
        address = "127.0.0.1:" + Ports.free();
        process =
                new ProcessBuilder(
                                SERVER.toString(),
                                "--config.file=" + configuration,
                                "--storage.tsdb.path=" + folder.resolve("prometheus"),
                                "--web.listen-address=" + address)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("prometheus.log").toFile())
                        .start();
    }

    /** Skips the test where there is none. */
    static void need() {
        if (!Files.isExecutable(SERVER) || !Files.isExecutable(TOOL)) {
            System.out.println(HINT);
            Assumptions.abort(HINT);
        }
    }

    /** Runs Prometheus' own checks, which must be content.
     * @param folder of the log */
    static void tool(Path folder, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(TOOL.toString()));
        command.addAll(List.of(arguments));
        Path log = folder.resolve("promtool.log");
        Process tool =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!tool.waitFor(240, TimeUnit.SECONDS)) {
            tool.destroyForcibly();
        }
        if (tool.waitFor() != 0) {
            throw new AssertionError(command + ": " + Files.readString(log));
        }
    }

    /** What an expression gives now.
     * @return a list of series, each with {@code metric} and {@code value}
     * @throws IOException if Prometheus does not answer yet */
    JsonNode query(String expression) throws IOException, InterruptedException {
        return get("/api/v1/query?query=" + encoded(expression)).path("result");
    }

    /** The values of a label.
     * @param series of this selector only */
    JsonNode values(String label, String series) throws IOException, InterruptedException {
        return get("/api/v1/label/" + label + "/values?match%5B%5D=" + encoded(series));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 503) {
            throw new IOException("Prometheus is starting");
        }
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.body());
        }
        return Wire.tree(response.body()).path("data");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(); // its files are deleted next
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
