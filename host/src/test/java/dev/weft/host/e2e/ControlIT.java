package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys, the audit log, numbers, JSON logs and HTTPS, as people meet them. */
class ControlIT {
    @TempDir static Path folder;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static TestHost host;
    private static KeyStore store;

    @BeforeAll
    static void start() throws Exception {
        certificate();
        host =
                new TestHost(folder.resolve("host"), "host")
                        .start(
                                "--tls-cert",
                                folder.resolve("cert.pem").toString(),
                                "--tls-key",
                                folder.resolve("key.pem").toString(),
                                "--log-format",
                                "json");
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    private static HttpResponse<String> get(String path, String name, String value)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(host.url() + path)).header(name, value).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_key_is_rotated_with_a_grace_and_its_token_ends_with_it() throws Exception {
        JsonNode key = host.json("key", "create", "--role", "viewer", "--expires", "1");
        String id = key.path("id").asText();
        String first = key.path("key").asText();
        String second = host.json("key", "rotate", id, "--grace", "60").path("key").asText();
        assertEquals(200, get("/api/agents", "X-API-Key", first).statusCode());
        assertEquals(200, get("/api/agents", "X-API-Key", second).statusCode());
        assertTrue(host.weft("key", "list").text().contains("rotating until"));
        host.json("key", "rotate", id, "--grace", "0");
        assertEquals(401, get("/api/agents", "X-API-Key", first).statusCode());
        assertEquals(401, get("/api/agents", "X-API-Key", second).statusCode());
        JsonNode other = host.json("key", "create", "--role", "viewer");
        HttpResponse<String> made =
                HTTP.send(
                        HttpRequest.newBuilder(URI.create(host.url() + "/api/token"))
                                .header("X-API-Key", other.path("key").asText())
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(made.body());
        assertTrue(token.find(), made.body());
        String bearer = "Bearer " + token.group(1);
        assertEquals(200, get("/api/agents", "Authorization", bearer).statusCode());
        assertEquals(0, host.weft("key", "rotate", "signing").exit());
        assertEquals(200, get("/api/agents", "Authorization", bearer).statusCode());
        assertEquals(0, host.weft("key", "revoke", other.path("id").asText()).exit());
        assertEquals(401, get("/api/agents", "Authorization", bearer).statusCode());
    }

    @Test
    void the_audit_log_is_shown_checked_and_a_change_in_it_found() throws Exception {
        String id = host.json("key", "create", "--label", "audited").path("id").asText();
        assertTrue(host.weft("audit", "--limit", "200").text().contains(id));
        Program.Result whole = host.weft("audit", "verify");
        assertEquals(0, whole.exit(), whole.text());
        HttpResponse<String> lines =
                HTTP.send(
                        HttpRequest.newBuilder(URI.create(host.url() + "/api/audit"))
                                .header("X-API-Key", host.localKey())
                                .header("Accept", "application/x-ndjson")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertTrue(lines.body().lines().allMatch(line -> line.startsWith("{\"seq\":")));
        Path log = host.data.resolve("audit/audit.log");
        byte[] good = Files.readAllBytes(log);
        List<String> all = Files.readAllLines(log);
        all.set(0, all.get(0).replace("\"outcome\":\"ok\"", "\"outcome\":\"no\""));
        Files.write(log, all, StandardOpenOption.TRUNCATE_EXISTING);
        Program.Result broken = host.weft("audit", "verify");
        assertEquals(1, broken.exit(), broken.text());
        assertTrue(broken.text().contains("broken at record 1"), broken.text());
        Files.write(log, good, StandardOpenOption.TRUNCATE_EXISTING);
        assertEquals(0, host.weft("audit", "verify").exit());
    }

    @Test
    void the_shell_does_what_the_command_line_does() throws Exception {
        Path made = folder.resolve("made");
        Path key = folder.resolve("tide.key");
        Path camp = folder.resolve("camp");
        Program.Result shell =
                host.weft(
                        "shell",
                        "-c",
                        String.join(
                                "\n",
                                "weft:version",
                                "weft:init " + made + " --name kitchen",
                                "weft:validate " + made,
                                "weft:skill new tide --dir " + folder.resolve("tide"),
                                "weft:publisher new org.tide --sign " + key,
                                "weft:repository init " + camp + " --name camp",
                                "weft:publisher grant org.tide "
                                        + key
                                        + ".pub --repository "
                                        + camp,
                                "weft:publisher list --repository " + camp,
                                "weft:agents",
                                "weft:approvals",
                                "weft:key create --role viewer --label typed",
                                "weft:tasks --json",
                                "weft:run",
                                "weft:complete 'skill pub'"));
        assertEquals(0, shell.exit(), shell.text());
        for (String said :
                List.of(
                        "weft ",
                        "agent.yaml is good",
                        "org.tide may be published",
                        "nobody waits for you",
                        "weft run --data D",
                        "publish")) {
            assertTrue(shell.text().contains(said), said + " is missing: " + shell.text());
        }
        assertTrue(Files.exists(folder.resolve("tide/pom.xml")) && Files.exists(key));
        Program.Result looked =
                host.weft(
                        "shell",
                        "-c",
                        "weft:doctor --json\nweft:pair 123456 --registry http://127.0.0.1:1\nweft:pair 12");
        assertTrue(looked.text().contains("\"what\":\"java\""), looked.text());
        assertFalse(looked.text().contains("\"what\":\"port "), "its own port is no finding");
        assertTrue(looked.text().contains("error: "), looked.text());
        String written = host.weft("audit", "--limit", "100").text();
        for (String what : List.of(" init ", "skill.new", "publisher", " pair ")) {
            assertTrue(written.contains(what), what + " is missing: " + written);
        }
        assertFalse(written.contains("123456"), "a code is not written down");
    }

    @Test
    void ctrl_c_at_the_command_line_ends_a_benchmark_of_the_shell() throws Exception {
        try (Program shell =
                Program.start(
                        folder,
                        "shell",
                        "-c",
                        "weft:bench registry --scale 1",
                        "--data",
                        host.data.toString())) {
            shell.await(line -> line.contains("java"));
            ProcessHandle process = ProcessHandle.of(host.program().pid()).orElseThrow();
            TestHost.await(
                    "the benchmark at work", () -> process.descendants().findAny().isPresent());
            shell.terminate(); // the same as Ctrl-C to a JVM
            TestHost.await(
                    "the end of the benchmark and its hosts",
                    () -> process.descendants().findAny().isEmpty());
        }
        assertEquals(0, host.weft("shell", "-c", "weft:health").exit());
    }

    @Test
    void numbers_are_there_for_prometheus() throws Exception {
        TestHost.await("the host on its own list", () -> host.sees("host", "active"));
        String metrics = get("/metrics", "Authorization", "Bearer " + host.localKey()).body();
        for (String name :
                List.of(
                        "weft_agents{health=\"active\"}",
                        "weft_signaling_sockets ",
                        "weft_store_connections_active ",
                        "weft_http_request_seconds_bucket",
                        "weft_task_seconds_bucket{le=\"+Inf\",outcome=\"completed\"}",
                        "jvm_threads ")) {
            assertTrue(metrics.contains(name), name + " is not in " + metrics);
        }
    }

    @Test
    void https_serves_the_certificate_that_was_given() throws Exception {
        Matcher port =
                Pattern.compile("https://127\\.0\\.0\\.1:([0-9]+)").matcher(host.program().text());
        assertTrue(port.find(), host.program().text());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("k", store.getCertificate("k"));
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpResponse<String> modern =
                HttpClient.newBuilder()
                        .sslContext(context)
                        .build()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "https://127.0.0.1:"
                                                                + port.group(1)
                                                                + "/api/agents"))
                                        .header("X-API-Key", host.localKey())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        assertEquals("HTTP_2 200", modern.version() + " " + modern.statusCode(), modern.body());
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket("127.0.0.1", Integer.parseInt(port.group(1)))) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(
                            "GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                    .getBytes());
            String answer = new String(socket.getInputStream().readAllBytes());
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
            assertTrue(answer.contains("Strict-Transport-Security"), answer);
            assertEquals(
                    "CN=weft",
                    ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                            .getSubjectX500Principal()
                            .getName());
        }
    }

    @Test
    void logs_are_json_documents() throws Exception {
        String log = Files.readString(host.data.resolve("log/weft.log"));
        String whole = log.substring(0, log.lastIndexOf('\n')); // it writes on meanwhile
        assertFalse(whole.isEmpty());
        for (String line : whole.split("\n")) {
            assertTrue(line.startsWith("{") && line.endsWith("}"), line);
        }
    }

    private static void certificate() throws Exception {
        Path file = folder.resolve("k.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "k",
                                "-keyalg",
                                "EC",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                "changeit",
                                "-dname",
                                "CN=weft",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-validity",
                                "2")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertEquals(0, keytool.waitFor(), said);
        store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, "changeit".toCharArray());
        }
        pem("key.pem", "PRIVATE KEY", store.getKey("k", "changeit".toCharArray()).getEncoded());
        pem("cert.pem", "CERTIFICATE", store.getCertificate("k").getEncoded());
    }

    private static void pem(String name, String kind, byte[] content) throws IOException {
        Files.writeString(
                folder.resolve(name),
                "-----BEGIN "
                        + kind
                        + "-----\n"
                        + Base64.getMimeEncoder().encodeToString(content)
                        + "\n-----END "
                        + kind
                        + "-----\n");
    }
}
