package dev.weft.signaling;

import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** A Jetty session. Its sends are asynchronous. */
final class JettyLink implements Link {
    private static final long CLOSE_SECONDS = 5;
    private final Session session;
    private final ScheduledExecutorService timer;

    JettyLink(Session session, ScheduledExecutorService timer) {
        this.session = session;
        this.timer = timer;
    }

    @Override
    public void send(String text, Consumer<Throwable> done) {
        session.sendText(text, Callback.from(() -> done.accept(null), done));
    }

    @Override
    public void ping() {
        session.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
    }

    @Override
    public void close(int code, String reason) {
        if (!session.isOpen()) {
            return;
        }
        session.close(code, reason, Callback.NOOP);
        try {
            timer.schedule(session::disconnect, CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            session.disconnect(); // the host stops: nobody waits for the other side
        }
    }
}
