package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.api.identity.HostKey;
import dev.weft.host.framework.SkillJars;
import dev.weft.skill.repository.Publishers.Publisher;
import dev.weft.skill.repository.RepositoryWriter;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Statement;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository on a web server, and two hosts that install from it, as people do it with the command line. */
@Tag("once")
class CatalogIT {
    private static final String NAMESPACE = "dev.weft.fixture";
    @TempDir Path folder;
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private HttpServer server;
    private RepositoryWriter writer;
    private Root root;
    private HostKey owner;
    private HostKey publisher;

    @BeforeEach
    void open() throws Exception {
        Path files = folder.resolve("repository");
        owner = HostKey.loadOrCreate(folder.resolve("keys/owner"));
        publisher = HostKey.loadOrCreate(folder.resolve("keys/publisher"));
        writer = new RepositoryWriter(files, Clock.systemUTC());
        root = writer.create("fixtures", owner);
        writer.publisher(
                new Publisher(NAMESPACE, "Fixtures", Role.of(publisher.publicKey())), owner);
        publish("greeter", "1.0.0");
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> answer(exchange, files));
        server.setExecutor(workers);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        workers.shutdownNow();
    }

    private static void answer(HttpExchange exchange, Path files) throws IOException {
        try (exchange) {
            Path file = files.resolve(exchange.getRequestURI().getPath().substring(1));
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(file);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void publish(String fixture, String version, String... more) throws Exception {
        List<String> headers =
                new ArrayList<>(List.of("Bundle-SymbolicName", NAMESPACE + ".greeter"));
        headers.addAll(List.of(more));
        Path jar =
                SkillJars.make(
                        folder.resolve("jars"),
                        fixture + version + ".jar",
                        fixture,
                        version,
                        headers.toArray(String[]::new));
        writer.publish(NAMESPACE, jar, publisher);
        writer.snapshot(Duration.ofDays(1), owner);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private static String ok(Program.Result result) {
        assertEquals(0, result.exit(), result.text());
        return result.text();
    }

    private static String failed(Program.Result result) {
        assertEquals(1, result.exit(), result.text());
        return result.text();
    }

    @Test
    void a_skill_is_found_installed_updated_rolled_back_locked_and_revoked_on_two_hosts()
            throws Exception {
        try (TestHost one = new TestHost(folder.resolve("one"), "one");
                TestHost two = new TestHost(folder.resolve("two"), "two")) {
            one.start();
            one.admit(two);
            Path etc = Files.createDirectories(two.data.resolve("etc"));
            Files.writeString(
                    etc.resolve("catalog.json"),
                    "{\"dev.weft.catalog\":{\"repositories\":[\""
                            + address()
                            + " "
                            + root.fingerprint()
                            + " trust="
                            + NAMESPACE
                            + "\"]},\"dev.weft.catalog.mesh\":{\"installs\":\"yes\"}}");
            two.start("--role", "agent", "--registry", one.url());

            String unseen = failed(one.weft("catalog", "add", address()));
            assertTrue(unseen.contains(root.fingerprint()), unseen);
            ok(one.weft("catalog", "add", address(), "--fingerprint", root.fingerprint()));
            assertTrue(ok(one.weft("skills", "--catalog", "greets people")).contains("greeter"));
            String stranger = failed(one.weft("install", "greeter", "--yes"));
            assertTrue(stranger.contains("keys that are not trusted here"), stranger);
            JsonNode known = one.json("catalog", "list").get(0).path("publishers").get(0);
            String who = "fixtures/" + NAMESPACE;
            assertTrue(ok(one.weft("approvals")).contains(who));
            String compare = failed(one.weft("approve", who));
            String fingerprint = known.path("fingerprint").asText();
            assertTrue(compare.contains(fingerprint), compare);
            ok(one.weft("approve", who, "--fingerprint", fingerprint));
            assertFalse(ok(one.weft("approvals")).contains(who));
            String plan = ok(one.weft("install", "greeter", "--dry-run"));
            assertTrue(plan.contains("install dev.weft.fixture.greeter 1.0.0"), plan);
            assertFalse(Files.exists(one.deploy().resolve("dev.weft.fixture.greeter.jar")));
            assertTrue(ok(one.weft("install", "greeter")).contains("installed"));
            assertTrue(greets(one, "from 1.0.0"));
            assertTrue(ok(one.weft("skills", "greeter")).contains("fixtures"));

            publish("greeter", "2.0.0");
            ok(one.weft("catalog", "refresh"));
            assertTrue(ok(one.weft("update", "--all")).contains("1.0.0 → 2.0.0"));
            assertTrue(greets(one, "from 2.0.0"));
            anUpdateWaitsForAPerson(one);
            publish("appender", "3.0.0");
            ok(one.weft("catalog", "refresh"));
            String other = failed(one.weft("update", "greeter"));
            assertTrue(other.contains("changes: tools of greeter: greet, work"), other);
            ok(one.weft("rollback", "greeter", "--to", "1.0.0"));
            assertTrue(greets(one, "from 1.0.0"));
            Path lock = folder.resolve("skills.lock");
            ok(one.weft("catalog", "lock", lock.toString()));
            ok(one.weft("install", "greeter@2.0.0"));
            assertTrue(greets(one, "from 2.0.0"));
            ok(one.weft("install", "--locked", lock.toString()));
            assertTrue(greets(one, "from 1.0.0"));
            ok(one.weft("skill", "pin", "greeter"));
            assertTrue(failed(one.weft("update", "greeter")).contains("pinned"));

            TestHost.await("two takes installs", () -> one.lists("catalog", "two"));
            JsonNode plans = one.json("install", "greeter@1.0.0", "--on", "two", "--dry-run");
            assertEquals("yes", plans.get(0).path("answer").asText(), plans.toString());
            assertTrue(!one.lists("greeter", "two"));
            JsonNode hosts = one.json("install", "greeter@1.0.0", "--on", "two");
            assertTrue(hosts.get(0).path("done").asBoolean(), hosts.toString());
            TestHost.await("two greets", () -> one.lists("greeter", "two"));
            String refused = failed(one.weft("install", "greeter", "--on", "one"));
            assertTrue(refused.contains("takes no installs"), refused);

            writer.state(
                    new Statement(
                            "statement",
                            "fixtures",
                            NAMESPACE + ".greeter",
                            "*",
                            "revoke",
                            "it leaks secrets",
                            "2026-03-01T00:00:00Z"),
                    publisher);
            writer.snapshot(Duration.ofDays(1), owner);
            ok(one.weft("catalog", "refresh"));
            ok(two.weft("catalog", "refresh"));
            TestHost.await(
                    "it is gone everywhere",
                    () -> !one.lists("greeter", "one") && !one.lists("greeter", "two"));
            TestHost.await(
                    "the reason in its health",
                    () -> Rest.get(one, "/api/health").toString().contains("it leaks secrets"));

            // the registry's own repository is closed to strangers, and open to its members
            JsonNode own = one.json("repository", "show");
            String ours = own.path("fingerprint").asText();
            for (TestHost member : List.of(one, two)) {
                ok(member.weft("catalog", "add", "registry", "--fingerprint", ours));
            }
            String place = one.url() + "/repository";
            Program.Result nobody = one.weft("catalog", "add", place, "--fingerprint", ours);
            assertEquals(3, nobody.exit(), nobody.text());
            assertTrue(nobody.text().contains("answered 401"), nobody.text());
        }
    }

    /** What updates itself does not do so where there is something to ask. */
    private void anUpdateWaitsForAPerson(TestHost one) throws Exception {
        publish(
                "greeter",
                "2.5.0",
                "-includeresource",
                "app.properties;literal='password=q7Zt9XbK2mVw4RcJ8sLpN6yDhF3gTaE5uQx1'");
        ok(one.weft("skill", "auto", "greeter"));
        ok(one.weft("catalog", "refresh"));
        TestHost.await("the update waits", () -> waits(one).contains("update of greeter"));
        assertTrue(waits(one).contains("maybe-secret"), waits(one));
        String rejected = failed(one.weft("reject", "greeter"));
        assertTrue(rejected.contains("there is nothing to reject"), rejected);
        assertTrue(greets(one, "from 2.0.0"));
        String approved = ok(one.weft("approve", "greeter"));
        assertTrue(approved.contains("updated dev.weft.fixture.greeter 2.0.0 → 2.5.0"), approved);
        TestHost.await("nothing waits", () -> !waits(one).contains("update of greeter"));
        ok(one.weft("skill", "auto", "greeter", "--off"));
        assertTrue(greets(one, "from 2.5.0"));
    }

    private static String waits(TestHost host) {
        return ok(host.weft("approvals"));
    }

    private static boolean greets(TestHost host, String what) {
        return ok(host.weft("call", "greeter.greet", "name=ann")).contains(what);
    }
}
