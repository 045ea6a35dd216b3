package dev.weft.llm.provider;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How a provider's requests travel. LangChain4j's own client stops its clock at the headers and drops {@code Retry-After}; this one
 * has one deadline for the whole answer, a limit on its size, and looks the key up for each request. Redirects are not followed.
 */
final class ProviderHttp implements HttpClientBuilder, HttpClient {
    private static final int LONGEST_ANSWER = 32 << 20;
    private static final int LONGEST_ERROR = 64 << 10;

    /** Headers that carry keys: what LangChain4j puts into them (it insists on some key) is dropped. */
    private static final Set<String> KEY_HEADERS =
            Set.of("authorization", "x-api-key", "x-goog-api-key", "api-key");

    private final java.net.http.HttpClient client;
    private final Duration timeout;
    private final Supplier<Map<String, String>> keyHeaders;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;

    ProviderHttp(
            URI server,
            Duration timeout,
            ApiKey key,
            Function<String, Map<String, String>> keyHeaders,
            ExecutorService blocking,
            ScheduledExecutorService timer) {
        var builder = java.net.http.HttpClient.newBuilder().connectTimeout(timeout);
        if ("http".equals(server.getScheme())) {
            // some local servers choke on the offer to upgrade
            builder.version(java.net.http.HttpClient.Version.HTTP_1_1);
        }
        this.client = builder.build();
        this.timeout = timeout;
        this.keyHeaders = () -> key.value().map(keyHeaders).orElse(Map.of());
        this.blocking = blocking;
        this.timer = timer;
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        AtomicBoolean late = new AtomicBoolean();
        try {
            HttpResponse<InputStream> response = send(request);
            Future<?> alarm = alarm(response.body(), late);
            try (InputStream body = response.body()) {
                refuse(response);
                byte[] bytes = read(body, LONGEST_ANSWER, "the server's answer");
                if (late.get()) {
                    throw new IOException("closed"); // a reader may see that as the end
                }
                return answer(response).body(bytes).build();
            } finally {
                alarm.cancel(false);
            }
        } catch (IOException e) {
            throw late.get() ? new TimeoutException(e) : new UncheckedIOException(e);
        }
    }

    @Override
    public void execute(
            HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        try {
            blocking.execute(() -> stream(request, parser, listener));
        } catch (java.util.concurrent.RejectedExecutionException full) {
            listener.onError(full);
        }
    }

    private void stream(
            HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        AtomicBoolean late = new AtomicBoolean();
        try {
            HttpResponse<InputStream> response = send(request);
            Future<?> alarm = alarm(response.body(), late);
            try (InputStream body = response.body()) {
                refuse(response);
                listener.onOpen(answer(response).build());
                ServerSentEventListener timed = new Timed(listener, late);
                parser.parse(body, timed);
                if (!late.get()) {
                    listener.onClose();
                }
                // no matter after an answer; without one, some clients would say nothing at all
                timed.onError(new EOFException("the stream ended before the answer did"));
            } finally {
                alarm.cancel(false);
            }
        } catch (IOException | RuntimeException e) {
            listener.onError(late.get() ? new TimeoutException(e) : e);
        }
    }

    /** Parsers tell of a broken stream themselves, and cannot know why it broke. */
    private record Timed(ServerSentEventListener next, AtomicBoolean late)
            implements ServerSentEventListener {
        @Override
        public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
            next.onEvent(event, context);
        }

        @Override
        public void onEvent(ServerSentEvent event) {
            next.onEvent(event);
        }

        @Override
        public void onError(Throwable failure) {
            next.onError(late.get() ? new TimeoutException(failure) : failure);
        }
    }

    /** Waits for the headers. */
    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        var builder =
                java.net.http.HttpRequest.newBuilder(URI.create(request.url())).timeout(timeout);
        Map<String, String> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        keys.putAll(keyHeaders.get());
        request.headers()
                .forEach(
                        (name, values) -> {
                            if (!KEY_HEADERS.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                                values.forEach(value -> builder.header(name, value));
                            }
                        });
        keys.forEach(builder::setHeader);
        builder.method(
                request.method().name(),
                request.body() == null
                        ? java.net.http.HttpRequest.BodyPublishers.noBody()
                        : java.net.http.HttpRequest.BodyPublishers.ofString(request.body()));
        try {
            return client.send(builder.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (java.net.http.HttpTimeoutException e) {
            throw new TimeoutException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Future<?> alarm(InputStream body, AtomicBoolean late) {
        return timer.schedule(
                () -> {
                    late.set(true);
                    try {
                        body.close();
                    } catch (IOException gone) {
                        // it was closed already
                    }
                },
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static void refuse(HttpResponse<InputStream> response) throws IOException {
        int status = response.statusCode();
        if (status < 200 || status > 299) {
            byte[] body = response.body().readNBytes(LONGEST_ERROR);
            throw new HttpFailure(
                    status,
                    new String(body, StandardCharsets.UTF_8),
                    HttpFailure.retryAfter(response.headers(), Instant.now()));
        }
    }

    private static byte[] read(InputStream in, int most, String what) throws IOException {
        byte[] bytes = in.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new IOException(what + " is longer than " + most + " bytes");
        }
        return bytes;
    }

    private static SuccessfulHttpResponse.Builder answer(HttpResponse<InputStream> response) {
        return SuccessfulHttpResponse.builder()
                .statusCode(response.statusCode())
                .headers(response.headers().map());
    }

    /** Both time-outs are this client's own.
     * @return the time for a whole request */
    @Override
    public Duration connectTimeout() {
        return timeout;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration ignored) {
        return this;
    }

    @Override
    public Duration readTimeout() {
        return timeout;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration ignored) {
        return this;
    }

    @Override
    public HttpClient build() {
        return this;
    }
}
