package dev.weft.http.api;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a bounded body as it arrives, so that a slow sender holds no thread. What is too long is read on for a while and thrown
 * away: a client that is still sending when the connection closes would never see why.
 */
final class BodyReader implements ReadListener {
    private static final int MOST_DISCARDED = 16 << 20;
    private final ServletInputStream in;
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private long seen;

    private BodyReader(ServletInputStream in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /** Reads a body that nobody wants.
     * @param request the request, in asynchronous mode
     * @return done at its end, or when enough was read; never fails */
    static CompletableFuture<byte[]> discard(HttpServletRequest request) {
        return read(request, 0).exceptionally(tooMuch -> new byte[0]);
    }

    /** Reads the rest of a body that nobody wants, on this thread.
     * @param request the request
     * @throws IOException if the sender went away */
    static void discardNow(HttpServletRequest request) throws IOException {
        request.getInputStream().readNBytes(MOST_DISCARDED);
    }

    /** Reads the body of a request that is in asynchronous mode.
     * @param request the request
     * @param limit most bytes
     * @return the body; fails with 413 if it is longer */
    static CompletableFuture<byte[]> read(HttpServletRequest request, int limit) {
        try {
            BodyReader reader = new BodyReader(request.getInputStream(), limit);
            reader.in.setReadListener(reader);
            return reader.whole;
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void onDataAvailable() throws IOException {
        byte[] buffer = new byte[8192];
        while (!whole.isDone() && in.isReady() && !in.isFinished()) {
            int read = Math.max(0, in.read(buffer));
            seen += read;
            if (seen <= limit) {
                bytes.write(buffer, 0, read);
            } else if (seen > MOST_DISCARDED) {
                whole.completeExceptionally(tooLarge());
            }
        }
    }

    @Override
    public void onAllDataRead() {
        if (seen > limit) {
            whole.completeExceptionally(tooLarge());
        } else {
            whole.complete(bytes.toByteArray());
        }
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(ApiException.bad("incomplete_body", "the body ended early"));
    }

    private ApiException tooLarge() {
        return new ApiException(413, "too_large", "a body may have " + limit + " bytes");
    }
}
