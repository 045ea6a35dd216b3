package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Talks to a host's REST interface; turns its problems into one line and an exit code. */
final class HostClient {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    /** How long a host that starts, or is busy for a moment, is asked again. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(5))
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
    private final URI base;
    private final String key;

    HostClient(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    /** The host whose data directory is at hand, with the key that it leaves there for its owner. */
    static HostClient local(Path data) {
        try {
            String port = Files.readString(data.resolve("weft.port")).strip();
            String key = Files.readString(data.resolve("run/local.key")).strip();
            return new HostClient(URI.create("http://127.0.0.1:" + port), key);
        } catch (java.nio.file.AccessDeniedException e) {
            throw new HostException(
                    HostException.NOT_ALLOWED,
                    "the data directory " + data + " belongs to someone else; use --url and --key");
        } catch (IOException e) {
            String hint =
                    Files.exists(data.resolve("run/shell.sock"))
                            ? "the host on data directory "
                                    + data
                                    + " answers no HTTP (edge profile); use its shell: weft shell -c 'weft:skills' --data "
                                    + data
                            : "no host runs on data directory "
                                    + data
                                    + "; start one with: weft run --data "
                                    + data
                                    + ", or name one with --url";
            throw new HostException(HostException.UNREACHABLE, hint);
        }
    }

    static HostClient remote(String url, String key) {
        URI uri;
        try {
            uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
        } catch (IllegalArgumentException e) {
            uri = URI.create("");
        }
        if (uri.getHost() == null
                || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new HostException(
                    HostException.USAGE,
                    "\"" + url + "\" is not the URL of a host; write http://host:8700");
        }
        return new HostClient(uri, key);
    }

    /** Text as one segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    URI base() {
        return base;
    }

    JsonNode get(String path) {
        return send("GET", path, null, DEFAULT_TIMEOUT);
    }

    /** What the host says of its health, also while it is not ready. */
    JsonNode health() {
        HttpResponse<String> response =
                exchange(request("GET", "/api/health", DEFAULT_TIMEOUT).GET().build());
        boolean told = response.statusCode() == 503 && response.body().contains("\"checks\"");
        return told ? Wire.tree(response.body()) : read(response);
    }

    JsonNode post(String path, JsonNode body) {
        return send("POST", path, body, DEFAULT_TIMEOUT);
    }

    JsonNode post(String path, JsonNode body, Duration timeout) {
        return send("POST", path, body, timeout);
    }

    JsonNode put(String path, JsonNode body) {
        return send("PUT", path, body, DEFAULT_TIMEOUT);
    }

    JsonNode patch(String path, JsonNode body) {
        return send("PATCH", path, body, DEFAULT_TIMEOUT);
    }

    JsonNode delete(String path) {
        return send("DELETE", path, null, DEFAULT_TIMEOUT);
    }

    JsonNode upload(String path, Path file) throws IOException {
        return read(
                exchange(
                        request("POST", path, Duration.ofMinutes(2))
                                .header("Content-Type", "application/java-archive")
                                .method("POST", BodyPublishers.ofFile(file))
                                .build()));
    }

