package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.doctor.Finding;
import dev.weft.host.doctor.Ice;
import dev.weft.host.doctor.TurnClient;
import dev.weft.protocol.Wire;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The STUN and TURN servers that a registry serves to its hosts work, on a real coturn. */
@Tag("once")
class CoturnIT {
    private static final Path TURNSERVER = Path.of("/usr/bin/turnserver");
    private static final String HINT =
            "coturn is not installed: the test of TURN credentials is skipped; to run it: apt-get install coturn";
    private static final String SECRET = "turn-test-secret";
    @TempDir Path folder;

    @Test
    void the_credentials_of_the_registry_get_a_relayed_address() throws Exception {
        if (!Files.isExecutable(TURNSERVER)) {
            System.out.println(HINT);
            Assumptions.abort(HINT);
        }
        int port = Ports.free();
        Process coturn =
                new ProcessBuilder(
                                TURNSERVER.toString(),
                                "-n",
                                "--listening-ip=127.0.0.1",
                                "--relay-ip=127.0.0.1",
                                "--listening-port=" + port,
                                "--use-auth-secret",
                                "--static-auth-secret=" + SECRET,
                                "--realm=weft.test",
                                "--allow-loopback-peers",
                                "--cli-password=none-needed",
                                "--no-cli",
                                "--no-tls",
                                "--no-dtls",
                                "--log-file=stdout",
                                "--pidfile=" + folder.resolve("turn.pid"))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("turn.log").toFile())
                        .start();
        try (TestHost hub = new TestHost(folder.resolve("hub"), "hub")) {
            Path secret = Files.writeString(folder.resolve("turn.secret"), SECRET + "\n");
            Path etc = Files.createDirectories(hub.data.resolve("etc"));
            var registry = Wire.object().put("turn_secret_file", secret.toString());
            registry.putArray("stun").add("stun:127.0.0.1:" + port);
            registry.putArray("turn").add("turn:127.0.0.1:" + port + "?transport=udp");
            Files.writeString(
                    etc.resolve("registry.json"),
                    Wire.write((Object) Wire.object().set("dev.weft.registry", registry)));
            hub.start();
            JsonNode servers = Rest.get(hub, "/api/config").path("iceServers");
            assertEquals("stun:127.0.0.1:" + port, servers.path(0).path("urls").path(0).asText());
            JsonNode turn = servers.path(1);
            assertEquals(
                    "turn:127.0.0.1:" + port + "?transport=udp",
                    turn.path("urls").path(0).asText());
            String user = turn.path("username").asText();
            String password = turn.path("credential").asText();
            assertTrue(
                    Long.parseLong(user.split(":")[0]) > System.currentTimeMillis() / 1000 + 3600,
                    user);

            try (TurnClient client = new TurnClient(new InetSocketAddress("127.0.0.1", port))) {
                TestHost.await("coturn answers", client::answersBinding);
                assertEquals("relayed 127.0.0.1", client.allocate(user, password));
            }
            try (TurnClient client = new TurnClient(new InetSocketAddress("127.0.0.1", port))) {
                assertEquals("error 401", client.allocate(user, password.replace('A', 'B') + "x"));
            }
            try (TurnClient client = new TurnClient(new InetSocketAddress("127.0.0.1", port))) {
                String lapsed = System.currentTimeMillis() / 1000 - 60 + ":mesh";
                assertEquals("error 401", client.allocate(lapsed, sign(lapsed)));
            }
            String url = "turn:127.0.0.1:" + port;
            assertTrue(Ice.look(url, user, password).ok());
            Finding wrong = Ice.look(url, user, password + "x");
            assertTrue(
                    !wrong.ok()
                            && wrong.detail().contains("does not take the credentials")
                            && wrong.advice().contains("static-auth-secret"),
                    wrong.toString());
            Program.Result doctor = hub.weft("doctor");
            assertTrue(doctor.text().contains("gives a relayed address"), doctor.text());
        } finally {
            coturn.destroy();
            if (!coturn.waitFor(5, TimeUnit.SECONDS)) {
                coturn.destroyForcibly();
            }
        }
    }

    /** The password that belongs to a name, by the secret shared with the server. */
    private static String sign(String user) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        return Base64.getEncoder()
                .encodeToString(mac.doFinal(user.getBytes(StandardCharsets.UTF_8)));
    }
}
