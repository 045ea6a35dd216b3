package dev.weft.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Measures;
import dev.weft.api.store.Backup;
import dev.weft.api.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The database of the host behind a bounded pool: H2 in this process, or PostgreSQL. A commit survives a killed process. */
@Component(
        service = {Store.class, SqlStore.class, Backup.class, HealthCheck.class, Measures.class},
        configurationPid = "dev.weft.store")
@Designate(ocd = SqlStore.Config.class)
public final class SqlStore implements Store, Backup, HealthCheck, Measures, AutoCloseable {
    /** Which database. */
    @ObjectClassDefinition(name = "Weft store")
    public @interface Config {
        /** JDBC URL of an H2 or PostgreSQL database.
         * @return empty for the file {@code db/weft} in the data directory */
        @AttributeDefinition(
                description =
                        "JDBC URL: jdbc:postgresql://host/database, or jdbc:h2:…; empty: the file db/weft in the data directory")
        String url() default "";

        /** Who connects to PostgreSQL.
         * @return empty for the user that the URL names */
        @AttributeDefinition(description = "user of the PostgreSQL database")
        String user() default "";

        /** Where the password is kept.
         * @return path of a file, "" if none */
        @AttributeDefinition(description = "file that holds the user's password")
        String password__file() default "";

        /** Where else the password is kept.
         * @return name of an environment variable, "" if none */
        @AttributeDefinition(description = "environment variable that holds the user's password")
        String password__env() default "";

        /** Most connections at once.
         * @return 1 to 64 */
        @AttributeDefinition(description = "most connections at once")
        int connections() default 8;
    }

    private static final Pattern ROOM = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final long WAIT_MILLIS = 10_000;

    private final Engine engine;
    private final HikariDataSource pool;
    private final String data;

    /** Opens the database, or makes it.
     * @param context tells the data directory
     * @param config which database
     * @throws IllegalStateException if it cannot be opened; the message says why and what to do */
    @Activate
    public SqlStore(BundleContext context, Config config) {
        this(context, config, WAIT_MILLIS, System::getenv);
    }

    SqlStore(
            BundleContext context,
            Config config,
            long waitMillis,
            UnaryOperator<String> environment) {
        if (config.connections() < 1 || config.connections() > 64) {
            throw new IllegalStateException(
                    "dev.weft.store: connections must be 1 to 64, got " + config.connections());
        }
        data = context.getProperty("weft.data");
        engine = engine(config, data, environment);
        pool = open(engine, config.connections(), waitMillis);
    }

    private static Engine engine(Config config, String data, UnaryOperator<String> environment) {
        String url = config.url().strip();
        if (url.startsWith(PostgresEngine.PREFIX)) {
            String password =
                    Secret.read(config.password__file(), config.password__env(), environment);
            try {
                return new PostgresEngine(url, config.user().strip(), password);
            } catch (NoClassDefFoundError e) {
                throw new IllegalStateException(
                        "this host has no PostgreSQL driver; add the bundle org.postgresql.jdbc, or leave url of dev.weft.store empty",
                        e);
            }
        }
        if (!url.isEmpty() && !url.startsWith(H2Engine.PREFIX)) {
            throw new IllegalStateException(
                    "dev.weft.store: url must begin with jdbc:postgresql: or jdbc:h2:, got \""
                            + url.replaceAll("(?i)(password=)[^;&]*", "$1…")
                            + "\"");
        }
        return new H2Engine(url, data);
    }

    private static HikariDataSource open(Engine engine, int connections, long waitMillis) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("weft-store");
        config.setDataSource(engine.source());
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(waitMillis);
        engine.tune(config);
        try {
            engine.await(waitMillis);
            return new HikariDataSource(config);
        } catch (SQLException | PoolInitializationException e) {
            throw new IllegalStateException(explain(e, engine), e);
        }
    }

    private static String explain(Throwable failure, Engine engine) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String reason =
                        String.valueOf(sql.getMessage())
                                .lines()
                                .findFirst()
                                .orElse("")
                                .replaceAll(" \\[\\d+-\\d+]$", "");
                return "the database "
                        + engine.place()
                        + " cannot be opened: "
                        + reason
                        + "; "
                        + engine.remedy(sql);
            }
        }
        return "the database cannot be opened: " + failure.getMessage();
    }

    @Override
    public DataSource open(String room, List<String> migrations) {
        if (room == null || !ROOM.matcher(room).matches()) {
            throw new IllegalArgumentException(
                    "the name of a room must be [a-z][a-z0-9_]*, got \"" + room + "\"");
        }
        synchronized (pool) { // one room after the other: schema changes lock each other out
            new Migrations(room, migrations).run(pool, engine);
        }
        return pool;
    }

    /** Joins the other hosts on this database.
     * @param executor runs what the joining needs
     * @return to be closed by the caller */
    ClusterNode join(ExecutorService executor) {
        return engine.join(executor);
    }

    @Override
    public void write(OutputStream out) throws IOException {
        new BackupFile(pool, engine, data).write(out);
    }

    @Override
    public List<Measure> measure() {
        HikariPoolMXBean state = pool.getHikariPoolMXBean();
        if (pool.isClosed() || state == null) {
            return List.of();
        }
        return List.of(
                Measure.gauge(
                        "weft_store_connections_active",
                        "Database connections in use.",
                        state.getActiveConnections()),
                Measure.gauge(
                        "weft_store_connections_idle",
                        "Database connections that are open and free.",
                        state.getIdleConnections()),
                Measure.gauge(
                        "weft_store_connections_waiting",
                        "Threads that wait for a database connection.",
                        state.getThreadsAwaitingConnection()),
                Measure.gauge(
                        "weft_store_connections_limit",
                        "Database connections there may be.",
                        pool.getMaximumPoolSize()));
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public Status check() {
        HikariPoolMXBean state = pool.getHikariPoolMXBean();
        if (pool.isClosed() || state == null) {
            return Status.notReady("the database is closed");
        }
        int waiting = state.getThreadsAwaitingConnection();
        if (waiting > 0 && state.getTotalConnections() == 0) {
            return Status.notReady(
                    "the database " + engine.place() + " does not answer; is it running?");
        }
        return waiting <= pool.getMaximumPoolSize()
                ? Status.OK
                : Status.warning(
                        waiting
                                + " callers wait for one of "
                                + pool.getMaximumPoolSize()
                                + " database connections; raise connections in dev.weft.store");
    }

    /** Closes the database. */
    @Override
    @Deactivate
    public void close() {
        pool.close();
    }
}
