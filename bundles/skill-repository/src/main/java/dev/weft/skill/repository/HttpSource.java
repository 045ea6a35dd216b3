package dev.weft.skill.repository;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A repository as static files of a web server. Follows no redirect. */
final class HttpSource implements Source {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final long WHOLE_SECONDS = 120;

    private final URI base;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .connectTimeout(CONNECT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    HttpSource(URI base) {
        this.base = base;
    }

    @Override
    public byte[] read(String name, long most) throws IOException {
        Check.file(name);
        URI address = base.resolve(name);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(
                        HttpRequest.newBuilder(address).timeout(CONNECT).build(),
                        HttpResponse.BodyHandlers.ofByteArrayConsumer(
                                part -> part.ifPresent(bytes -> take(body, bytes, most))));
        try {
            int status = answer.get(WHOLE_SECONDS, TimeUnit.SECONDS).statusCode();
            if (status == 404) {
                throw new NoSuchFileException(address.toString());
            }
            if (status != 200) {
                throw new IOException(address + " answered " + status);
            }
            return body.toByteArray();
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException(address + " took longer than " + WHOLE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            throw new InterruptedIOException(address + " was not read to the end");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String why = cause.getMessage() == null ? "no connection" : cause.getMessage();
            throw new IOException(address + " cannot be read: " + why, e);
        }
    }

    private static void take(ByteArrayOutputStream body, byte[] part, long most) {
        if (body.size() + part.length > most) {
            throw new IllegalStateException(
                    "it is larger than the " + most + " bytes that it may have");
        }
        body.writeBytes(part);
    }
}
