package dev.weft.skill.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebTest {
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private Web web;
    private String base;

    @TempDir Path folder;

    @BeforeEach
    void start() throws IOException {
        // one more address of this machine than is open, so that a redirect can lead to a forbidden
        // one
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(blocking);
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort();
        web = web(60, () -> (SSLSocketFactory) SSLSocketFactory.getDefault(), "127.0.0.1/32");
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        blocking.shutdownNow();
        timer.shutdownNow();
    }

    private Web web(int seconds, Supplier<SSLSocketFactory> tls, String... allow) {
        Map<String, Object> values = Map.of("allow", allow, "seconds", seconds);
        Web.Config config =
                (Web.Config)
                        Proxy.newProxyInstance(
                                WebTest.class.getClassLoader(),
                                new Class<?>[] {Web.Config.class},
                                (proxy, method, args) -> values.get(method.getName()));
        return new Web(config, blocking, timer, tls);
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void serve(String path, Answer answer) {
        server.createContext(
                path,
                exchange -> {
                    try (exchange) {
                        answer.to(exchange);
                    }
                });
    }

    private void serve(String path, int status, String type, byte[] body) {
        serve(
                path,
                exchange -> {
                    if (type != null) {
                        exchange.getResponseHeaders().set("Content-Type", type);
                    }
                    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
                    exchange.getResponseBody().write(body);
                });
    }

    private void redirect(String path, String to) {
        serve(
                path,
                exchange -> {
                    exchange.getResponseHeaders().set("Location", to);
                    exchange.sendResponseHeaders(302, -1);
                });
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String refusal(String url) {
        return assertThrows(IllegalArgumentException.class, () -> web.fetch(url, 1000))
                .getMessage();
    }

    private String failure(String url) {
        return assertThrows(IOException.class, () -> web.fetch(url, 1000)).getMessage();
    }

    @Test
    void a_page_becomes_its_title_and_readable_text() throws Exception {
        serve(
                "/page",
                200,
                "text/html; charset=utf-8",
                utf8(
                        """
                <html><head><title>A  b</title><style>x{}</style></head><body><nav>menu</nav><script>evil()</script>
                <h1>Head</h1><p>One
                two <b>three</b>.</p><ul><li>first</li><li>second</li></ul><pre>a
                  b</pre><p hidden>no</p><table><tr><td>x</td><td>y</td></tr></table></body></html>"""));
        Page page = web.fetch(base + "/page?q=a b", 1000);
        assertEquals("A b", page.title());
        assertEquals("Head\n\nOne two three.\n\n- first\n- second\n\na\n  b\n\nx y", page.text());
        assertEquals(200, page.status());
        assertEquals("text/html; charset=utf-8", page.contentType());
        assertFalse(page.truncated());
        assertEquals(base + "/page?q=a%20b", page.url());
    }

    @Test
    void other_text_is_given_as_it_is_and_other_data_refused() throws Exception {
        serve("/json", 200, "application/json", utf8("{\"ä\": 1}"));
        serve(
                "/plain",
                404,
                "text/plain; charset=iso-8859-1",
                "grün".getBytes(StandardCharsets.ISO_8859_1));
        serve("/image", 200, "image/png", new byte[] {1, 2, 3});
        serve("/unnamed", 200, null, new byte[] {'a', 0, 'b'});
        serve("/empty", 204, null, new byte[0]);
        assertEquals("{\"ä\": 1}", web.fetch(base + "/json", 1000).text());
        Page missing = web.fetch(base + "/plain", 1000);
        assertEquals("grün", missing.text());
        assertEquals(404, missing.status());
        assertTrue(refusal(base + "/image").contains("image/png"));
        assertTrue(refusal(base + "/unnamed").contains("unknown data"));
        assertEquals("", web.fetch(base + "/empty", 1000).text());
    }

    @Test
    void a_character_set_that_does_not_exist_or_is_in_the_page_alone_is_no_trouble()
            throws Exception {
        serve("/bad", 200, "text/plain; charset=no-such-thing", utf8("süß"));
        serve("/illegal", 200, "text/html; charset=\"%%\"", utf8("<html><body>süß"));
        serve(
                "/meta",
                200,
                "text/html",
                "<html><head><meta charset=windows-1252></head><body>süß €"
                        .getBytes(Charset.forName("windows-1252")));
        assertEquals("süß", web.fetch(base + "/bad", 1000).text());
        assertEquals("süß", web.fetch(base + "/illegal", 1000).text());
        assertEquals("süß €", web.fetch(base + "/meta", 1000).text());
    }

    @Test
    void long_text_is_cut_and_says_so() throws Exception {
        serve(
                "/long",
                200,
                "text/plain; charset=utf-8",
                utf8("x".repeat(999) + "😀" + "y".repeat(10)));
        Page page = web.fetch(base + "/long", 1000);
        assertTrue(page.truncated());
        assertEquals("x".repeat(999), page.text());
    }

    @Test
    void more_than_two_mebibytes_are_not_read_packed_or_not() throws Exception {
        serve(
                "/endless",
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, 0); // chunked
                    byte[] block = utf8("z".repeat(1 << 16));
                    try {
                        while (true) {
                            exchange.getResponseBody().write(block);
                        }
                    } catch (IOException theClientHasHadEnough) {
                        // as it should
                    }
                });
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bomb)) {
            for (int i = 0; i < 64; i++) {
                gzip.write(new byte[1 << 20]);
            }
        }
        serve(
                "/bomb",
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                    exchange.sendResponseHeaders(200, bomb.size());
                    exchange.getResponseBody().write(bomb.toByteArray());
                });
        for (String path : List.of("/endless", "/bomb")) {
            Page page = web.fetch(base + path, 500_000);
            assertTrue(page.truncated());
            assertEquals(500_000, page.text().length());
        }
    }

    @Test
    void packed_and_chunked_answers_are_unpacked() throws Exception {
        serve(
                "/packed",
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                    exchange.sendResponseHeaders(200, 0);
                    try (OutputStream gzip = new GZIPOutputStream(exchange.getResponseBody())) {
                        for (int i = 0; i < 20_000; i++) {
                            gzip.write(utf8("line " + i + "\n"));
                        }
                    }
                });
        String text = web.fetch(base + "/packed", 500_000).text();
        assertTrue(text.startsWith("line 0\n") && text.endsWith("line 19999\n"));
    }

    @Test
    void redirects_are_followed_five_times_relative_or_not() throws Exception {
        serve("/end", 200, "text/plain", utf8("there"));
        redirect("/a", "/b");
        redirect("/b", base + "/c");
        serve(
                "/c",
                exchange -> {
                    exchange.getResponseHeaders()
                            .set(
                                    "Location",
                                    exchange.getRequestURI().getQuery() == null ? "?again" : "end");
                    exchange.sendResponseHeaders(307, -1);
                });
        Page page = web.fetch(base + "/a", 1000);
        assertEquals("there", page.text());
        assertEquals(base + "/end", page.url());
        redirect("/loop", "/loop");
        assertTrue(failure(base + "/loop").contains("more than 5 times"));
    }

    @Test
    void a_redirect_to_a_forbidden_address_or_scheme_is_refused() {
        for (String to :
                List.of(
                        "http://127.0.0.2:1/",
                        "http://[::1]/",
                        "http://169.254.169.254/latest/meta-data/",
                        "http://10.0.0.1/",
                        "//192.168.0.1/",
                        "http://0/",
                        "http://[::ffff:127.0.0.2]/",
                        "http://localhost.localdomain.:1/")) {
            redirect("/r" + Math.abs(to.hashCode()), to);
            Exception refused =
                    assertThrows(
                            Exception.class,
                            () -> web.fetch(base + "/r" + Math.abs(to.hashCode()), 1000),
                            to);
            assertTrue(
                    refused.getMessage()
                            .matches(".*(is not allowed|there is no host called|needs a host).*"),
                    to + " -> " + refused.getMessage());
        }
        for (String to :
                List.of(
                        "file:///etc/passwd",
                        "ftp://example.org/",
                        "gopher://x/",
                        "jar:file:x!/")) {
            redirect("/s" + Math.abs(to.hashCode()), to);
            assertTrue(
                    refusal(base + "/s" + Math.abs(to.hashCode())).contains("only http and https"),
                    to);
        }
        redirect("/garbage", "http://[bad");
        assertTrue(failure(base + "/garbage").contains("no URL"));
    }

    @Test
    void by_default_nothing_of_this_machine_or_its_network_can_be_reached() {
        web = web(60, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
        for (String url :
                List.of(
                        base,
                        "http://localhost:1/",
                        "http://127.1:1/",
                        "http://[::1]:1/",
                        "https://10.1.2.3/",
                        "http://172.16.0.1/",
                        "http://192.168.1.1/",
                        "http://100.64.0.1/",
                        "http://169.254.169.254/",
                        "http://0.0.0.0/",
                        "http://[fd00::1]/",
                        "http://[fe80::1]/",
                        "http://224.0.0.1/")) {
            String said = refusal(url);
            assertTrue(said.matches(".*(is not allowed|needs a host).*"), url + " -> " + said);
        }
    }

    @Test
    void what_is_no_web_address_is_refused() {
        for (String url :
                List.of(
                        "",
                        "x",
                        "file:///etc/passwd",
                        "ftp://a/",
                        "http://",
                        "http:///x",
                        "http://user:pw@example.org/",
                        "http://a:70000/",
                        "http://[::1",
                        "javascript:alert(1)",
                        "http://a/" + "x".repeat(5000))) {
            refusal(url);
        }
        assertThrows(IllegalArgumentException.class, () -> web.fetch(base, 0));
        assertThrows(IllegalArgumentException.class, () -> web.fetch(base, 500_001));
        assertTrue(
                failure("http://no-such-host.invalid/")
                        .contains("there is no host called no-such-host.invalid"));
    }

    @Test
    void a_slow_or_dripping_server_is_left_in_time() throws Exception {
        Web hasty = web(1, () -> (SSLSocketFactory) SSLSocketFactory.getDefault(), "127.0.0.1/32");
        serve(
                "/silent",
                exchange -> {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        serve(
                "/drip",
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, 1000);
                    try {
                        while (!over.await(20, TimeUnit.MILLISECONDS)) {
                            exchange.getResponseBody().write('x');
                            exchange.getResponseBody().flush();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        for (String path : List.of("/silent", "/drip")) {
            // The server says no more until this test is over.
            IOException late =
                    assertTimeoutPreemptively(
                            Duration.ofSeconds(30),
                            () ->
                                    assertThrows(
                                            IOException.class,
                                            () -> hasty.fetch(base + path, 1000)));
            assertTrue(late.getMessage().contains("longer than 1 s"), late.toString());
        }
    }

    @Test
    void servers_that_break_the_protocol_are_told_apart() throws Exception {
        List<String> bad =
                List.of(
                        "SSH-2.0-x\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
                        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                        "HTTP/1.1 200 OK\r\nX: " + "y".repeat(10_000) + "\r\n\r\n",
                        "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(200) + "\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx",
                        "",
                        "HTTP/1.1 200");
        for (String answer : bad) {
            try (ServerSocket raw = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                blocking.execute(() -> answer(raw, answer));
                assertThrows(
                        IOException.class,
                        () -> web.fetch("http://127.0.0.1:" + raw.getLocalPort() + "/", 1000),
                        answer);
            }
        }
        try (ServerSocket raw = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            blocking.execute(
                    () ->
                            answer(
                                    raw,
                                    "HTTP/1.1 103 Early\r\n\r\nHTTP/1.0 200\r\nContent-Type: text/plain\r\n\r\nuntil closed"));
            assertEquals(
                    "until closed",
                    web.fetch("http://127.0.0.1:" + raw.getLocalPort() + "/", 1000).text());
        }
    }

    private static void answer(ServerSocket raw, String answer) {
        try (Socket socket = raw.accept()) {
            List<Integer> request = new ArrayList<>();
            while (request.size() < 4
                    || !request.subList(request.size() - 4, request.size())
                            .equals(List.of(13, 10, 13, 10))) {
                request.add(socket.getInputStream().read());
            }
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException closed) {
            // the client has gone
        }
    }

    @Test
    void a_port_where_nobody_listens_is_named() throws Exception {
        try (Socket taken = new Socket()) { // has the port, so that nobody else listens there
            taken.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            assertTrue(
                    failure("http://127.0.0.1:" + taken.getLocalPort() + "/")
                            .contains("cannot connect to 127.0.0.1"));
        }
    }

    @Test
    void certificates_are_checked_for_trust_and_for_the_name() throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "a",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=web.test",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                "secret")
                        .redirectErrorStream(true)
                        .start();
        assertTrue(keytool.waitFor(120, TimeUnit.SECONDS) && keytool.exitValue() == 0);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            keys.load(in, "secret".toCharArray());
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "secret".toCharArray());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        HttpsServer secure =
                HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(context));
        secure.setExecutor(blocking);
        secure.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        exchange.getResponseHeaders().set("Content-Type", "text/plain");
                        exchange.sendResponseHeaders(200, 2);
                        exchange.getResponseBody().write(utf8("ok"));
                    }
                });
        secure.start();
        try {
            int port = secure.getAddress().getPort();
            Web trusting = web(60, context::getSocketFactory, "127.0.0.0/8", "::1/128");
            assertEquals("ok", trusting.fetch("https://127.0.0.1:" + port + "/", 100).text());
            assertTrue(
                    assertThrows(
                                    IOException.class,
                                    () -> trusting.fetch("https://localhost:" + port + "/", 100))
                            .getMessage()
                            .contains("no trusted connection"),
                    "the name is not in the certificate");
            assertTrue(
                    failure("https://127.0.0.1:" + port + "/").contains("no trusted connection"),
                    "nobody vouches for it");
        } finally {
            secure.stop(0);
        }
    }
}
