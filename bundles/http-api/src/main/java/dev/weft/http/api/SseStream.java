package dev.weft.http.api;

import dev.weft.protocol.Wire;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One stream of server-sent events, written without blocking anybody: frames wait in a bounded queue until the connection takes
 * them, and a reader too slow for it is dropped. Thread-safe.
 */
final class SseStream implements WriteListener, AsyncListener {
    private static final int MOST_FRAMES = 512;
    private static final int MOST_BYTES = 4 << 20;
    private final AsyncContext async;
    private final ServletOutputStream out;
    private final Deque<byte[]> queue = new ArrayDeque<>();
    private Runnable onClose;
    private int bytes;
    private boolean started;
    private boolean flushed = true;
    private boolean blocked;
    private boolean ending;
    private boolean closed;
    private volatile Future<?> beat;

    /** Takes the response over.
     * @param call the call; its time-out is lifted, whoever owns the stream ends it
     * @param pulse beats while the stream is open
     * @param onClose runs once when the stream is over, for whatever reason */
    SseStream(Call call, Pulse pulse, Runnable onClose) throws IOException {
        this.async = call.async();
        this.onClose = onClose;
        HttpServletResponse response = (HttpServletResponse) async.getResponse();
        response.setStatus(200);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("X-Accel-Buffering", "no");
        this.out = response.getOutputStream();
        async.setTimeout(0);
        async.addListener(this);
        offer("retry: 2000\n\n");
        call.begun();
        out.setWriteListener(this);
        beat = pulse.start(() -> beat(call.caller()));
    }

    /** Sends an event.
     * @param id its id, or null
     * @param event its type
     * @param data anything Jackson can write
     * @return false if the stream is over, or just was ended because its reader is too slow */
    boolean send(String id, String event, Object data) {
        return offer(
                (id == null ? "" : "id: " + id + "\n")
                        + "event: "
                        + event
                        + "\ndata: "
                        + Wire.write(data)
                        + "\n\n");
    }

    /** A comment keeps the connection alive and shows whether it still is; a credential that ended ends the stream. */
    private void beat(Caller caller) {
        if (caller.stillGood().getAsBoolean()) {
            offer(": \n\n");
        } else {
            close();
        }
    }

    private boolean offer(String frame) {
        byte[] data = frame.getBytes(StandardCharsets.UTF_8);
        boolean tooSlow;
        synchronized (this) {
            if (closed || ending) {
                return false;
            }
            tooSlow =
                    queue.size() >= MOST_FRAMES || (bytes > 0 && bytes + data.length > MOST_BYTES);
            if (!tooSlow) {
                queue.add(data);
                bytes += data.length;
            }
        }
        if (tooSlow) {
            close();
            return false;
        }
        pump();
        return true;
    }

    /** Ends the stream once what waits has been written. */
    void end() {
        synchronized (this) {
            ending = true;
        }
        pump();
    }

    /** Ends the stream now. A write that the connection has not taken yet must end first: by being taken, or by the server's own
     * time-out for connections on which nothing moves. */
    void close() {
        Runnable last;
        boolean complete;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            complete = !blocked;
            queue.clear();
            last = onClose;
            onClose = null;
        }
        if (complete) {
            complete();
        }
        if (beat != null) {
            beat.cancel(false);
        }
        last.run();
    }

    private void complete() {
        try {
            async.complete();
        } catch (IllegalStateException alreadyComplete) {
            // the container ended it first
        }
    }

    private void pump() {
        boolean over = false;
        synchronized (this) {
            try {
                while (started && !closed && !blocked) {
                    if (!out.isReady()) {
                        blocked = true;
                        break;
                    }
                    byte[] frame = queue.poll();
                    if (frame != null) {
                        bytes -= frame.length;
                        flushed = false;
                        out.write(frame);
                    } else if (!flushed) {
                        flushed = true;
                        out.flush();
                    } else {
                        over = ending;
                        break;
                    }
                }
            } catch (IOException | IllegalStateException gone) {
                over = true;
            }
        }
        if (over) {
            close();
        }
    }

    @Override
    public void onWritePossible() {
        boolean late;
        synchronized (this) {
            started = true;
            blocked = false;
            late = closed;
        }
        if (late) {
            complete();
        } else {
            pump();
        }
    }

    @Override
    public void onError(Throwable gone) {
        boolean late;
        synchronized (this) {
            blocked = false;
            late = closed;
        }
        if (late) {
            complete();
        } else {
            close();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        close();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        close();
    }

    @Override
    public void onError(AsyncEvent event) {
        onError(event.getThrowable());
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}

    /**
     * What keeps streams beating.
     *
     * @param timer only hands over: a beat never blocks
     * @param seconds between beats
     */
    record Pulse(ScheduledExecutorService timer, int seconds) {
        Future<?> start(Runnable beat) {
            return timer.scheduleWithFixedDelay(beat, seconds, seconds, TimeUnit.SECONDS);
        }
    }
}
