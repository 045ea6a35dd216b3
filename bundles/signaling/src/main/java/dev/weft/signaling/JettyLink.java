package dev.weft.signaling;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/** A Jetty session. Its sends are asynchronous. */
final class JettyLink implements Link {
    private static final long CLOSE_SECONDS = 5;
    private final CoreSession session;
    private final ScheduledExecutorService timer;

    JettyLink(CoreSession session, ScheduledExecutorService timer) {
        this.session = session;
        this.timer = timer;
    }

    @Override
    public void send(String text, Consumer<Throwable> done) {
        session.sendFrame(
                new Frame(OpCode.TEXT, text), Callback.from(() -> done.accept(null), done), false);
    }

    @Override
    public void ping() {
        session.sendFrame(new Frame(OpCode.PING), Callback.NOOP, false);
    }

    @Override
    public void close(int code, String reason) {
        if (!session.isOutputOpen()) {
            return;
        }
        session.close(code, reason, Callback.NOOP);
        try {
            timer.schedule(session::abort, CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            session.abort(); // the host stops: nobody waits for the other side
        }
    }
}