    /** Reads a small file.
     * @param path where
     * @return empty if there is none */
    Optional<byte[]> file(String path) {
        try {
            HttpResponse<byte[]> response =
                    send(
                            request("GET", path, DEFAULT_TIMEOUT).GET().build(),
                            BodyHandlers.ofByteArray());
            if (response.statusCode() == 404) {
                return Optional.empty();
            }
            if (response.statusCode() >= 400) {
                throw problem(
                        response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
            }
            return Optional.of(response.body());
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException(HostException.FAILED, "interrupted");
        }
    }

    /** Fetches a document that is no JSON.
     * @param path where
     * @param file exists, and is as it was if the host refuses */
    void download(String path, Path file) throws IOException {
        HttpRequest request = request("GET", path, Duration.ofMinutes(15)).GET().build();
        try {
            HttpResponse<InputStream> response = send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() >= 400) {
                    throw problem(
                            response.statusCode(),
                            new String(body.readNBytes(1 << 16), StandardCharsets.UTF_8));
                }
                try (OutputStream out = Files.newOutputStream(file)) { // keeps its permissions
                    body.transferTo(out);
                }
            }
        } catch (ConnectException | HttpTimeoutException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException(HostException.FAILED, "interrupted");
        }
    }

    private JsonNode send(String method, String path, JsonNode body, Duration timeout) {
        BodyPublisher publisher =
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Wire.write(body));
        return read(
                exchange(
                        request(method, path, timeout)
                                .header("Content-Type", "application/json")
                                .method(method, publisher)
                                .build()));
    }

    /**
     * Follows server-sent events.
     *
     * @param method GET or POST
     * @param path where
     * @param body may be null
     * @param timeout until the answer begins
     * @param opened called once the stream is open
     * @param event hears each event's type and data; throws to end
     */
    void events(
            String method,
            String path,
            JsonNode body,
            Duration timeout,
            Runnable opened,
            BiConsumer<String, JsonNode> event) {
        BodyPublisher publisher =
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Wire.write(body));
        HttpRequest request =
                request(method, path, timeout)
                        .header("Accept", "text/event-stream")
                        .header("Content-Type", "application/json")
                        .method(method, publisher)
                        .build();
        try {
            HttpResponse<Stream<String>> response = send(request, BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                if (response.statusCode() >= 400) {
                    throw problem(response.statusCode(), String.join("\n", lines.toList()));
                }
                opened.run();
                String[] type = {"message"};
                lines.forEach(
                        line -> {
                            if (line.startsWith("event:")) {
                                type[0] = line.substring(6).strip();
                            } else if (line.startsWith("data:")) {
                                event.accept(type[0], Wire.tree(line.substring(5).strip()));
                            }
                        });
            }
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException(HostException.FAILED, "interrupted");
        }
    }

    private HttpRequest.Builder request(String method, String path, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(timeout);
        if (key != null && !key.isEmpty()) {
            request.header("X-API-Key", key);
        }
        return request;
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        try {
            return send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException(HostException.FAILED, "interrupted");
        }
    }

    /** What a host refused with a time after which it does it, such as while it starts, is asked again after that time. */
    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE;
        while (true) {
            HttpResponse<T> response = http.send(request, handler);
            long pause = TimeUnit.SECONDS.toNanos(retryAfter(response));
            if (pause == 0 || System.nanoTime() + pause > end) {
                return response;
            }
            if (response.body() instanceof Stream<?> lines) {
                lines.close();
            } else if (response.body() instanceof InputStream body) {
                body.close();
            }
            TimeUnit.NANOSECONDS.sleep(pause);
        }
    }

    /** Seconds; 0 if the answer stands. */
    private static long retryAfter(HttpResponse<?> response) {
        return response.statusCode() != 503
                ? 0
                : response.headers()
                        .firstValue("Retry-After")
                        .filter(text -> text.matches("[0-9]{1,4}"))
                        .map(Long::valueOf)
                        .orElse(0L);
    }

    private HostException unreachable(IOException e) {
        String why =
                e instanceof HttpTimeoutException
                        ? "it did not answer in time"
                        : e instanceof ConnectException
                                ? "nothing answers there"
                                : String.valueOf(e.getMessage());
        return new HostException(
                HostException.UNREACHABLE,
                base
                        + " cannot be reached ("
                        + why
                        + "); is the host running, and the address right?");
    }

    private static JsonNode read(HttpResponse<String> response) {
        if (response.statusCode() >= 400) {
            throw problem(response.statusCode(), response.body());
        }
        return response.body().isEmpty() ? Wire.object() : Wire.tree(response.body());
    }

    private static HostException problem(int status, String body) {
        String detail;
        try {
            JsonNode problem = Wire.tree(body);
            detail = problem.path("detail").asText(problem.path("title").asText("HTTP " + status));
        } catch (ProtocolException e) {
            detail = "HTTP " + status;
        }
        int code =
                status == 401 || status == 403
                        ? HostException.NOT_ALLOWED
                        : status == 503 ? HostException.UNREACHABLE : HostException.FAILED;
        String hint =
                status == 401 && !detail.contains("code")
                        ? " (give a key with --key or WEFT_KEY)"
                        : "";
        return new HostException(code, detail + hint);
    }
}
