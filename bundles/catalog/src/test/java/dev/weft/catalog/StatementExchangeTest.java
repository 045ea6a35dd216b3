package dev.weft.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostKey;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Peer;
import dev.weft.api.repository.StatementListener;
import dev.weft.api.signaling.SignalListener;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.Signed;
import dev.weft.skill.repository.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts with catalogs, deploy folders and frameworks of their own, and a mesh within this process. */
class StatementExchangeTest {
    @TempDir java.nio.file.Path home;
    private final Map<AgentId, Side> mesh = new ConcurrentHashMap<>();
    private final List<CatalogHost> hosts = new ArrayList<>();
    private final AtomicInteger working = new AtomicInteger();
    private Market main;
    private Side honest;
    private Side misled;

    /** A host and its end of the mesh. */
    private final class Side implements Mesh {
        final AgentId id;
        final CatalogHost host;
        final Catalog catalog;
        final List<MeshMessage> heard = new CopyOnWriteArrayList<>();
        private final AtomicInteger looks = new AtomicInteger();
        private volatile MessageHandler handler;
        private volatile boolean linked;

        Side(String name) throws Exception {
            id = new AgentId(name);
            host = new CatalogHost(home.resolve(name), working);
            hosts.add(host);
            catalog = host.catalog;
        }

        /** Links to all that met before, and compares what each has with each of them, once. */
        void meet() throws Exception {
            host.register(Mesh.class, this);
            handler = host.host.service(MessageHandler.class);
            soon(() -> looks.get() > 0); // the first look of the exchange finds no peers
            linked = true;
            mesh.put(id, this);
            for (Side other : mesh.values()) {
                if (other != this) {
                    other.connected(id);
                    connected(other.id);
                }
            }
            settled();
        }

        private void connected(AgentId peer) throws Exception {
            host.host.service(Events.class).publish("peer.connected", Map.of("id", peer.value()));
        }

        void stated(byte[] statement) throws Exception {
            host.host.service(StatementListener.class).stated(statement);
        }

        long said() {
            return heard.stream().filter(m -> m.type().equals(StatementExchange.SAY)).count();
        }

        @Override
        public CompletableFuture<Void> send(
                AgentId target, String type, String requestId, JsonNode payload) {
            MeshMessage message =
                    new MeshMessage(type, requestId, id.value(), target.value(), payload);
            Side side = mesh.get(target);
            if (side == null) {
                return CompletableFuture.failedFuture(new MeshException("unreachable", "gone"));
            }
            side.heard.add(message);
            side.handler.handle(id, message, (answer, body) -> true);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<MeshMessage> request(
                AgentId target,
                String type,
                JsonNode payload,
                Duration timeout,
                Consumer<MeshMessage> interim) {
            throw new AssertionError("statements ask for no answer");
        }

        @Override
        public List<Peer> peers() {
            looks.incrementAndGet();
            if (!linked) {
                return List.of();
            }
            return mesh.keySet().stream()
                    .filter(other -> !other.equals(id))
                    .map(other -> new Peer(other, other.value(), Path.P2P, 1, 0, 0, "", 0))
                    .toList();
        }

        @Override
        public Optional<Peer> peer(AgentId other) {
            return peers().stream().filter(peer -> peer.id().equals(other)).findFirst();
        }
    }

    @BeforeEach
    void start() throws Exception {
        main = new Market(home.resolve("markets"), "main");
        main.publish(Market.greet());
        java.nio.file.Path frozen = home.resolve("frozen");
        copy(main.folder, frozen);
        honest = new Side("honest");
        misled = new Side("misled");
        honest.catalog.add(main.address(), main.fingerprint(), 0, "ask", List.of("*"));
        misled.catalog.add(frozen.toString(), main.fingerprint(), 0, "ask", List.of("*"));
        assertTrue(misled.host.install("greet").done());
    }

    @AfterEach
    void stop() throws Exception {
        hosts.forEach(CatalogHost::close);
    }

