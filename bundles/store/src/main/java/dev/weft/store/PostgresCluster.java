package dev.weft.store;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts on one PostgreSQL schema find each other by an advisory lock that each holds on the connection it listens on: it ends with
 * the process, however that ends. They talk by NOTIFY, on one channel for all and one for each.
 */
final class PostgresCluster implements ClusterNode {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresCluster.class);
    private static final String CONTROL = "cluster";
    private static final String HELLO = "hello";
    private static final String RESYNC = "resync";
    private static final String WANT = "want ";
    private static final int LOOK_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 10_000;
    private static final long MOST_RETRY_MILLIS = 5_000;

    private final DataSource source;
    private final ExecutorService executor;
    private final int key = new SecureRandom().nextInt(Integer.MAX_VALUE);
    private final String self = name(key);
    private final Outgoing outgoing;
    private final Packets packets = new Packets();
    private final Set<String> others = ConcurrentHashMap.newKeySet();
    private final Map<String, Collection<Mailbox>> mailboxes = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile String trouble = "not connected to other hosts yet";
    private volatile String all = "";
    private volatile Connection listening;
    private boolean heard;

    /** Starts listening.
     * @param source makes connections: two are kept
     * @param executor runs the listening, the sending and the listeners
     * @throws RejectedExecutionException if the host is too busy to start */
    PostgresCluster(DataSource source, ExecutorService executor) {
        this.source = source;
        this.executor = executor;
        this.outgoing = new Outgoing(self, source, executor);
        executor.execute(this::listen);
    }

    private static String name(int key) {
        return "%08x".formatted(key);
    }

    private void listen() {
        long pause = 100;
        while (!closed) {
            try (Connection connection = source.getConnection()) {
                listening = connection;
                connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
                int schema = enter(connection);
                if (trouble.length() > 0 && heard) {
                    LOG.info("connected to the other hosts of this registry again");
                }
                trouble = "";
                pause = 100;
                outgoing.open(true);
                outgoing.offer(all, CONTROL, HELLO);
                each(Mailbox::resync);
                if (heard) {
                    others.forEach(host -> each(mailbox -> mailbox.joined(host)));
                }
                heard = true;
                follow(connection, schema);
            } catch (SQLException e) {
                outgoing.open(false);
                if (!closed) {
                    if (trouble.isEmpty() || !heard) {
                        LOG.warn(
                                "not connected to the other hosts of this registry: {}",
                                e.getMessage());
                    }
                    trouble =
                            "not connected to the other hosts of this registry: " + e.getMessage();
                    sleep(pause);
                    pause = Math.min(MOST_RETRY_MILLIS, pause * 2);
                }
            }
        }
    }

    /** Listens first and shows itself then, so that nothing that is meant for it is missed. */
    private int enter(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int schema;
            try (ResultSet row = statement.executeQuery("SELECT current_schema()")) {
                row.next();
                CRC32 hash = new CRC32();
                hash.update(("weft " + row.getString(1)).getBytes(StandardCharsets.UTF_8));
                schema = (int) hash.getValue() & Integer.MAX_VALUE;
            }
            all = "weft_" + name(schema);
            // the server notices within 11 s that a host fell off the network
            statement.execute("SET tcp_keepalives_idle TO 5");
            statement.execute("SET tcp_keepalives_interval TO 2");
            statement.execute("SET tcp_keepalives_count TO 3");
            statement.execute("LISTEN " + all);
            statement.execute("LISTEN " + channel(self));
            statement.execute("SELECT pg_advisory_lock(" + schema + ", " + key + ")");
            return schema;
        }
    }

    private String channel(String host) {
        return all + "_" + host;
    }

    private void follow(Connection connection, int schema) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        try (PreparedStatement locks =
                connection.prepareStatement(
                        "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = ?"
                                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")) {
            locks.setLong(1, schema);
            long looked = System.nanoTime();
            look(locks);
            while (!closed) {
                PGNotification[] news = postgres.getNotifications(LOOK_MILLIS);
                if (news != null) {
                    for (PGNotification one : news) {
                        take(one.getParameter());
                    }
                }
                if (System.nanoTime() - looked >= LOOK_MILLIS * 1_000_000L) {
                    looked = System.nanoTime();
                    look(locks);
                }
            }
        }
    }

    /** Who is there, once a second. */
    private void look(PreparedStatement locks) throws SQLException {
        Set<String> alive = new HashSet<>();
        try (ResultSet rows = locks.executeQuery()) {
            while (rows.next()) {
                alive.add(name((int) rows.getLong(1)));
            }
        }
        if (!alive.remove(self)) {
            throw new SQLException("the lock that shows this host to the others is lost", "08003");
        }
        for (String host : others) {
            if (!alive.contains(host)) {
                others.remove(host);
                packets.forget(host);
                LOG.info("host {} of this registry is gone", host);
                each(mailbox -> mailbox.left(host));
            }
        }
        alive.stream().filter(host -> !others.contains(host)).forEach(this::joined);
        if (outgoing.takeGap()) {
            outgoing.offer(all, CONTROL, RESYNC);
            others.forEach(host -> each(mailbox -> mailbox.joined(host)));
        }
        outgoing.kick();
        each(Mailbox::kick);
    }

    private void joined(String host) {
        if (others.add(host)) {
            LOG.info("host {} is of this registry too", host);
        }
        each(mailbox -> mailbox.joined(host));
    }

    private void take(String packet) {
        Packets.Arrival arrival;
        try {
            arrival = packets.take(packet);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.warn("a message of another host cannot be read and is dropped: {}", e.getMessage());
            return;
        }
        if (arrival.from().equals(self)) {
            return;
        }
        for (Packets.Message message : arrival.messages()) {
            if (!message.topic().equals(CONTROL)) {
                mailboxes
                        .getOrDefault(message.topic(), Set.of())
                        .forEach(mailbox -> mailbox.received(arrival.from(), message.text()));
            } else if (message.text().equals(HELLO)) {
                joined(arrival.from());
            } else if (message.text().equals(RESYNC)) {
                each(Mailbox::resync);
            } else if (message.text().startsWith(WANT) && others.contains(arrival.from())) {
                mailboxes
                        .getOrDefault(message.text().substring(WANT.length()), Set.of())
                        .forEach(mailbox -> mailbox.joined(arrival.from()));
            }
        }
    }

    private void each(Consumer<Mailbox> news) {
        mailboxes.values().forEach(group -> group.forEach(news));
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String self() {
        return self;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public Set<String> others() {
        return Set.copyOf(others);
    }

    @Override
    public boolean publish(String topic, String text) {
        return others.isEmpty() || outgoing.offer(all, topic, Packets.sendable(text));
    }

    @Override
    public boolean send(String host, String topic, String text) {
        return others.contains(host)
                && outgoing.offer(channel(host), topic, Packets.sendable(text));
    }

    @Override
    public Cluster.Subscription subscribe(String topic, ClusterListener listener) {
        Mailbox mailbox = new Mailbox(topic, listener, executor);
        others.forEach(mailbox::joined);
        Collection<Mailbox> group =
                mailboxes.computeIfAbsent(topic, one -> new CopyOnWriteArrayList<>());
        group.add(mailbox);
        outgoing.offer(all, CONTROL, WANT + topic); // what they told before it listened is lost
        return () -> {
            group.remove(mailbox);
            mailbox.close();
        };
    }

    @Override
    public String trouble() {
        return trouble.isEmpty() ? outgoing.trouble() : trouble;
    }

    @Override
    public int waiting() {
        return outgoing.waiting();
    }

    @Override
    public void close() {
        closed = true;
        outgoing.close();
        Connection open = listening;
        if (open != null) {
            try {
                open.abort(Runnable::run); // the listener waits in it
            } catch (SQLException e) {
                LOG.debug("a connection does not close", e);
            }
        }
    }
}
