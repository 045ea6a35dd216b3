package dev.weft.host.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.host.e2e.Ports;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each thing that can be wrong, made wrong. */
@Timeout(240)
class DoctorTest {
    @TempDir Path folder;
    private HttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private String serve(int status, String body) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        return answer(server, status, body, "http");
    }

    private static String answer(HttpServer server, int status, String body, String scheme) {
        server.createContext(
                "/",
                exchange -> {
                    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                    boolean key =
                            "Bearer good"
                                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
                    exchange.sendResponseHeaders(
                            exchange.getRequestURI().getPath().endsWith("/models") && !key
                                    ? 401
                                    : status,
                            bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
        return scheme + "://localhost:" + server.getAddress().getPort();
    }

    private static void assertBad(Finding found, String detail, String advice) {
        assertFalse(found.ok(), found.toString());
        assertTrue(found.detail().contains(detail), found.toString());
        assertTrue(found.advice().contains(advice), found.toString());
    }

    @Test
    void a_java_that_is_too_old() {
        assertBad(Machine.java(Runtime.Version.parse("11.0.2")), "11.0.2 is too old", "JAVA_HOME");
        assertTrue(Machine.java(Runtime.version()).ok());
    }

    @Test
    void a_native_library_that_is_missing_or_may_not_be_loaded() {
        Path data = Path.of("/var/lib/weft");
        Optional<Path> library = Optional.of(Path.of("native.jar"));
        List<Path> folders = List.of(data, Path.of("/tmp"));
        assertBad(
                Machine.webrtc(Optional.empty(), folders, ""),
                "none for",
                "archive of this platform");
        String mounts = "/dev/a / ext4 rw 0 0\n/dev/b /var/lib ext4 rw,noexec 0 0\n";
        assertTrue(Machine.webrtc(library, folders, mounts).ok());
        assertBad(
                Machine.webrtc(library, folders, mounts + "none /tmp tmpfs rw,noexec 0 0\n"),
                "/var/lib/weft and /tmp are mounted noexec",
                "mount one of them with exec");
        assertTrue(Machine.webrtc(library, folders, "").ok());
    }

    @Test
    void a_disk_that_is_nearly_full() {
        assertBad(Machine.disk(17), "only 17 MiB", "make room");
        assertTrue(Machine.disk(5000).ok());
    }

    @Test
    void a_data_directory_that_is_no_folder_or_whose_secrets_are_open() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertBad(Machine.data(file.resolve("data")).get(0), "cannot be written", "chown");
        Path data = folder.resolve("data");
        Path key = Files.createDirectories(data.resolve("keys")).resolve("device.json");
        Files.writeString(key, "{}");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertBad(Machine.data(data).get(1), "device.json can be read by others", "chmod 600");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        assertEquals(List.of(Finding.good("data directory", data.toString())), Machine.data(data));
        assertTrue(Machine.data(folder.resolve("not/yet")).get(0).ok());
    }

    @Test
    void a_port_that_is_taken() throws Exception {
        int port = Ports.free();
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertBad(Machine.port(taken.getLocalPort()), "taken by another program", "--port 0");
        }
        assertTrue(Machine.port(port).ok());
    }

    @Test
    void a_clock_that_is_wrong() {
        Instant now = Instant.parse("2026-01-01T00:10:00Z");
        assertBad(
                Registry.clock("Thu, 1 Jan 2026 00:00:00 GMT", now),
                "600 s ahead of the registry",
                "timedatectl");
        assertBad(
                Registry.clock("Thu, 1 Jan 2026 00:11:00 GMT", now), "60 s behind", "timedatectl");
        assertTrue(Registry.clock("Thu, 1 Jan 2026 00:09:50 GMT", now).ok());
    }

    @Test
    void a_registry_that_is_unreachable_or_something_else() throws Exception {
        Registry registry = new Registry("0.1.0");
        int free = Ports.free();
        assertBad(registry.look("http://localhost:" + free).get(0), "is not reachable", "firewall");
        assertBad(registry.look("http://no-such-host.invalid").get(0), "name in", "DNS");
        assertBad(registry.look(serve(200, "<html>")).get(0), "not as a Weft host", "proxy");
    }

    @Test
    void a_registry_with_a_certificate_that_nobody_vouches_for() throws Exception {
        try (javax.net.ssl.SSLServerSocket socket =
                (javax.net.ssl.SSLServerSocket)
                        SSLContext.getDefault()
                                .getServerSocketFactory()
                                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread once =
                    new Thread(
                            () -> {
                                try (var taken = (javax.net.ssl.SSLSocket) socket.accept()) {
                                    taken.startHandshake(); // has no certificate to show: the
                                    // handshake fails
                                } catch (IOException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            once.start();
            assertBad(
                    new Registry("0.1.0").look("https://localhost:" + socket.getLocalPort()).get(0),
                    "is not accepted",
                    "not out of date");
            once.join();
        }
    }

    @Test
    void a_certificate_that_is_out_of_date_or_of_an_authority_that_is_not_known() throws Exception {
        HttpsServer secure = HttpsServer.create(loopback(), 0);
        server = secure;
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(certificate("-2d", "1"), null, null);
        secure.setHttpsConfigurator(new HttpsConfigurator(context));
        server.start();
        assertBad(
                new Registry("0.1.0")
                        .look("https://localhost:" + server.getAddress().getPort())
                        .get(0),
                "localhost is out of date since",
                "renew it");

        X509Certificate good = shown(certificate("-2d", "30"));
        String unknown = "PKIX path building failed";
        assertBad(
                Certificate.judge("localhost", good, unknown, Instant.now()),
                "vouched for by CN=localhost only",
                "trustStore");
        assertBad(
                Certificate.judge("other", good, "No subject alternative DNS name", Instant.now()),
                "does not name other, but CN=localhost",
                "use the name that it has");
        assertBad(
                Certificate.judge(
                        "localhost", good, unknown, Instant.now().minus(Duration.ofDays(9))),
                "begins only at",
                "clock of this machine");
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** A new key with a certificate of its own, by the JDK's tool. */
    private KeyManager[] certificate(String start, String days) throws Exception {
        Path store = Files.createTempDirectory(folder, "store").resolve("keys.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost",
                                "-startdate",
                                start,
                                "-validity",
                                days,
                                "-alias",
                                "host",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                "changeit")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), said);
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(
                KeyStore.getInstance(store.toFile(), "changeit".toCharArray()),
                "changeit".toCharArray());
        return factory.getKeyManagers();
    }

    private static X509Certificate shown(KeyManager[] managers) {
        return ((X509KeyManager) managers[0]).getCertificateChain("host")[0];
    }

    @Test
    void a_version_older_than_the_registrys() throws Exception {
        String url = serve(200, "{\"version\":\"0.3.0\",\"checks\":{}}");
        List<Finding> old = new Registry("0.1.0-SNAPSHOT").look(url);
        assertBad(old.get(old.size() - 1), "the registry has 0.3.0", "update this host");
        assertTrue(new Registry("0.3.1").look(url).stream().allMatch(Finding::ok));
    }

    @Test
    void a_stun_server_that_answers_and_one_that_does_not() throws Exception {
        try (DatagramSocket stun = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread echo =
                    new Thread(
                            () -> {
                                try {
                                    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                                    stun.receive(packet);
                                    packet.getData()[0] = 1; // a success, of the same transaction
                                    stun.send(packet);
                                } catch (IOException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            echo.start();
            assertTrue(Ice.look("stun:127.0.0.1:" + stun.getLocalPort()).ok());
            echo.join();
            assertBad(
                    Ice.look("turn:127.0.0.1:" + stun.getLocalPort() + "?transport=udp"),
                    "does not answer",
                    "firewall");
        }
        assertBad(Ice.look("http://stun"), "no STUN or TURN URL", "stun:HOST:PORT");
        assertBad(Ice.look("stun:no-such-host.invalid"), "not known", "DNS");
    }

    @Test
    void a_provider_whose_key_is_missing_or_wrong() throws Exception {
        String url = serve(200, "{}");
        Map<String, String> provider =
                Map.of("id", "big", "type", "openai", "base_url", url, "api_key_env", "KEY");
        assertBad(new Providers(folder, name -> null).look(provider), "has no KEY", "export KEY");
        assertBad(
                new Providers(folder, name -> "bad").look(provider),
                "does not take its key (401)",
                "new key");
        assertTrue(new Providers(folder, name -> "good").look(provider).ok());
        assertBad(
                new Providers(folder, name -> null)
                        .look(Map.of("id", "f", "type", "openai", "api_key_file", "key.txt")),
                "key.txt cannot be read",
                "write the key");
        assertBad(
                new Providers(folder, name -> null).look(Map.of("id", "a", "type", "anthropic")),
                "ANTHROPIC_API_KEY",
                "export");
        assertTrue(
                new Providers(folder, name -> null).look(Map.of("id", "r", "type", "rules")).ok());
        server.stop(0);
        assertBad(
                new Providers(folder, name -> "good").look(provider), "not reachable", "base_url");
    }
}