    @Test
    void a_revocation_reaches_a_host_whose_repository_withholds_it() throws Exception {
        main.state("revoke", "com.acme.greet", "1.0.0");
        honest.catalog.refresh("");
        misled.catalog.refresh("");
        assertEquals(1, misled.catalog.installed().size());
        honest.meet();
        misled.meet();
        soon(() -> misled.catalog.installed().isEmpty());
        soon(() -> misled.host.health().detail().contains("it leaks secrets"));
        assertTrue(
                misled.host.host.service(Deployments.class).list().isEmpty(),
                "the file is taken out");
        // and is not forgotten: not by a refresh, not by a restart
        misled.catalog.refresh("");
        refused(misled.host);
        misled.host.close();
        hosts.remove(misled.host);
        CatalogHost again = new CatalogHost(home.resolve("misled"));
        hosts.add(again);
        soon(() -> !again.catalog.repositories().isEmpty());
        refused(again);
    }

    @Test
    void news_go_on_to_peers_that_are_linked_and_end_where_they_are_known() throws Exception {
        honest.meet();
        misled.meet();
        Statement statement =
                Statement.of("main", "com.acme.greet", "*", "revoke", "stolen", Instant.now());
        honest.stated(Signed.write(statement, main.acme));
        soon(() -> misled.catalog.installed().isEmpty());
        settled();
        assertEquals(1, misled.said());
        assertEquals(0, honest.said());
    }

    @Test
    void what_the_registry_pushes_is_acted_on_without_a_mesh_and_goes_on_to_peers()
            throws Exception {
        honest.meet();
        misled.meet();
        Statement statement =
                Statement.of("main", "com.acme.greet", "*", "revoke", "stolen", Instant.now());
        var payload = Wire.object();
        payload.putArray("statements")
                .add(Wire.tree(new String(Signed.write(statement, main.acme), UTF_8)));
        SignalMessage push =
                new SignalMessage(SignalMessage.STATEMENTS, SignalMessage.REGISTRY, null, payload);
        honest.host.host.service(SignalListener.class).received(push);
        soon(() -> misled.catalog.installed().isEmpty());
        refused(honest.host);
    }

    @Test
    void what_a_stranger_says_is_not_believed_and_soon_not_looked_at() throws Exception {
        honest.meet();
        misled.meet();
        HostKey mallory = HostKey.loadOrCreate(home.resolve("mallory"));
        Market other = new Market(home.resolve("markets"), "other");
        List<byte[]> lies = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            lies.add(
                    Signed.write(
                            Statement.of(
                                    "main", "com.acme.greet", "*", "revoke", "lie " + i, now()),
                            mallory));
        }
        lies.add(
                Signed.write(
                        Statement.of("other", "com.acme.greet", "*", "revoke", "x", now()),
                        other.acme));
        say(lies);
        settled();
        Statement truth = Statement.of("main", "com.acme.greet", "*", "revoke", "true", now());
        say(List.of(Signed.write(truth, main.acme)));
        settled();
        assertEquals(
                1,
                misled.catalog.installed().size(),
                "the liar is heard no more until it connects anew");
        Side third = new Side("third");
        third.catalog.add(main.address(), main.fingerprint(), 0, "ask", List.of("*"));
        third.meet();
        third.stated(Signed.write(truth, main.acme));
        soon(() -> misled.catalog.installed().isEmpty());
        assertEquals(
                1,
                Wire.tree(Files.readString(home.resolve("misled/data/catalog/statements.json")))
                        .path("statements")
                        .size());
    }

    private static void refused(CatalogHost host) {
        String why = assertThrows(CatalogProblem.class, () -> host.plan("greet")).getMessage();
        assertTrue(why.contains("revoked"), why);
    }

    /** Waits until no host does anything: what one hands to another is counted before it is done with its own part. */
    private void settled() {
        soon(() -> working.get() == 0);
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }

    private void say(List<byte[]> documents) {
        var payload = Wire.object();
        var list = payload.putArray("statements");
        documents.forEach(
                d -> list.add(Wire.tree(new String(d, java.nio.charset.StandardCharsets.UTF_8))));
        honest.send(misled.id, StatementExchange.SAY, "", payload);
    }

    private static void soon(java.util.concurrent.Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(60)).until(condition);
    }

    private static void copy(java.nio.file.Path from, java.nio.file.Path to) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.walk(from)) {
            for (java.nio.file.Path file : files.filter(Files::isRegularFile).toList()) {
                java.nio.file.Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
