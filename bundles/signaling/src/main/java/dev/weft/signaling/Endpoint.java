package dev.weft.signaling;

import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jetty's view of one socket. Called by the thread that serves all sockets, so nothing here blocks. It asks for the next frame
 * only when the rate allows: a sender that is too fast is slowed down by TCP, and nothing is lost.
 */
final class Endpoint implements FrameHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Frames after which a socket that sends many at once is read on by another thread, so that the others get their turn. */
    private static final int BURST = 32;

    private final Admission.Pass pass;
    private final String instance;
    private final Hub hub;
    private final Switchboard switchboard;
    private final ScheduledExecutorService timer;
    private final TokenBucket rate;
    private final Fragments fragments = new Fragments(Upgrade.MAX_READ);
    private boolean binary;
    private int read;
    private volatile CoreSession session;
    private volatile PeerSocket socket;

    /** An endpoint of an upgrade under way.
     * @param pass whom the token names, and when it ends
     * @param instance which process of that agent it is, "" if it does not say
     * @param hub keeps the sockets
     * @param switchboard handles the messages
     * @param timer says when to read on
     * @param perSecond how many messages a second are read */
    Endpoint(
            Admission.Pass pass,
            String instance,
            Hub hub,
            Switchboard switchboard,
            ScheduledExecutorService timer,
            int perSecond) {
        this.pass = pass;
        this.instance = instance;
        this.hub = hub;
        this.switchboard = switchboard;
        this.timer = timer;
        this.rate = new TokenBucket(perSecond, System.nanoTime());
    }

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
        session = opened;
        socket = hub.open(pass, instance, new JettyLink(opened, timer));
        callback.succeeded();
        demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
        switch (frame.getOpCode()) {
            case OpCode.PING -> {
                socket.heard(System.nanoTime());
                ByteBuffer echo = BufferUtil.copy(frame.getPayload());
                session.sendFrame(new Frame(OpCode.PONG, echo), Callback.NOOP, false);
                readOn();
            }
            case OpCode.PONG -> {
                socket.heard(System.nanoTime());
                demand();
            }
            case OpCode.CLOSE -> hub.closed(socket);
            default -> data(frame);
        }
        callback.succeeded();
    }

    private void data(Frame frame) {
        if (frame.getOpCode() != OpCode.CONTINUATION) {
            binary = frame.getOpCode() == OpCode.BINARY;
        }
        byte[] message = fragments.add(frame.getPayload(), frame.isFin());
        if (message == null) {
            demand();
            return;
        }
        if (binary) {
            switchboard.binary(socket);
        } else {
            switchboard.receive(socket, Fragments.text(message));
        }
        readOn();
    }

    private void readOn() {
        long wait = rate.take(System.nanoTime());
        read++;
        if (wait > 0) {
            later(wait);
        } else if (read % BURST == 0) {
            handOver();
        } else {
            demand();
        }
    }

    private void later(long wait) {
        timer.schedule(this::handOver, wait, TimeUnit.NANOSECONDS);
    }

    /** Reads on in a thread of the server. */
    private void handOver() {
        try {
            session.getWebSocketComponents().getExecutor().execute(this::demand);
        } catch (RejectedExecutionException e) {
            later(BUSY_NANOS);
        }
    }

    private void demand() {
        if (session.isInputOpen()) {
            session.demand();
        }
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
        LOG.debug("socket of {} failed: {}", pass.agent(), cause.toString());
        callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
        PeerSocket open = socket;
        if (open != null) {
            hub.closed(open);
        }
        callback.succeeded();
    }
}
