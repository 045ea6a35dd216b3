package dev.weft.http.api;

import dev.weft.protocol.Wire;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An answer, ready to be written.
 *
 * @param status HTTP status
 * @param type content type
 * @param body bytes; empty for none
 * @param headers further headers
 * @param code what a problem document says in {@code error}; "" for anything else
 */
record Reply(int status, String type, byte[] body, Map<String, String> headers, String code) {
    /** The handler wrote the whole response itself; it is ended for it, once it is noted. */
    static final Reply WRITTEN = new Reply(200, "", new byte[0], Map.of(), "");

    /** The handler writes the response itself, and ends it. */
    static final Reply STREAMED = new Reply(200, "", new byte[0], Map.of(), "");

    static Reply json(int status, Object value) {
        return new Reply(
                status,
                "application/json",
                Wire.write(value).getBytes(StandardCharsets.UTF_8),
                Map.of(),
                "");
    }

    static Reply text(String type, String text) {
        return new Reply(200, type, text.getBytes(StandardCharsets.UTF_8), Map.of(), "");
    }

    static CompletionStage<Reply> ok(Object value) {
        return CompletableFuture.completedFuture(json(200, value));
    }

    static CompletionStage<Reply> of(int status, Object value) {
        return CompletableFuture.completedFuture(json(status, value));
    }

    Reply with(String header, String value) {
        var all = new java.util.LinkedHashMap<>(headers);
        all.put(header, value);
        return new Reply(status, type, body, Map.copyOf(all), code);
    }

    /** Writes all of it.
     * @throws IOException if the client went away */
    void writeTo(HttpServletResponse response) throws IOException {
        response.setStatus(status);
        headers.forEach(response::setHeader);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
