package dev.weft.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts on one PostgreSQL. */
class PostgresClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    @TempDir Path folder;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private TestDatabase.Place place;
    private Host one;
    private Host two;

    private final class Host implements AutoCloseable, ClusterListener {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final SqlStore store = place.open(2);
        final ClusterNode node = store.join(executor);

        Host() {
            node.subscribe("test", this);
        }

        @Override
        public void received(String from, String text) {
            heard.add(text);
        }

        @Override
        public void joined(String host) {
            heard.add("+" + host);
        }

        @Override
        public void left(String host) {
            heard.add("-" + host);
        }

        @Override
        public void resync() {
            heard.add("resync");
        }

        @Override
        public void close() {
            node.close();
            store.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        place = TestDatabase.POSTGRESQL.create(folder);
        one = new Host();
        two = new Host();
        await().atMost(PATIENCE)
                .until(
                        () ->
                                one.node.others().equals(Set.of(two.node.self()))
                                        && two.node.others().equals(Set.of(one.node.self())));
        await().atMost(PATIENCE).until(() -> two.heard.contains("+" + one.node.self()));
    }

    @AfterEach
    void close() {
        if (one != null) {
            one.close();
            two.close();
        }
        executor.shutdownNow();
    }

    /** An agent once stayed unseen: the list that was sent to one host overtook the news, told to all, of a socket that came after it. */
    @Test
    void messages_arrive_whole_and_in_order_at_those_they_are_meant_for() {
        String large = "é😀".repeat(60_000);
        List<String> sent =
                IntStream.range(0, 2_000)
                        .mapToObj(i -> i == 1000 ? large : i < 1000 ? "number " + i : "same")
                        .toList();
        for (int i = 0; i < sent.size(); i++) {
            boolean taken =
                    i % 2 == 0
                            ? one.node.publish("test", sent.get(i))
                            : one.node.send(two.node.self(), "test", sent.get(i));
            assertTrue(taken, "message " + i);
        }
        one.node.publish("other", "not for this listener");
        await().atMost(PATIENCE).until(() -> texts(two).size() >= sent.size());
        assertEquals(sent, texts(two));
        assertEquals(List.of(), texts(one));
        assertFalse(one.node.send("nobody", "test", "x"));
    }

    private static List<String> texts(Host host) {
        return host.heard.stream().filter(text -> !text.matches("[+-].*|resync")).toList();
    }

    @Test
    void a_host_that_ends_is_gone_and_a_new_one_is_heard_of() {
        String gone = two.node.self();
        two.close();
        await().atMost(PATIENCE).until(() -> one.heard.contains("-" + gone));
        assertEquals(Set.of(), one.node.others());
        assertTrue(one.node.publish("test", "nobody is there"));
        two = new Host();
        await().atMost(PATIENCE).until(() -> one.heard.contains("+" + two.node.self()));
        await().atMost(PATIENCE).until(() -> two.heard.contains("resync"));
    }

    @Test
    void after_a_broken_connection_both_read_anew_and_messages_flow_again() throws Exception {
        one.heard.clear();
        two.heard.clear();
        try (SqlStore admin = place.open(1);
                Connection connection = admin.open("admin", List.of()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%pg_locks%'");
        }
        await().atMost(PATIENCE).until(() -> one.heard.contains("resync"));
        await().atMost(PATIENCE).until(() -> two.heard.contains("resync"));
        await().atMost(PATIENCE).until(() -> one.heard.contains("+" + two.node.self()));
        await().atMost(PATIENCE).until(() -> two.heard.contains("+" + one.node.self()));
        await().atMost(PATIENCE).until(() -> one.node.trouble().isEmpty());
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            one.node.publish("test", "again");
                            return two.heard.contains("again");
                        });
    }

    @Test
    void one_that_listens_late_is_told_what_went_before() {
        one.node.subscribe(
                "late",
                new ClusterListener() {
                    @Override
                    public void received(String from, String text) {}

                    @Override
                    public void joined(String host) {
                        one.node.send(host, "late", "state");
                    }
                });
        two.node.subscribe("late", two);
        await().atMost(PATIENCE).until(() -> two.heard.contains("state"));
    }

    @Test
    void a_host_on_another_schema_is_of_another_registry() throws Exception {
        TestDatabase.Place elsewhere = TestDatabase.POSTGRESQL.create(folder);
        try (SqlStore store = elsewhere.open(1);
                ClusterNode stranger = store.join(executor)) {
            await().atMost(PATIENCE).until(() -> stranger.trouble().isEmpty());
            assertEquals(Set.of(), stranger.others());
            assertEquals(Set.of(two.node.self()), one.node.others());
        }
    }

    @Test
    void a_host_with_its_own_database_is_alone() {
        try (SqlStore store =
                        new SqlStore(TestDatabase.context(folder), TestDatabase.config("", 1));
                ClusterNode alone = store.join(executor)) {
            Cluster cluster = alone;
            assertFalse(cluster.isShared());
            assertTrue(cluster.publish("test", "x"));
            assertEquals(Set.of(), cluster.others());
        }
    }
}
