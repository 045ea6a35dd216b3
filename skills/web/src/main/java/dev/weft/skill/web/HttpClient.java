package dev.weft.skill.web;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A GET over a connection of its own, to an address that has been checked. Java's own clients look names up themselves,
 * between the check and the connection; that is the reason for this one.
 */
final class HttpClient {
    static final int MAX_BODY = 2 << 20;

    private final Dial dial;
    private final ScheduledExecutorService timer;

    /** Asked for at first use: it reads the trusted certificates, which takes a moment. */
    private final Supplier<SSLSocketFactory> tls;

    HttpClient(Dial dial, ScheduledExecutorService timer, Supplier<SSLSocketFactory> tls) {
        this.dial = dial;
        this.timer = timer;
        this.tls = tls;
    }

    /** Asks once; follows nothing. */
    HttpAnswer get(URI url, Deadline deadline) throws IOException, InterruptedException {
        try (Socket plain = dial.connect(url, deadline)) {
            // a server that drips bytes never trips a read time-out: the alarm closes the
            // connection under it
            AtomicBoolean rang = new AtomicBoolean();
            Future<?> alarm =
                    timer.schedule(
                            () -> {
                                rang.set(true);
                                closeQuietly(plain);
                            },
                            deadline.millis(),
                            TimeUnit.MILLISECONDS);
            try {
                return talk(url, plain, deadline);
            } catch (SSLException e) {
                throw rang.get() || deadline.isOver()
                        ? deadline.late()
                        : new IOException(
                                "no trusted connection to " + url.getHost() + ": " + e.getMessage(),
                                e);
            } catch (IOException e) {
                throw rang.get() || deadline.isOver() || e instanceof SocketTimeoutException
                        ? deadline.late()
                        : e;
            } finally {
                alarm.cancel(false);
            }
        } catch (RejectedExecutionException e) {
            throw new IOException("this host is stopping", e);
        }
    }

    private HttpAnswer talk(URI url, Socket plain, Deadline deadline) throws IOException {
        plain.setSoTimeout(deadline.millis());
        Socket socket = url.getScheme().equals("https") ? secure(url, plain) : plain;
        String path =
                (url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath())
                        + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery());
        String host = url.getHost().startsWith("[") ? url.getHost() : Dial.host(url);
        String request =
                "GET "
                        + path
                        + " HTTP/1.1\r\n"
                        + "Host: "
                        + host
                        + (url.getPort() >= 0 ? ":" + url.getPort() : "")
                        + "\r\n"
                        + "User-Agent: Weft\r\n"
                        + "Accept: text/html,application/xhtml+xml,text/*;q=0.9,application/json;q=0.8,*/*;q=0.1\r\n"
                        + "Accept-Encoding: gzip\r\n"
                        + "Connection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return new HttpReader(new BufferedInputStream(socket.getInputStream()), MAX_BODY).read();
    }

    private SSLSocket secure(URI url, Socket plain) throws IOException {
        String host = Dial.host(url);
        SSLSocket socket = (SSLSocket) tls.get().createSocket(plain, host, Dial.port(url), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (!host.matches("[0-9.]+|.*:.*")) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing is left to close
        }
    }
}
