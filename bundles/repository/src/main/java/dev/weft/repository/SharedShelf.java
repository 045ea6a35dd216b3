package dev.weft.repository;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.identity.SecretFile;
import dev.weft.repository.FileRows.Stamp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The repository of a registry of several hosts: the database has its files and its key, each host a copy in its folder. A change is made
 * in the folder of one host under a lock of the database, and counts when the transaction does. Calls of one host come one at a time.
 */
final class SharedShelf implements Shelf {
    /** What hosts tell each other under: nothing when there is something new, or a signed statement. */
    static final String TOPIC = "repository";

    private static final Logger LOG = LoggerFactory.getLogger(SharedShelf.class);
    private static final Duration UPLOADS_LIVE = Duration.ofHours(1);
    private static final String DUPLICATE = "23505";

    private final DataSource source;
    private final Cluster cluster;
    private final FolderCopy copy;
    private long version = -1;

    SharedShelf(Path folder, DataSource source, Cluster cluster) {
        this.copy = new FolderCopy(folder.toAbsolutePath().normalize());
        this.source = source;
        this.cluster = cluster;
    }

    private interface Task<T> {
        T on(FileRows rows) throws IOException, SQLException;
    }

    /** Makes the key of this host that of the registry; the first host brings its own along, with its folder.
     * @param folder of the repository; what it was before with another key is moved aside
     * @param secret the file of the key; exists
     * @param source the database
     * @throws IOException if the database or the disk refuses */
    static void adopt(Path folder, Path secret, DataSource source) throws IOException {
        String own = Files.readString(secret);
        String shared =
                transaction(
                        source,
                        Connection.TRANSACTION_READ_COMMITTED,
                        rows -> {
                            rows.update(
                                    "INSERT INTO repository_state (name, version, secret) SELECT 'repository', 0, CAST(? AS TEXT) WHERE NOT EXISTS (SELECT 1 FROM repository_state)",
                                    own);
                            return state(rows, "secret", ResultSet::getString);
                        });
        if (shared.equals(own)) {
            return;
        }
        String aside = ".before-" + System.currentTimeMillis();
        if (Files.exists(folder)) {
            Path kept = folder.resolveSibling(folder.getFileName() + aside);
            Files.move(folder, kept);
            LOG.warn("the registry has one repository; what this host had is in {}", kept);
        }
        Files.move(secret, secret.resolveSibling(secret.getFileName() + aside));
        SecretFile.create(secret, shared);
    }

    /** What a change came to. */
    private record Done<T>(T result, long version) {}

    @Override
    public <T> T exclusively(Work<T> work) throws IOException {
        byte[] before = copy.snapshot();
        try {
            Done<T> done =
                    transaction(
                            source,
                            Connection.TRANSACTION_READ_COMMITTED,
                            rows -> change(rows, work));
            version = done.version();
            cluster.publish(TOPIC, "");
            return done.result();
        } catch (IOException | RuntimeException e) {
            undo(before, e);
            throw e;
        }
    }

    private <T> Done<T> change(FileRows rows, Work<T> work) throws IOException, SQLException {
        long now = state(rows, "version", ResultSet::getLong, " FOR UPDATE");
        boolean fresh = now == 0; // the first host brings its folder along
        if (!fresh && now != version) {
            copy.pull(rows);
        }
        version = -1;
        T result = work.run();
        copy.push(rows);
        rows.update("UPDATE repository_state SET version = ?", now + 1);
        rows.sweepUploads(System.currentTimeMillis() - UPLOADS_LIVE.toMillis());
        return new Done<>(result, now + 1);
    }

    private void undo(byte[] before, Exception why) {
        version = -1;
        try {
            copy.snapshot(before);
            refresh();
        } catch (IOException e) {
            why.addSuppressed(e); // tried again at the next look
        }
    }

    @Override
    public void refresh() throws IOException {
        long now =
                transaction(
                        source,
                        Connection.TRANSACTION_REPEATABLE_READ,
                        rows -> {
                            long there = state(rows, "version", ResultSet::getLong);
                            if (there > 0 && there != version) {
                                copy.pull(rows);
                            }
                            return there;
                        });
        version = now;
    }

    @Override
    public void keep(Path jar) throws IOException {
        Stamp stamp = new Stamp(FolderCopy.sha256(jar), System.currentTimeMillis());
        try {
            transaction(
                    source,
                    Connection.TRANSACTION_READ_COMMITTED,
                    rows -> {
                        rows.write(name(jar), stamp, jar);
                        return null;
                    });
        } catch (IOException e) {
            if (!(e.getCause() instanceof SQLException sql)
                    || !DUPLICATE.equals(sql.getSQLState())) {
                throw e; // else another host keeps the same jar in this moment
            }
        }
    }

    @Override
    public void fetch(Path jar) throws IOException {
        String sha256 = jar.getFileName().toString().replaceAll("\\.jar$", "");
        transaction(
                source,
                Connection.TRANSACTION_REPEATABLE_READ,
                rows -> FolderCopy.copy(name(jar), sha256, jar, rows));
    }

    @Override
    public void drop(Path jar) throws IOException {
        transaction(
                source,
                Connection.TRANSACTION_READ_COMMITTED,
                rows -> {
                    rows.remove(name(jar));
                    return null;
                });
    }

    @Override
    public void tell(byte[] statement) {
        cluster.publish(TOPIC, new String(statement, StandardCharsets.UTF_8));
    }

    private static String name(Path jar) {
        return FileRows.UPLOADS + jar.getFileName();
    }

    private interface Column<T> {
        T of(ResultSet row, int column) throws SQLException;
    }

    private static <T> T state(FileRows rows, String column, Column<T> type) throws SQLException {
        return state(rows, column, type, "");
    }

    private static <T> T state(FileRows rows, String column, Column<T> type, String lock)
            throws SQLException {
        try (PreparedStatement statement =
                        rows.connection()
                                .prepareStatement(
                                        "SELECT " + column + " FROM repository_state" + lock);
                ResultSet found = statement.executeQuery()) {
            if (!found.next()) {
                throw new SQLException("the row of the repository is missing");
            }
            return type.of(found, 1);
        }
    }

    private static <T> T transaction(DataSource source, int isolation, Task<T> task)
            throws IOException {
        try (Connection connection = source.getConnection()) {
            int before = connection.getTransactionIsolation();
            connection.setTransactionIsolation(isolation);
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = task.on(new FileRows(connection));
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
                connection.setTransactionIsolation(before);
            }
        } catch (SQLException e) {
            throw new IOException(
                    "the database of the registry refused ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + ")",
                    e);
        }
    }
}
