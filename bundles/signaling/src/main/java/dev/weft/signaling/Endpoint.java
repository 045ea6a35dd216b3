package dev.weft.signaling;

import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jetty's view of one socket; public because Jetty calls it by method handles. It asks for the next frame only when the rate
 * allows: a sender that is too fast is slowed down by TCP, and nothing is lost.
 */
public final class Endpoint implements Session.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private final Admission.Pass pass;
    private final String instance;
    private final Hub hub;
    private final Switchboard switchboard;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private final TokenBucket rate;
    private volatile Session session;
    private volatile PeerSocket socket;

    /** An endpoint of an upgrade under way.
     * @param pass whom the token names, and when it ends
     * @param instance which process of that agent it is, "" if it does not say
     * @param hub keeps the sockets
     * @param switchboard handles the frames
     * @param blocking reads on after a pause
     * @param timer says when to read on
     * @param perSecond how many frames a second are read */
    Endpoint(
            Admission.Pass pass,
            String instance,
            Hub hub,
            Switchboard switchboard,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            int perSecond) {
        this.pass = pass;
        this.instance = instance;
        this.hub = hub;
        this.switchboard = switchboard;
        this.blocking = blocking;
        this.timer = timer;
        this.rate = new TokenBucket(perSecond, System.nanoTime());
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        socket = hub.open(pass, instance, new JettyLink(opened, timer));
        demand();
    }

    @Override
    public void onWebSocketText(String frame) {
        switchboard.receive(socket, frame);
        readOn();
    }

    @Override
    public void onWebSocketBinary(ByteBuffer frame, Callback callback) {
        callback.succeed();
        switchboard.binary(socket);
        readOn();
    }

    private void readOn() {
        long wait = rate.take(System.nanoTime());
        if (wait == 0) {
            demand();
        } else {
            later(wait);
        }
    }

    private void later(long wait) {
        timer.schedule(this::handOver, wait, TimeUnit.NANOSECONDS);
    }

    /** Jetty may read and handle frames before {@code demand} returns, which is not the timer's work. */
    private void handOver() {
        try {
            blocking.execute(this::demand);
        } catch (RejectedExecutionException e) {
            later(BUSY_NANOS);
        }
    }

    private void demand() {
        if (session.isOpen()) {
            session.demand();
        }
    }

    @Override
    public void onWebSocketPing(ByteBuffer payload) {
        socket.heard(System.nanoTime());
        session.sendPong(payload, Callback.NOOP);
        readOn();
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        socket.heard(System.nanoTime());
        demand();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("socket of {} failed: {}", pass.agent(), cause.toString());
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
        PeerSocket open = socket;
        if (open != null) {
            hub.closed(open);
        }
    }
}
