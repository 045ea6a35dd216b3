package dev.weft.host.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Says in words what is wrong with a server's certificate that Java does not accept. Looks at it only; nothing is sent to the server. */
final class Certificate {
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private Certificate() {}

    /** Looks.
     * @param url of a server whose certificate was refused
     * @param refusal what Java said
     * @return what is wrong */
    static Finding look(URI url, String refusal) {
        return seen(url)
                .map(shown -> judge(url.getHost(), shown, refusal, Instant.now()))
                .orElseGet(
                        () ->
                                bad(
                                        "the certificate of "
                                                + url
                                                + " is not accepted ("
                                                + refusal
                                                + ")",
                                        "check that it names this host and is not out of date"));
    }

    static Finding judge(String host, X509Certificate shown, String refusal, Instant now) {
        Instant from = shown.getNotBefore().toInstant();
        Instant until = shown.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            return bad(
                    "the certificate of " + host + " is out of date since " + until,
                    "renew it there; if it is new, look at the clock of this machine");
        }
        if (now.isBefore(from)) {
            return bad(
                    "the certificate of " + host + " begins only at " + from,
                    "look at the clock of this machine: it says " + now);
        }
        if (refusal.contains("subject alternative") || refusal.contains("No name matching")) {
            return bad(
                    "the certificate does not name "
                            + host
                            + ", but "
                            + shown.getSubjectX500Principal().getName(),
                    "use the name that it has, or get one there that names this host");
        }
        return bad(
                "the certificate of "
                        + host
                        + " is vouched for by "
                        + shown.getIssuerX500Principal().getName()
                        + " only, which this Java does not know",
                "for an authority of your own: WEFT_JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE; else let the server send the whole chain");
    }

    private static Finding bad(String detail, String advice) {
        return Finding.bad("registry", detail, advice);
    }

    /** The first certificate that the server shows; the handshake is given up then. */
    private static Optional<X509Certificate> seen(URI url) {
        AtomicReference<X509Certificate> shown = new AtomicReference<>();
        X509TrustManager none =
                new X509TrustManager() {
                    @Override
                    public void checkClientTrusted(X509Certificate[] chain, String type)
                            throws CertificateException {
                        throw new CertificateException("not asked for");
                    }

                    @Override
                    public void checkServerTrusted(X509Certificate[] chain, String type)
                            throws CertificateException {
                        shown.set(chain[0]);
                        throw new CertificateException("only looked at");
                    }

                    @Override
                    public X509Certificate[] getAcceptedIssuers() {
                        return new X509Certificate[0];
                    }
                };
        try (Socket plain = new Socket()) {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {none}, new SecureRandom());
            int port = url.getPort() < 0 ? 443 : url.getPort();
            plain.connect(new InetSocketAddress(url.getHost(), port), (int) PATIENCE.toMillis());
            plain.setSoTimeout((int) PATIENCE.toMillis());
            try (SSLSocket socket =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(plain, url.getHost(), port, true)) {
                socket.startHandshake();
            }
        } catch (IOException | GeneralSecurityException e) {
            return Optional.ofNullable(shown.get()); // the refusal above, if it came so far
        }
        return Optional.empty();
    }
}
