package dev.weft.registry;

import dev.weft.api.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The tables {@code registry_*}: opened once for all components of this bundle. Every call blocks. */
@Component(service = RegistryDatabase.class)
public final class RegistryDatabase {
    private final DataSource source;

    /** Brings the tables up to date.
     * @param store the database of this host */
    @Activate
    public RegistryDatabase(@Reference Store store) {
        this.source = store.open("registry", migrations());
    }

    /** The scripts, oldest first.
     * @return their texts */
    static List<String> migrations() {
        return List.of(script("1.sql"), script("2.sql"), script("3.sql"), script("4.sql"));
    }

    private static String script(String name) {
        try (InputStream in = RegistryDatabase.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "migration " + name + " is missing from the registry's bundle");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("migration " + name + " cannot be read", e);
        }
    }

    /** Runs one statement that changes rows.
     * @param sql the statement
     * @param arguments strings and longs
     * @return how many rows changed
     * @throws IllegalStateException if the database refuses */
    int update(String sql, Object... arguments) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = prepare(connection, sql, arguments)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Runs one query.
     * @param <T> what a row becomes
     * @param sql the query
     * @param reader turns the current row into a value
     * @param arguments strings and longs
     * @return the rows in order
     * @throws IllegalStateException if the database refuses */
    <T> List<T> query(String sql, RowReader<T> reader, Object... arguments) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = prepare(connection, sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(reader.read(rows));
            }
            return found;
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Does something that no other host may do at the same time. The work uses connections of its own.
     * @param <T> what comes of it
     * @param lock a row of {@code registry_locks}
     * @param work what to do
     * @return what the work returns */
    <T> T exclusively(String lock, Supplier<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement =
                    prepare(
                            connection,
                            "SELECT name FROM registry_locks WHERE name = ? FOR UPDATE",
                            lock)) {
                statement.execute();
                return work.get();
            } finally {
                connection.rollback(); // nothing was written with it; this lets go of the lock
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private static IllegalStateException refused(SQLException e) {
        return new IllegalStateException(
                "the registry's database refused ("
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                        + "); see the state of the store",
                e);
    }

    /** Reads one row. @param <T> what it becomes */
    @FunctionalInterface
    interface RowReader<T> {
        /** Reads the current row.
         * @param row positioned by the caller
         * @return its value
         * @throws SQLException if a column cannot be read */
        T read(ResultSet row) throws SQLException;
    }
}
