package dev.weft.registry;

import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.Pairing;
import dev.weft.api.registry.RegistryListener;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import dev.weft.store.SqlStore;
import dev.weft.store.TestCluster;
import dev.weft.store.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A registry over a real database, with a clock that tests set; restart() builds it anew over the same rows. */
final class Bench implements AutoCloseable, InstantSource {
    static final Duration LEASE = Duration.ofSeconds(90);
    static final AgentId LOCAL = new AgentId("agent-local");
    final List<String> told = new CopyOnWriteArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    private final SqlStore store;
    private final DataSource source;
    final InboxTimes waits = new InboxTimes();
    HealthTimes times = HealthTimes.DEFAULT;
    private Instant now;
    final TestCluster.Node cluster;
    RegistryDatabase database;
    Members members;
    Announcer announcer;
    Directory directory;
    PairingDesk pairing;
    TaskInbox inbox;

    Bench(TestDatabase kind, Path folder) throws Exception {
        this(kind.create(folder), TestCluster.alone(), Instant.parse("2026-03-01T12:00:00Z"));
    }

    /** One host of a registry.
     * @param place where its tables are
     * @param cluster the other hosts
     * @param start the time at its start */
    Bench(TestDatabase.Place place, TestCluster.Node cluster, Instant start) throws Exception {
        this.cluster = cluster;
        now = start;
        store = place.open(4);
        source = store.open("registry", RegistryDatabase.migrations());
        restart();
    }

    void restart() {
        database = new RegistryDatabase(store);
        announcer = new Announcer(new Journal(), null);
        members = new Members(database, new Local(), cluster, announcer);
        announcer.add(new Listener());
        directory =
                new Directory(
                        database, members, announcer, cluster, Duration.ofDays(7), times, this);
        pairing = new PairingDesk(members, directory, announcer, database, this);
        inbox =
                new TaskInbox(
                        database,
                        directory,
                        cluster,
                        waits,
                        Duration.ofHours(24),
                        100,
                        LEASE,
                        this);
    }

    @Override
    public Instant instant() {
        return now;
    }

    void later(Duration time) {
        now = now.plus(time);
    }

    /** Breaks the database for everything that writes agents. */
    void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        store.close();
    }

    /** Lets an agent in, as pairing does. */
    void approve(String... ids) {
        for (String id : ids) {
            members.put(
                    new Member(
                            id + "-request",
                            id,
                            new AgentId(id),
                            id + "-key",
                            Member.APPROVED,
                            "",
                            "",
                            0,
                            0,
                            0));
        }
    }

    static AgentCard card(String id, String name, double load, String... skills) {
        var json =
                Wire.object()
                        .put("agent_id", id)
                        .put("name", name)
                        .put("load", load)
                        .put("hostname", "box")
                        .put("port", 8090);
        var ids = json.putObject("capabilities").putArray("skills");
        List.of(skills).forEach(ids::add);
        return Wire.as(json, AgentCard.class);
    }

    static HostKey key(Path folder, String name) throws Exception {
        return HostKey.loadOrCreate(folder.resolve(name));
    }

    static Pairing.Request request(HostKey key, String code, String name) {
        byte[] signature =
                key.sign(("weft-pair:" + code + ":" + name).getBytes(StandardCharsets.UTF_8));
        return new Pairing.Request(
                code,
                name,
                key.publicKey(),
                Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
    }

    static final class Local implements HostIdentity {
        @Override
        public AgentId agentId() {
            return LOCAL;
        }

        @Override
        public String name() {
            return "hub";
        }

        @Override
        public String publicKey() {
            return "";
        }

        @Override
        public byte[] sign(byte[] message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<String> deviceToken() {
            return Optional.empty();
        }
    }

    /** Nobody listens. */
    static final class Silence implements Events {
        @Override
        public void publish(String type, Object data) {}

        @Override
        public Subscription subscribe(long after, Consumer<Event> subscriber) {
            return () -> {};
        }
    }

    private final class Journal implements Events {
        @Override
        public void publish(String type, Object data) {
            events.add(type + " " + Wire.write(data));
        }

        @Override
        public Subscription subscribe(long after, Consumer<Event> subscriber) {
            return () -> {};
        }
    }

    private final class Listener implements RegistryListener {
        @Override
        public void changed(AgentRecord agent) {
            told.add(
                    "changed "
                            + agent.card().agentId()
                            + " "
                            + agent.health().wireName()
                            + (agent.connected() ? " connected" : ""));
        }

        @Override
        public void left(AgentId id, String reason) {
            told.add("left " + id + " " + reason);
        }

        @Override
        public void revoked(AgentId id) {
            told.add("revoked " + id);
        }
    }
}
