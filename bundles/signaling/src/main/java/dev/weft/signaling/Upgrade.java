package dev.weft.signaling;

import dev.weft.protocol.Wire;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.FutureCallback;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.eclipse.jetty.websocket.core.server.Handshaker;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;

/** Makes sockets of requests, by Jetty's own API for frames: see ADR 26. */
final class Upgrade {
    /** Messages up to here are read and, above the protocol's limit, refused with an error; larger ones close the socket. */
    static final int MAX_READ = 4 * Wire.MAX_SIGNAL_FRAME;

    private static final Duration IDLE = Duration.ofMinutes(10); // the hub pings and closes earlier
    private final Handshaker handshaker = Handshaker.newInstance();

    /** Answers a request. What the other side sends is handed to the handler after the request has ended.
     * @return false if nothing was answered: it is no request for a WebSocket */
    boolean accept(HttpServletRequest request, FrameHandler handler) throws IOException {
        ServletContextRequest core = ServletContextRequest.getServletContextRequest(request);
        if (!handshaker.isWebSocketUpgradeRequest(core)) {
            return false;
        }
        Negotiator negotiator = new Negotiator(handler);
        FutureCallback answered = new FutureCallback();
        if (!handshaker.upgradeRequest(
                negotiator,
                core,
                core.getServletContextResponse(),
                answered,
                WebSocketServerComponents.getWebSocketComponents(
                        ContextHandler.getContextHandler(core)),
                null)) {
            return false;
        }
        answered.block();
        if (core.getAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE)
                        instanceof WebSocketConnection made
                && negotiator.session != null) {
            core.setAttribute(
                    HttpStream.UPGRADE_CONNECTION_ATTRIBUTE,
                    SelectedConnection.insteadOf(
                            made,
                            negotiator.session,
                            core.getConnectionMetaData().getConnector().getScheduler()));
        }
        return true;
    }

    /** Of one request. */
    private static final class Negotiator implements WebSocketNegotiator {
        private final FrameHandler handler;
        private WebSocketCoreSession session;

        Negotiator(FrameHandler handler) {
            this.handler = handler;
        }

        @Override
        public FrameHandler negotiate(
                ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
            return handler;
        }

        @Override
        public void customize(Configuration configuration) {
            configuration.setMaxFrameSize(MAX_READ);
            configuration.setIdleTimeout(IDLE);
            if (configuration instanceof WebSocketCoreSession made) {
                session = made;
            }
        }
    }
}
