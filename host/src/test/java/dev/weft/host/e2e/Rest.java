package dev.weft.host.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls to a host's REST interface with the key that it leaves for its owner. */
final class Rest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Rest() {}

    static JsonNode get(TestHost host, String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send(host, path);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        return Wire.tree(response.body());
    }

    static HttpResponse<String> send(TestHost host, String path)
            throws IOException, InterruptedException {
        return CLIENT.send(request(host, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    static HttpResponse<String> post(TestHost host, String path, String body)
            throws IOException, InterruptedException {
        return CLIENT.send(
                request(host, path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(TestHost host, String path) throws IOException {
        return HttpRequest.newBuilder(URI.create(host.url() + path))
                .header("X-API-Key", host.localKey())
                .timeout(Duration.ofSeconds(60));
    }
}
