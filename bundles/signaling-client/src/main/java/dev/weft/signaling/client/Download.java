package dev.weft.signaling.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One file of the registry, in as many parts as the connection is cut into. One part after the other; {@link #end} from any thread. */
final class Download {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int RESUMES = 20;

    private final long most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private String tag = "";
    private LimitedBody body;
    private int parts;
    private int before;
    private CompletableFuture<?> exchange;
    private boolean ended;

    /** Begins.
     * @param most more bytes are an error */
    Download(long most) {
        this.most = most;
    }

    /** Reads on from what is here; from the beginning if the server cannot, or has another file now.
     * @return the whole file; fails with RefusedException if the server gives none */
    CompletableFuture<byte[]> part(HttpClient client, URI uri, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
        headers.forEach(request::header);
        before = bytes.size();
        // without a tag nobody could tell whether the rest belongs to what is here
        if (before > 0 && !tag.isEmpty()) {
            request.header("Range", "bytes=" + before + "-").header("If-Range", tag);
        }
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request.build(), this::take);
        running(answer);
        return answer.thenApply(
                response -> {
                    int status = response.statusCode();
                    if (status != 200 && status != 206) {
                        throw new CompletionException(
                                new RefusedException(
                                        status,
                                        "it answered " + uri.getPath() + " with status " + status));
                    }
                    return response.body();
                });
    }

    private HttpResponse.BodySubscriber<byte[]> take(HttpResponse.ResponseInfo answer) {
        boolean rest = answer.statusCode() == 206;
        String range = answer.headers().firstValue("Content-Range").orElse("");
        if (rest && !range.startsWith("bytes " + bytes.size() + "-")) {
            return refusing("it answered with other bytes than the ones that were asked for");
        }
        if (answer.statusCode() != 200 && !rest) {
            return HttpResponse.BodySubscribers.replacing(new byte[0]);
        }
        if (!rest) {
            bytes.reset();
            tag = answer.headers().firstValue("ETag").filter(t -> !t.startsWith("W/")).orElse("");
        }
        body = new LimitedBody(most, bytes);
        return body;
    }

    private static HttpResponse.BodySubscriber<byte[]> refusing(String why) {
        return HttpResponse.BodySubscribers.mapping(
                HttpResponse.BodySubscribers.discarding(),
                nothing -> {
                    throw new IllegalStateException(why);
                });
    }

    /** Whether another part may bring more: the connection ended before the file did, and something had come. */
    synchronized boolean canGoOn(Throwable failure) {
        Throwable cause = Failure.cause(failure);
        return !ended
                && cause instanceof IOException
                && !(cause instanceof RefusedException)
                && (body == null || !body.isTooLong())
                && bytes.size() > before
                && parts++ < RESUMES;
    }

    private synchronized void running(CompletableFuture<?> now) {
        exchange = now;
        if (ended) {
            now.cancel(true);
        }
    }

    /** Nobody waits any more. */
    synchronized void end() {
        ended = true;
        if (exchange != null) {
            exchange.cancel(true);
        }
    }
}
