package dev.weft.store;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A PostgreSQL server. Every call to it has a deadline, so that a dead network holds up no thread for good. */
final class PostgresEngine implements Engine {
    static final String PREFIX = "jdbc:postgresql:";
    private static final Logger LOG = LoggerFactory.getLogger(PostgresEngine.class);
    private static final int CONNECT_SECONDS = 5;
    private static final int ANSWER_SECONDS = 60;
    private static final long RETRY_MILLIS = 250;

    /** Any number, the same in every host. */
    private static final long MIGRATION_LOCK = 0x57656674L;

    private final PGSimpleDataSource source = new PGSimpleDataSource();
    private final String place;

    /** Takes a database.
     * @param url its JDBC URL, without a password
     * @param user "" for the one in the URL
     * @param password "" for none, or for the one in the password file of PostgreSQL's client */
    PostgresEngine(String url, String user, String password) {
        place = url.replaceAll("\\?.*", "");
        if (url.matches("(?i).*[?&](ssl)?password=.*")) {
            throw new IllegalStateException(
                    "dev.weft.store: the url of "
                            + place
                            + " holds a password; take it out and name where it is kept: password_file or password_env");
        }
        try {
            source.setURL(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "dev.weft.store: url must be jdbc:postgresql://host:port/database, got \""
                            + place
                            + "\"",
                    e);
        }
        if (!user.isEmpty()) {
            source.setUser(user);
        }
        if (!password.isEmpty()) {
            source.setPassword(password);
        }
        source.setTcpKeepAlive(true);
        if (!url.contains("connectTimeout=")) {
            source.setConnectTimeout(CONNECT_SECONDS);
        }
        if (!url.contains("socketTimeout=")) {
            source.setSocketTimeout(ANSWER_SECONDS);
        }
        if (!url.contains("ApplicationName=")) {
            source.setApplicationName("weft");
        }
    }

    @Override
    public DataSource source() {
        return source;
    }

    @Override
    public void await(long millis) throws SQLException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean told = false;
        while (true) {
            try (Connection probe = source.getConnection()) {
                if (probe.isValid(CONNECT_SECONDS)) {
                    return;
                }
            } catch (SQLException e) {
                if (!isPassing(e) || System.nanoTime() - end > 0) {
                    throw e;
                }
                if (!told) {
                    LOG.warn(
                            "the database {} does not answer yet ({}); waiting {} s at most",
                            place,
                            e.getMessage(),
                            millis / 1000);
                    told = true;
                }
            }
            try {
                Thread.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException("interrupted while waiting for the database", "08000", e);
            }
        }
    }

    /** Not there, or just starting: another try may help. */
    private static boolean isPassing(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.equals("57P03");
    }

    @Override
    public void tune(HikariConfig pool) {
        pool.setMaximumPoolSize(Math.max(2, pool.getMaximumPoolSize())); // one may hold a lock
        pool.setKeepaliveTime(TimeUnit.SECONDS.toMillis(30)); // finds what the network lost
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public String remedy(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return switch (state) {
            case "28P01", "28000", "08004" ->
                    "check user, and password_file or password_env, of dev.weft.store";
            case "3D000" -> "create it with createdb, or name another in url of dev.weft.store";
            case "42501", "3F000" ->
                    "its user needs a schema to make tables in; see GRANT CREATE ON SCHEMA";
            case "53300" ->
                    "it has no connection left; lower connections of dev.weft.store, or raise its max_connections";
            default ->
                    state.startsWith("08")
                            ? "is it running, and may this host reach it? check url of dev.weft.store"
                            : "see the log of the database";
        };
    }

    @Override
    public void lock(Connection connection) throws SQLException {
        execute(connection, "SELECT pg_advisory_lock(" + MIGRATION_LOCK + ")");
    }

    @Override
    public void unlock(Connection connection) throws SQLException {
        execute(connection, "SELECT pg_advisory_unlock(" + MIGRATION_LOCK + ")");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public ClusterNode join(ExecutorService executor) {
        return new PostgresCluster(source, executor);
    }

    @Override
    public void backup(Connection connection, Path zip) {
        throw new IllegalStateException(
                "this host keeps its tables in PostgreSQL ("
                        + place
                        + "); back that up with pg_dump, and restore it with pg_restore");
    }
}
