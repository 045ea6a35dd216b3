package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One JSON call over HTTP. */
final class Rest {
    private static final int MAX_ANSWER = 16 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern NEXT = Pattern.compile("<([^>]{1,2048})>\\s*;\\s*rel=\"?next\"?");
    private final Clients client;

    Rest(Clients client) {
        this.client = client;
    }

    /** Makes a call.
     * @param body null for none
     * @return the answer; fails with RefusedException if the status is not 2xx */
    CompletableFuture<Answer> call(
            String method, URI uri, Map<String, String> headers, JsonNode body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .timeout(PATIENCE)
                        .header("Accept", "application/json")
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(
                                                Wire.write((Object) body)));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        return client.get()
                .sendAsync(request.build(), info -> text())
                .thenApply(
                        response -> {
                            try {
                                return answer(uri, response);
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        });
    }

    private static BodySubscriber<String> text() {
        return BodySubscribers.mapping(
                new LimitedBody(MAX_ANSWER), bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** Reads a part of a file.
     * @return as {@link Download#part} */
    CompletableFuture<byte[]> part(Download file, URI uri, Map<String, String> headers) {
        return file.part(client.get(), uri, headers);
    }

    private static Answer answer(URI uri, HttpResponse<String> response) throws IOException {
        int status = response.statusCode();
        if (status < 200 || status > 299) {
            throw new RefusedException(
                    status,
                    "it answered "
                            + uri.getPath()
                            + " with status "
                            + status
                            + reason(response.body()));
        }
        if (response.body().isBlank()) {
            return new Answer(MissingNode.getInstance(), Optional.empty());
        }
        try {
            Matcher next = NEXT.matcher(response.headers().firstValue("Link").orElse(""));
            return new Answer(
                    Wire.tree(response.body()),
                    next.find() ? Optional.of(uri.resolve(next.group(1))) : Optional.empty());
        } catch (ProtocolException | IllegalArgumentException e) {
            throw new IOException(
                    "it answered "
                            + uri.getPath()
                            + " with what is no JSON; is this a Weft registry?",
                    e);
        }
    }

    private static String reason(String body) {
        try {
            JsonNode problem = Wire.tree(body);
            String text = problem.path("detail").asText(problem.path("error").asText(""));
            return text.isEmpty() ? "" : ": " + Wire.quote(text);
        } catch (ProtocolException e) {
            return "";
        }
    }

    /**
     * An answer.
     *
     * @param body a missing node if there was none
     * @param next the next page, if there is one
     */
    record Answer(JsonNode body, Optional<URI> next) {}
}
