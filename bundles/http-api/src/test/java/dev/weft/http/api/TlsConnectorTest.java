package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.awaitility.Awaitility;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Certificates from real files, asked for over real sockets. */
class TlsConnectorTest {
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Server server = new Server();
    @TempDir Path folder;
    private TlsConnector tls;
    private int port;

    @AfterEach
    void stop() throws Exception {
        if (tls != null) {
            tls.stop();
        }
        server.stop();
        timer.shutdownNow();
        blocking.shutdownNow();
    }

    private void start(String certificate, String key) throws Exception {
        tls = new TlsConnector(context(), blocking, timer, config(certificate, key));
        ServerConnector connector = (ServerConnector) tls.createConnector(server);
        server.addConnector(connector);
        server.start();
        port = connector.getLocalPort();
    }

    @Test
    void pem_files_are_served_and_new_ones_taken_in_while_broken_ones_change_nothing()
            throws Exception {
        pem("first", "RSA");
        start(file("cert.pem").toString(), file("key.pem").toString());
        assertEquals("CN=first", served());
        assertTrue(tls.check().ok(), tls.check().detail());
        pem("second", "EC");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> served().equals("CN=second"));
        Files.writeString(file("cert.pem"), "broken");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !tls.check().ok());
        assertTrue(tls.check().detail().contains("the one before stays"), tls.check().detail());
        assertEquals("CN=second", served());
        pem("third", "RSA");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> served().equals("CN=third"));
        // It is used a moment before that is noted.
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> tls.check().ok());
    }

    @Test
    void a_client_that_can_gets_http_2_and_any_other_http_1() throws Exception {
        pem("first", "RSA");
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback done) {
                        Content.Source.asString(
                                request,
                                StandardCharsets.UTF_8,
                                Promise.from(
                                        body ->
                                                response.write(
                                                        true,
                                                        StandardCharsets.UTF_8.encode(
                                                                "got " + body.length()),
                                                        done),
                                        done::failed));
                        return true;
                    }
                });
        start(file("cert.pem").toString(), file("key.pem").toString());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        for (HttpClient.Version version : HttpClient.Version.values()) {
            HttpClient client =
                    HttpClient.newBuilder().version(version).sslContext(context).build();
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/"))
                                    .timeout(Duration.ofSeconds(60))
                                    .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100_000)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(version + " got 100000", answer.version() + " " + answer.body());
        }
    }

    @Test
    void files_that_do_not_fit_are_named() throws Exception {
        pem("first", "RSA");
        Files.writeString(file("key.pem"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n");
        tls =
                new TlsConnector(
                        context(),
                        blocking,
                        timer,
                        config(file("cert.pem").toString(), file("key.pem").toString()));
        assertFalse(tls.check().ok());
        assertTrue(
                tls.check().detail().contains("key.pem holds no private key in PKCS#8 form"),
                tls.check().detail());
    }

    @Test
    void a_pkcs12_file_is_read_with_its_password() throws Exception {
        Path store = keystore("bundle", "RSA");
        KeyStore read = new KeyMaterial(store, null, "changeit".toCharArray()).read();
        assertTrue(read.isKeyEntry("k"));
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private Path keystore(String name, String algorithm) throws Exception {
        Path store = file(name + ".p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "k",
                                "-keyalg",
                                algorithm,
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                "changeit",
                                "-dname",
                                "CN=" + name,
                                "-validity",
                                "2")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertEquals(0, keytool.waitFor(), said);
        return store;
    }

    private void pem(String name, String algorithm) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(keystore(name, algorithm))) {
            store.load(in, "changeit".toCharArray());
        }
        write("key.pem", "PRIVATE KEY", store.getKey("k", "changeit".toCharArray()).getEncoded());
        write("cert.pem", "CERTIFICATE", store.getCertificate("k").getEncoded());
    }

    private void write(String name, String kind, byte[] content) throws Exception {
        String text =
                "-----BEGIN "
                        + kind
                        + "-----\n"
                        + Base64.getMimeEncoder().encodeToString(content)
                        + "\n-----END "
                        + kind
                        + "-----\n";
        Path fresh = Files.writeString(file(name + ".new"), text);
        Files.move(fresh, file(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The subject of the certificate that a client is shown. */
    private String served() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.startHandshake();
            OutputStream out = socket.getOutputStream();
            out.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes());
            assertTrue(
                    new String(socket.getInputStream().readAllBytes()).startsWith("HTTP/1.1 404"));
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    /** The names in these certificates are nobody's: an extended one, or the client would compare them itself. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static BundleContext context() {
        ClassLoader loader = TlsConnectorTest.class.getClassLoader();
        Object registration =
                Proxy.newProxyInstance(
                        loader,
                        new Class<?>[] {ServiceRegistration.class},
                        (proxy, method, arguments) -> null);
        return (BundleContext)
                Proxy.newProxyInstance(
                        loader,
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("registerService") ? registration : null);
    }

    private static TlsConfig config(String certificate, String key) {
        return new TlsConfig() {
            @Override
            public String certificate() {
                return certificate;
            }

            @Override
            public String key() {
                return key;
            }

            @Override
            public String password__env() {
                return "WEFT_TLS_PASSWORD";
            }

            @Override
            public String bind() {
                return "127.0.0.1";
            }

            @Override
            public int port() {
                return 0;
            }

            @Override
            public int reload__seconds() {
                return 1;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return TlsConfig.class;
            }
        };
    }
}
