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

/** A repository as static files of a web server. Follows no redirect; a download that is cut goes on where it ended, if the server can. */
final class HttpSource implements Source {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration WHOLE = Duration.ofSeconds(120);
    private static final int RESUMES = 20;

    private final URI base;
    private final Duration whole;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .connectTimeout(CONNECT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    HttpSource(URI base) {
        this(base, WHOLE);
    }

    /** Reads.
     * @param base ends with a slash
     * @param whole how long one file may take */
    HttpSource(URI base, Duration whole) {
        this.base = base;
        this.whole = whole;
    }

    @Override
    public byte[] read(String name, long most) throws IOException {
        Check.file(name);
        URI address = base.resolve(name);
        Download download = new Download(most);
        long end = System.nanoTime() + whole.toNanos();
        for (int more = RESUMES; ; more--) {
            int before = download.body.size();
            try {
                return once(address, download, end - System.nanoTime());
            } catch (CutException cut) {
                if (more == 0 || download.body.size() <= before) {
                    throw new IOException(cut.getMessage(), cut.getCause());
                }
            }
        }
    }

    /** What of a file is here, and of which state of it. */
    private static final class Download {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        final long most;
        String tag = "";
        boolean taken;

        Download(long most) {
            this.most = most;
        }

        HttpRequest request(URI address) {
            taken = false;
            HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(CONNECT);
            if (body.size() > 0) {
                request.header("Range", "bytes=" + body.size() + "-");
                if (!tag.isEmpty()) {
                    request.header("If-Range", tag);
                }
            }
            return request.build();
        }

        /** Goes on if the server does; else begins anew. */
        HttpResponse.BodySubscriber<Void> take(HttpResponse.ResponseInfo answer) {
            boolean rest =
                    answer.statusCode() == 206
                            && answer.headers()
                                    .firstValue("Content-Range")
                                    .orElse("")
                                    .startsWith("bytes " + body.size() + "-");
            if (answer.statusCode() != 200 && !rest) {
                body.reset(); // another part than the one that was asked for is of no use
                return HttpResponse.BodySubscribers.replacing(null);
            }
            if (!rest) {
                body.reset();
            }
            tag = answer.headers().firstValue("ETag").filter(t -> !t.startsWith("W/")).orElse("");
            taken = true;
            return HttpResponse.BodySubscribers.ofByteArrayConsumer(
                    part -> part.ifPresent(bytes -> HttpSource.take(body, bytes, most)));
        }
    }

    /** The connection ended before the file did. */
    private static final class CutException extends IOException {
        private static final long serialVersionUID = 1L;

        CutException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private byte[] once(URI address, Download download, long nanos) throws IOException {
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(download.request(address), download::take);
        try {
            int status = answer.get(nanos, TimeUnit.NANOSECONDS).statusCode();
            if (status == 404) {
                throw new NoSuchFileException(address.toString());
            }
            if (!download.taken) {
                throw new IOException(address + " answered " + status + told(status));
            }
            return download.body.toByteArray();
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException(address + " took longer than " + whole.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            throw new InterruptedIOException(address + " was not read to the end");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String why = cause.getMessage() == null ? "no connection" : cause.getMessage();
            String told = address + " cannot be read: " + why;
            throw cause instanceof IOException
                    ? new CutException(told, e)
                    : new IOException(told, e);
        }
    }

    private static String told(int status) {
        return status / 100 == 3 ? ": repositories are read at the address that was given" : "";
    }

    private static void take(ByteArrayOutputStream body, byte[] part, long most) {
        if (body.size() + part.length > most) {
            throw new IllegalStateException(
                    "it is larger than the " + most + " bytes that it may have");
        }
        body.writeBytes(part);
    }
}
