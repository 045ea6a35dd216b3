package dev.weft.identity;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import dev.weft.api.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of the database that the hosts of one registry share, so that what one issued the others accept. The first host brings along
 * what it had in files. Enabled by {@link VaultChoice}.
 */
@Component(service = Vault.class, enabled = false)
public final class StoreVault implements Vault, ClusterListener {
    private static final Logger LOG = LoggerFactory.getLogger(StoreVault.class);
    private static final String TOPIC = "identity";
    private static final long LOOK_SECONDS = 3;
    private static final Duration SETTLES = Duration.ofSeconds(10);
    private static final String SCHEMA =
            """
            CREATE TABLE IF NOT EXISTS identity_texts (
                name VARCHAR(32) PRIMARY KEY,
                content TEXT NOT NULL,
                version BIGINT NOT NULL
            );
            """;

    private final DataSource database;
    private final DataFolder data;
    private final Cluster cluster;
    private final ExecutorService blocking;
    private final Collection<Runnable> watchers = new CopyOnWriteArrayList<>();
    private final Cluster.Subscription subscription;
    private final Future<?> tick;
    private volatile long seen;

    /** Opens the table.
     * @param context tells the data directory
     * @param store the database
     * @param cluster the other hosts
     * @param blocking looks for changes
     * @param timer says when to look */
    @Activate
    public StoreVault(
            BundleContext context,
            @Reference Store store,
            @Reference Cluster cluster,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this(DataFolder.of(context), store, cluster, blocking, timer);
    }

    StoreVault(
            DataFolder data,
            Store store,
            Cluster cluster,
            ExecutorService blocking,
            ScheduledExecutorService timer) {
        this.data = data;
        this.database = store.open("identity", List.of(SCHEMA));
        this.cluster = cluster;
        this.blocking = blocking;
        this.seen = versions();
        this.subscription = cluster.subscribe(TOPIC, this);
        this.tick =
                timer.scheduleWithFixedDelay(
                        this::handOver, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** Stops looking. */
    @Deactivate
    public void close() {
        tick.cancel(false);
        subscription.close();
    }

    private void handOver() {
        try {
            blocking.execute(this::look);
        } catch (RejectedExecutionException busy) {
            LOG.debug("the host is too busy to look for changed keys; it looks again soon");
        }
    }

    /** Changes are told, but what is told can be lost. */
    private void look() {
        try {
            long now = versions();
            if (now != seen) {
                seen = now;
                tell();
            }
        } catch (IllegalStateException e) {
            LOG.debug("changed keys cannot be looked for: {}", e.getMessage());
        }
    }

    private void tell() {
        for (Runnable watcher : watchers) {
            try {
                watcher.run();
            } catch (IllegalStateException e) {
                LOG.warn("changed keys cannot be read, tried again soon: {}", e.getMessage());
                seen = -1;
            }
        }
    }

    @Override
    public void received(String from, String text) {
        tell();
    }

    @Override
    public void resync() {
        tell();
    }

    @Override
    public Optional<Text> read(String name) {
        Optional<Text> found = row(name);
        if (found.isEmpty() && bringAlong(name)) {
            found = row(name);
        }
        return found;
    }

    private Optional<Text> row(String name) {
        return run(
                "SELECT content, version FROM identity_texts WHERE name = ?",
                statement -> {
                    statement.setString(1, name);
                    try (ResultSet rows = statement.executeQuery()) {
                        return rows.next()
                                ? Optional.of(new Text(rows.getString(1), rows.getLong(2)))
                                : Optional.empty();
                    }
                });
    }

    private boolean bringAlong(String name) {
        Path file = data.resolve("keys/" + name);
        if (!Files.exists(file)) {
            return false;
        }
        try {
            if (write(name, Files.readString(file, StandardCharsets.UTF_8), null)) {
                LOG.info("{} is in the database from now on; the file is not read any more", file);
            }
            return true;
        } catch (IOException e) {
            throw DataFolder.unusable(file, e);
        }
    }

    @Override
    public boolean write(String name, String content, Text before) {
        boolean written = before == null ? insert(name, content) : update(name, content, before);
        if (written) {
            cluster.publish(TOPIC, name);
        }
        return written;
    }

    private boolean insert(String name, String content) {
        return run(
                "INSERT INTO identity_texts (name, content, version) VALUES (?, ?, 1)",
                statement -> {
                    statement.setString(1, name);
                    statement.setString(2, content);
                    try {
                        return statement.executeUpdate() == 1;
                    } catch (SQLException e) {
                        if ("23505".equals(e.getSQLState())) {
                            return false; // another host was first
                        }
                        throw e;
                    }
                });
    }

    private boolean update(String name, String content, Text before) {
        return run(
                "UPDATE identity_texts SET content = ?, version = version + 1 WHERE name = ? AND version = ?",
                statement -> {
                    statement.setString(1, content);
                    statement.setString(2, name);
                    statement.setLong(3, before.version());
                    return statement.executeUpdate() == 1;
                });
    }

    private long versions() {
        return run(
                "SELECT COALESCE(SUM(version), 0) FROM identity_texts",
                statement -> {
                    try (ResultSet rows = statement.executeQuery()) {
                        rows.next();
                        return rows.getLong(1);
                    }
                });
    }

    private interface Work<T> {
        T on(PreparedStatement statement) throws SQLException;
    }

    private <T> T run(String sql, Work<T> work) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            return work.on(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "the keys in the database cannot be used ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + "); see the state of the store",
                    e);
        }
    }

    @Override
    public String place(String name) {
        return "row " + name + " of table identity_texts";
    }

    @Override
    public Runnable watch(Runnable changed) {
        watchers.add(changed);
        return () -> watchers.remove(changed);
    }

    @Override
    public Duration settles() {
        return SETTLES;
    }
}
