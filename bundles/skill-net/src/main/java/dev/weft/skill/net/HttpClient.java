package dev.weft.skill.net;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
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
 * One request over a connection of its own, to an address that has been checked. Java's own clients look names up themselves,
 * between the check and the connection; that is the reason for this one.
 */
public final class HttpClient {
    /** Most bytes of an answer's body. */
    public static final int MAX_BODY = 2 << 20;

    private final Dial dial;
    private final ScheduledExecutorService timer;

    /** Asked for at first use: it reads the trusted certificates, which takes a moment. */
    private final Supplier<SSLSocketFactory> tls;

    /** Makes a client.
     * @param dial connects
     * @param timer ends what takes too long
     * @param tls asked at first use */
    public HttpClient(Dial dial, ScheduledExecutorService timer, Supplier<SSLSocketFactory> tls) {
        this.dial = dial;
        this.timer = timer;
        this.tls = tls;
    }

    /** Asks once; follows nothing.
     * @param request what
     * @param deadline by when the answer must be here whole
     * @return the answer
     * @throws IllegalArgumentException if the address is behind the fence
     * @throws IOException if there is none
     * @throws InterruptedException if the thread was interrupted */
    public HttpAnswer send(HttpRequest request, Deadline deadline)
            throws IOException, InterruptedException {
        URI url = request.url();
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
                return talk(request, plain, deadline);
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

    private HttpAnswer talk(HttpRequest request, Socket plain, Deadline deadline)
            throws IOException {
        plain.setSoTimeout(deadline.millis());
        boolean secure = request.url().getScheme().equals("https");
        Socket socket = secure ? secure(request.url(), plain) : plain;
        OutputStream out = socket.getOutputStream();
        out.write(request.head().getBytes(StandardCharsets.ISO_8859_1));
        out.write(request.body());
        out.flush();
        return new HttpReader(new BufferedInputStream(socket.getInputStream()), MAX_BODY)
                .read(request.method().equals("HEAD"));
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
