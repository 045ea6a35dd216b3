package dev.weft.store;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.osgi.framework.BundleContext;

/** The databases that every room with tables is tested on. */
public enum TestDatabase {
    /** In this process. */
    H2,
    /** A real server; its tests are skipped, with one line that says so, where it is not installed. */
    POSTGRESQL;

    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    /** An empty database, or an empty schema of one.
     * @param folder of the test; H2 keeps its file there
     * @return its address
     * @throws Exception if it cannot be made */
    public Place create(Path folder) throws Exception {
        if (this == H2) {
            return new Place(
                    "jdbc:h2:file:"
                            + folder.toAbsolutePath().resolve("db-" + UUID.randomUUID())
                            + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE",
                    "",
                    "");
        }
        PostgresServer server = PostgresServer.get().orElse(null);
        Assumptions.assumeTrue(server != null, PostgresServer.hint());
        String schema = "test_" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
        Place all =
                new Place(server.url(""), PostgresServer.USER, server.passwordFile().toString());
        try (SqlStoreResource store = new SqlStoreResource(all.open(1));
                Connection connection =
                        store.store().open("admin", java.util.List.of()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
        }
        return new Place(
                server.url("?currentSchema=" + schema),
                PostgresServer.USER,
                server.passwordFile().toString());
    }

    private record SqlStoreResource(SqlStore store) implements AutoCloseable {
        @Override
        public void close() {
            store.close();
        }
    }

    /**
     * Where a database is.
     *
     * @param url of JDBC
     * @param user who connects, "" if the URL says it
     * @param passwordFile "" if there is no password
     */
    public record Place(String url, String user, String passwordFile) {
        /** Opens it as a host does.
         * @param connections most at once
         * @return to be closed by the caller */
        public SqlStore open(int connections) {
            return new SqlStore(context(null), config(url, user, passwordFile, "", connections));
        }
    }

    static BundleContext context(Path data) {
        return (BundleContext)
                Proxy.newProxyInstance(
                        TestDatabase.class.getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, arguments) -> data == null ? null : data.toString());
    }

    static SqlStore.Config config(String url, int connections) {
        return config(url, "", "", "", connections);
    }

    static SqlStore.Config config(
            String url, String user, String passwordFile, String passwordEnv, int connections) {
        return new SqlStore.Config() {
            @Override
            public String url() {
                return url;
            }

            @Override
            public String user() {
                return user;
            }

            @Override
            public String password__file() {
                return passwordFile;
            }

            @Override
            public String password__env() {
                return passwordEnv;
            }

            @Override
            public int connections() {
                return connections;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return SqlStore.Config.class;
            }
        };
    }
}
