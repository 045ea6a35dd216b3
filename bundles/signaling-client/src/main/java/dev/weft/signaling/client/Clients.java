package dev.weft.signaling.client;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP client in use. It keeps connections to use them again; when the network changed these lead nowhere, and a new client has none of them. */
final class Clients {
    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
    private final Executor executor;
    private volatile HttpClient current;

    Clients(Executor executor) {
        this.executor = executor;
        current = make();
    }

    private HttpClient make() {
        return HttpClient.newBuilder()
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    HttpClient get() {
        return current;
    }

    /** Leaves the connections of the last client behind; what runs on them may end there. */
    void renew() {
        HttpClient last = current;
        current = make();
        end(last);
    }

    /** Ends the client. */
    void end() {
        end(current);
    }

    /** Java 17 ends a client by itself when it is no longer reachable; from 21 on it can be told. */
    private static void end(HttpClient client) {
        try {
            HttpClient.class.getMethod("shutdown").invoke(client);
        } catch (NoSuchMethodException java17) {
            LOG.trace("this JVM ends HTTP clients by itself");
        } catch (ReflectiveOperationException e) {
            LOG.debug("the HTTP client does not end", e);
        }
    }
}
