package dev.weft.signaling;

import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;

/**
 * A socket that is read by the thread which hears that there is something to read. Jetty wakes another thread for each frame
 * instead, in case the endpoint blocks; this one does not, and two wake-ups cost more than all else that is done for a frame.
 */
final class SelectedConnection extends WebSocketConnection {
    private final ReentrantLock turn = new ReentrantLock();

    private SelectedConnection(
            EndPoint endPoint,
            Scheduler scheduler,
            WebSocketCoreSession session,
            WebSocketConnection made) {
        super(endPoint, made.getExecutor(), scheduler, session.getByteBufferPool(), session);
        setUseInputDirectByteBuffers(made.isUseInputDirectByteBuffers());
        setUseOutputDirectByteBuffers(made.isUseOutputDirectByteBuffers());
    }

    /** Takes the place of the connection that Jetty made at an upgrade, before it is opened.
     * @param made by Jetty
     * @param session that it belongs to
     * @param scheduler of its timeouts
     * @return what is to be opened instead */
    static SelectedConnection insteadOf(
            WebSocketConnection made, WebSocketCoreSession session, Scheduler scheduler) {
        SelectedConnection connection =
                new SelectedConnection(made.getEndPoint(), scheduler, session, made);
        session.setWebSocketConnection(connection);
        return connection;
    }

    @Override
    @SuppressWarnings("deprecation") // a later Jetty takes this in the constructor
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    /**
     * Reads on after a pause. Jetty 12.0.32 forgets a socket that is asked to read on in the moment in which it stops reading
     * (jetty.project issue 14528), so one waits for the other.
     */
    @Override
    public void run() {
        turn.lock();
        try {
            super.run();
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void onFillable() {
        if (!turn.tryLock()) {
            getExecutor().execute(this); // the thread that serves all sockets does not wait
            return;
        }
        try {
            super.onFillable();
        } finally {
            turn.unlock();
        }
    }
}
