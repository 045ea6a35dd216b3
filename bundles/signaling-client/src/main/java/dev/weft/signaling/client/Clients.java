package dev.weft.signaling.client;

import java.net.http.HttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends an HTTP client. Java 17 does that by itself when the client is no longer reachable; from 21 on it can be told. */
final class Clients {
    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

    private Clients() {}

    static void end(HttpClient client) {
        try {
            HttpClient.class.getMethod("shutdown").invoke(client);
        } catch (NoSuchMethodException java17) {
            LOG.trace("this JVM ends HTTP clients by itself");
        } catch (ReflectiveOperationException e) {
            LOG.debug("the HTTP client does not end", e);
        }
    }
}
