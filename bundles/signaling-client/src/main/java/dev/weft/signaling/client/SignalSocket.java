package dev.weft.signaling.client;

import dev.weft.protocol.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One WebSocket: sends one frame after the other out of a bounded queue, joins partial frames up to a limit. */
final class SignalSocket implements WebSocket.Listener {
    /** Most frames that wait to be sent. */
    static final int QUEUE = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SignalSocket.class);
    private static final long FAREWELL_MILLIS = 300;

    private final Ear ear;
    private final Queue<String> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean sending = new AtomicBoolean();
    private final AtomicBoolean down = new AtomicBoolean();
    private final StringBuilder partial = new StringBuilder();
    private boolean skipping;
    private volatile WebSocket socket;
    private volatile long heard = System.nanoTime();

    private SignalSocket(Ear ear) {
        this.ear = ear;
    }

    /** Opens a socket.
     * @param instance tells this process from another one with the same key
     * @return done when it is open; what arrives goes to the ear from then on */
    static CompletableFuture<SignalSocket> open(
            HttpClient client, URI uri, String token, String instance, Ear ear) {
        SignalSocket fresh = new SignalSocket(ear);
        return client.newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + token)
                .header("X-Weft-Instance", instance)
                .buildAsync(uri, fresh)
                .thenApply(opened -> fresh);
    }

    /** Queues a frame.
     * @return false if the socket is down, the queue full or the frame too long */
    boolean send(String frame) {
        if (down.get() || Utf8.length(frame) > Wire.MAX_SIGNAL_FRAME || !queue.offer(frame)) {
            return false;
        }
        pump();
        return true;
    }

    private void pump() {
        while (!down.get() && socket != null && sending.compareAndSet(false, true)) {
            String next = queue.poll();
            if (next == null) {
                sending.set(false);
                if (queue.isEmpty()) {
                    return;
                }
                continue;
            }
            CompletableFuture<WebSocket> sent = socket.sendText(next, true);
            if (!sent.isDone() || sent.isCompletedExceptionally()) {
                sent.whenComplete((done, e) -> sent(e));
                return;
            }
            sending.set(false);
        }
    }

    private void sent(Throwable e) {
        sending.set(false);
        if (e == null) {
            pump();
        } else {
            lost(0, "cannot send: " + Failure.words(e));
        }
    }

    /** Probes the other side, or gives the socket up if it was silent for too long. */
    void keepAlive(long maxSilenceNanos) {
        if (System.nanoTime() - heard > maxSilenceNanos) {
            lost(
                    0,
                    "silent for "
                            + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - heard)
                            + " s");
        } else if (socket != null) {
            socket.sendPing(ByteBuffer.allocate(0));
        }
    }

    /** Asks whether the other side still hears this one, and gives the socket up if it does not say so.
     * @param timer wakes up
     * @param executor looks
     * @param patienceMillis how long an answer may take */
    void probe(ScheduledExecutorService timer, Executor executor, long patienceMillis) {
        long asked = System.nanoTime();
        keepAlive(Long.MAX_VALUE);
        timer.schedule(
                () ->
                        executor.execute(
                                () -> {
                                    if (heard - asked < 0) {
                                        lost(0, "silent since the network changed");
                                    }
                                }),
                patienceMillis,
                TimeUnit.MILLISECONDS);
    }

    /** Says goodbye and lets go; the ear hears nothing more.
     * @return done soon, in any case */
    CompletableFuture<Void> close(String reason) {
        WebSocket closing = socket;
        if (!down.compareAndSet(false, true) || closing == null) {
            return CompletableFuture.completedFuture(null);
        }
        return closing.sendClose(WebSocket.NORMAL_CLOSURE, reason)
                .orTimeout(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)
                .handle(
                        (done, e) -> {
                            closing.abort();
                            return null;
                        });
    }

    private void lost(int code, String reason) {
        if (down.compareAndSet(false, true)) {
            if (socket != null) {
                socket.abort();
            }
            ear.down(this, code, reason);
        }
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        ear.up(this);
        pump();
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        heard = System.nanoTime();
        if (!skipping && partial.length() + data.length() > Wire.MAX_SIGNAL_FRAME) {
            LOG.warn(
                    "the registry sent a frame of more than {} bytes; dropped",
                    Wire.MAX_SIGNAL_FRAME);
            skipping = true;
            partial.setLength(0);
        }
        if (!skipping) {
            partial.append(data);
        }
        if (last) {
            String frame = partial.toString();
            boolean whole = !skipping;
            partial.setLength(0);
            partial.trimToSize();
            skipping = false;
            if (whole && !down.get()) {
                tell(frame);
            }
        }
        from.request(1);
        return null;
    }

    /** What the ear throws must not end the socket. */
    private void tell(String frame) {
        try {
            ear.frame(this, frame);
        } catch (RuntimeException e) {
            LOG.error("a signaling frame was lost", e);
        }
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        heard = System.nanoTime();
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        heard = System.nanoTime();
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
        heard = System.nanoTime();
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        lost(
                code,
                "closed by the registry, code "
                        + code
                        + (reason.isEmpty() ? "" : " " + Wire.quote(reason)));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable e) {
        lost(0, Failure.words(e));
    }

    /** Hears what happens on a socket; called one at a time but for {@link #down}. */
    interface Ear {
        /** It is open. */
        void up(SignalSocket socket);

        /** A whole text frame arrived. */
        void frame(SignalSocket socket, String frame);

        /** It is gone; told once, and not after {@link SignalSocket#close}.
         * @param code of the close frame, 0 if there was none */
        void down(SignalSocket socket, int code, String reason);
    }
}
