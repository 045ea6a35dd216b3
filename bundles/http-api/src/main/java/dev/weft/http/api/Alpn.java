package dev.weft.http.api;

import java.util.List;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.server.NegotiatingServerConnectionFactory;

/**
 * Lets a client choose HTTP/2 in its TLS handshake, with the JDK's own ALPN; who does not choose gets HTTP/1.1. Jetty's own class for
 * this is not exported by the bundle that Jetty comes in.
 */
final class Alpn extends NegotiatingServerConnectionFactory {
    static final String NAME = "alpn";
    private static final String HTTP_2 = "h2";
    private static final String HTTP_1 = "http/1.1";

    Alpn() {
        super(NAME, HTTP_2, HTTP_1);
        setDefaultProtocol(HTTP_1);
    }

    @Override
    protected AbstractConnection newServerConnection(
            Connector connector,
            EndPoint endPoint,
            SSLEngine engine,
            List<String> protocols,
            String otherwise) {
        Choice choice = new Choice(connector, endPoint, engine, protocols, otherwise);
        engine.setHandshakeApplicationProtocolSelector(
                (shaking, offered) -> choice.choose(offered));
        if (endPoint instanceof SslConnection.SslEndPoint tls) {
            tls.getSslConnection().addHandshakeListener(choice);
        }
        return choice;
    }

    private static final class Choice extends NegotiatingServerConnection
            implements SslHandshakeListener {
        Choice(
                Connector connector,
                EndPoint endPoint,
                SSLEngine engine,
                List<String> protocols,
                String otherwise) {
            super(connector, endPoint, engine, protocols, otherwise);
        }

        /** Called by the JDK during the handshake; null ends it, for no protocol fits. */
        String choose(List<String> offered) {
            String chosen =
                    getProtocols().stream().filter(offered::contains).findFirst().orElse(null);
            setProtocol(chosen);
            return chosen;
        }

        @Override
        public void handshakeSucceeded(Event event) {
            if (getProtocol() == null) {
                setProtocol(getDefaultProtocol()); // a client without ALPN
            }
        }
    }
}
